import { describe, expect, it } from 'vitest'
import { xCompliance } from '../../services/sources/x-compliance.ts'
import { facts, file, pushed, seenAt } from './x-try.ts'

const lines = (path: string, text: string) =>
  Array.fromAsync(xCompliance.translate(file(path, text), undefined))
const line = (fields: object) =>
  JSON.stringify({
    id: '1170025343920402432',
    action: 'delete',
    created_at: '2019-09-06T17:25:54.667Z',
    ...fields,
  })

describe('what X demands', () => {
  it('of a batch waits for a decision: posts or accounts by the file, the reason kept, an empty first line allowed', async () => {
    const text = `\n${line({ reason: 'protected' })}\r\n${line({ reason: 'deactivated', redacted_at: '2021-08-17T17:26:15.788Z' })}`
    expect(await lines('tweets_compliance.jsonl', text)).toEqual([
      {
        kind: 'platform-demand',
        action: 'delete',
        objectId: '1170025343920402432',
        at: seenAt,
        basis: 'observed',
        native: {
          kind: 'compliance/post/delete/protected',
          mapper: 'x-compliance/v1',
          detail: '{"createdAt":"2019-09-06T17:25:54.667Z"}',
        },
      },
      {
        kind: 'platform-demand',
        action: 'delete',
        objectId: '1170025343920402432',
        at: '2021-08-17T17:26:15.788Z',
        basis: 'occurred',
        native: {
          kind: 'compliance/post/delete/deactivated',
          time: '2021-08-17T17:26:15.788Z',
          mapper: 'x-compliance/v1',
          detail: '{"createdAt":"2019-09-06T17:25:54.667Z"}',
        },
      },
    ])
    expect(await lines('users_compliance.jsonl', line({ reason: 'suspended' }))).toMatchObject([
      { userId: '1170025343920402432', action: 'delete' },
    ])
    expect(await lines('tweets_compliance.jsonl', line({ reason: 'scrub_geo' }))).toMatchObject([
      { action: 'modify' },
    ])
  })

  it('in a way that nobody knows is kept, line by line', async () => {
    const found = await lines(
      'tweets_compliance.jsonl',
      `{"id":\n[]\n${line({ action: 'obey' })}\n${line({})}`,
    )
    expect(found.map((item) => item.kind)).toEqual([
      'unrecognised',
      'unrecognised',
      'unrecognised',
      'platform-demand',
    ])
  })

  it.each([
    [
      { delete: { tweet: { id: '5', author_id: '6' }, event_at: '2021-07-06T18:40:40.000Z' } },
      { action: 'delete', objectId: '5', userId: '6' },
    ],
    [
      { tweet_edit: { tweet: { id: '5' }, event_at: '2021-07-06T18:40:40.000Z' } },
      { action: 'modify', objectId: '5' },
    ],
    [
      {
        withheld: { tweet: { id: '5' }, withheld_in_countries: ['XY'], event_at: '2021-07-06T18:40:40.000Z' },
      },
      { action: 'withhold' },
    ],
    [
      { user_suspend: { user: { id: '6' }, event_at: '2021-07-06T18:40:40.000Z' } },
      { action: 'withhold', userId: '6' },
    ],
    [
      { user_unsuspend: { user: { id: '6' }, event_at: '2021-07-06T18:40:40.000Z' } },
      { action: 'restore', userId: '6' },
    ],
  ])('of a stream says what is to be done with %j', async (data, expected) => {
    const wanted = { kind: 'platform-demand', at: '2021-07-06T18:40:40.000Z', basis: 'occurred', ...expected }
    expect(pushed({ data })).toMatchObject([wanted])
    expect(await lines('compliance.jsonl', JSON.stringify({ data }))).toMatchObject([wanted])
  })
})

describe('what is pulled from X', () => {
  const post = { id: '5', text: 'Hej', author_id: '6', created_at: '2026-03-05T10:15:00.000Z' }

  it('is posts with their users and media, messages, and absences', () => {
    const found = facts(
      pushed({
        data: [
          { ...post, attachments: { media_keys: ['3_1'] } },
          {
            id: '8',
            event_type: 'MessageCreate',
            text: 'Hej',
            sender_id: '6',
            dm_conversation_id: '6-7',
            created_at: '2026-03-05T10:15:00.123Z',
          },
        ],
        includes: {
          users: [{ id: '6', username: 'bo_prov', name: 'Bo Prov' }],
          media: [{ media_key: '3_1', type: 'photo', url: 'https://example.org/a.jpg', alt_text: 'En bild' }],
        },
        errors: [
          {
            resource_type: 'tweet',
            resource_id: '9',
            type: 'https://api.twitter.com/2/problems/resource-not-found',
          },
        ],
      }),
    )
    expect(found).toMatchObject([
      {
        objectId: '5',
        verb: 'published',
        persons: [{ handle: 'bo_prov' }],
        attachments: [{ url: 'https://example.org/a.jpg', description: 'En bild' }],
      },
      {
        objectId: '8',
        verb: 'messaged',
        thread: '6-7',
        persons: [{ platformId: '6' }, { role: 'recipient', platformId: '7' }],
      },
      { objectId: '9', verb: 'absence-observed', basis: 'observed', occurredAt: seenAt },
    ])
  })

  it('has an edit as an act on the first version', () => {
    expect(facts(pushed({ data: { ...post, edit_history_tweet_ids: ['4', '5'] } }))[0]).toMatchObject({
      objectId: '4',
      actId: '5',
      verb: 'edited',
      text: 'Hej',
    })
  })

  it('keeps what is neither', () => {
    const found = pushed({ data: [{ id: '6', username: 'bo_prov' }], errors: [{ title: 'Forbidden' }] })
    expect(found.map((item) => item.kind)).toEqual(['unrecognised', 'unrecognised'])
  })
})
