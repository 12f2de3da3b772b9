import { describe, expect, test } from 'vitest'
import { linkedInExport } from '../../services/sources/linkedin-export.ts'
import { linkedInWebhook } from '../../services/sources/linkedin-webhook.ts'
import {
  archived,
  authored,
  authoredFile,
  chunked,
  expected,
  jsonBody,
  misfits,
  observedAt,
  webhook,
} from '../support/translate.ts'

const account = { displayName: 'Elsa Exempel' }
const files = ['Shares.csv', 'Comments.csv', 'Reactions.csv', 'Connections.csv', 'messages.csv']
const base = {
  notificationId: 1,
  organizationalEntity: 'urn:li:organization:1000',
  sourcePost: 'urn:li:share:6900',
  lastModifiedAt: 1772701200123,
  subscriber: 'urn:li:person:ZyXwVu',
}

function notify(more: object) {
  const body = { type: 'ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS', notifications: [{ ...base, ...more }] }
  const all = webhook(linkedInWebhook, jsonBody(body))
  expect(misfits(all)).toEqual([])
  return all[0]
}

describe('the LinkedIn webhook', () => {
  test('becomes the events that are written down', () => {
    const all = webhook(linkedInWebhook, authored('linkedin-webhook/organization-social-action.json'))
    expect(all).toEqual(expected('linkedin-webhook.json'))
    expect(misfits(all)).toEqual([])
  })

  const generatedActivity = 'urn:li:comment:(activity:6901,6902)'
  test.each([
    ['COMMENT', 'commented'],
    ['ADMIN_COMMENT', 'commented'],
    ['COMMENT_EDIT', 'edited'],
    ['COMMENT_DELETE', 'removed'],
    ['SHARE', 'shared'],
    ['SHARE_MENTION', 'mentioned'],
  ])('%s is %s', (action, verb) => {
    expect(notify({ action, generatedActivity })).toMatchObject({
      interaction: {
        verb,
        objectId: 'urn:li:comment:(urn:li:activity:6901,6902)',
        occurredAt: '2026-03-05T09:00:00.123Z',
      },
    })
  })

  test('a like names who likes what', () => {
    const urn = 'urn:li:reaction:(urn:li:person:AbCdEf,urn:li:activity:6901)'
    expect(notify({ action: 'LIKE', generatedActivity: urn })).toMatchObject({
      interaction: {
        verb: 'reacted',
        objectId: urn,
        reaction: 'like',
        persons: [{ role: 'author', platformId: 'urn:li:person:AbCdEf' }],
      },
    })
    expect(notify({ action: 'LIKE' })).toMatchObject({
      interaction: { objectId: '~reaction/urn:li:share:6900/1' },
    })
  })

  test('a comment on a comment is a reply', () => {
    const comment = {
      entity: generatedActivity,
      owner: 'urn:li:person:A',
      message: { text: 'Ja' },
      parentComment: 'urn:li:comment:(activity:6901,6900)',
    }
    expect(
      notify({ action: 'COMMENT', generatedActivity, decoratedGeneratedActivity: { comment } }),
    ).toMatchObject({
      interaction: {
        verb: 'replied',
        text: 'Ja',
        inReplyTo: 'urn:li:comment:(urn:li:activity:6901,6900)',
        thread: 'urn:li:share:6900',
      },
    })
  })

  test("the source post's text is not copied into the comment", () => {
    const decoratedSourcePost = { text: 'En hemlighet i ett annat inlägg' }
    expect(
      JSON.stringify(notify({ action: 'COMMENT', generatedActivity, decoratedSourcePost })),
    ).not.toContain('hemlighet')
  })

  test('an unknown action, type or shape is kept as unrecognised', () => {
    expect(notify({ action: 'FOLLOW' })).toMatchObject({ kind: 'unrecognised', nativeKind: 'FOLLOW' })
    expect(notify({ action: 'COMMENT' })).toMatchObject({ kind: 'unrecognised', reason: 'no object id' })
    expect(webhook(linkedInWebhook, jsonBody({ type: 'OTHER' }))).toMatchObject([{ kind: 'unrecognised' }])
  })
})

describe("LinkedIn's download", () => {
  test('becomes the events that are written down', async () => {
    const all = (
      await Promise.all(files.map((path) => authoredFile(linkedInExport, 'linkedin-export', path, account)))
    ).flat()
    expect(all).toEqual(expected('linkedin-export.json'))
    expect(misfits(all)).toEqual([])
  })

  test('says whose it is, and is known by its files', async () => {
    const file = { path: 'Profile.csv', bytes: chunked(authored('linkedin-export/Profile.csv')), observedAt }
    expect(await linkedInExport.account?.(file)).toEqual(account)
    expect(linkedInExport.recognise(files)).toBe(true)
    expect(linkedInExport.recognise(['comments/comments.csv'])).toBe(false)
    expect(['Profile.csv', 'Skills.csv', 'Rich_Media/1.jpg'].map(linkedInExport.role)).toEqual([
      'account',
      'unknown',
      'ignored',
    ])
  })

  test('a comment by webhook and in the download has one object id', async () => {
    const [first] = await authoredFile(linkedInExport, 'linkedin-export', 'Comments.csv', account)
    const [hooked] = webhook(linkedInWebhook, authored('linkedin-webhook/organization-social-action.json'))
    expect(first?.kind === 'interaction' && first.interaction.objectId).toBe(
      hooked?.kind === 'interaction' && hooked.interaction.objectId,
    )
  })

  test.each([
    ['an unclosed quote', 'Date,Link,Message\n2024-01-01 00:00:00,x,"oavslutad'],
    ['no header', 'a,b,c\n1,2,3'],
    ['nothing', ''],
    ['no UTF-8', Buffer.from([0x44, 0x61, 0xff, 0x0a])],
  ])('with %s is refused', async (_what, text) => {
    const read = archived(linkedInExport, 'Comments.csv', Buffer.from(text as string), account)
    await expect(read).rejects.toMatchObject({ name: 'DomainError', code: 'source-malformed' })
  })
})
