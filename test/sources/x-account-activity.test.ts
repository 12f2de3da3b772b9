import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { xWebhook } from '../../services/sources/x-webhook.ts'
import { archived, facts, fixture, identity, pushed, seenAt, ytd } from './x-try.ts'

const own = { id: '9007199254740993', username: 'kommundir_ex', name: 'Kim Exempel' }
const bo = { id: '100000000000000002', username: 'bo_prov', name: 'Bo Prov' }
const event = (event_type: string, payload: object, more: object = {}) => ({
  data: { event_uuid: '-3402274206530057851', filter: { user_id: own.id }, event_type, payload, ...more },
})
const post = {
  id: '2080761390344937796',
  author_id: bo.id,
  created_at: '2026-07-24T21:05:48.000Z',
  text: '@kommundir_ex Bra &amp; tydligt! #exempelkommun',
  edit_history_tweet_ids: ['2080761390344937796'],
  conversation_id: '2080761390344937790',
  in_reply_to_user_id: own.id,
  referenced_tweets: [{ type: 'replied_to', id: '2080761390344937790' }],
  entities: {
    mentions: [{ username: 'kommundir_ex', id: own.id }],
    hashtags: [{ tag: 'exempelkommun' }],
    urls: [{ expanded_url: 'https://example.org/' }],
  },
  lang: 'sv',
}
const pair = { source: { data: bo }, target: { data: own } }
const message = {
  type: 'message_create',
  id: '2080763914820927863',
  created_timestamp: '1784927750704',
  message_create: { target: { recipient_id: own.id }, sender_id: bo.id, message_data: { text: 'Hej!' } },
}
const chat = {
  id: 'e4f4d3fc-8bbf-4928-92eb-e5058d6bb6f6',
  created_at_msec: '1784841183370',
  sender_id: bo.id,
  conversation_id: `${bo.id}:${own.id}`,
  encoded_event: 'CwAB',
}

describe('a delivery of the Account Activity API', () => {
  it('is the facts that are expected', async () => {
    const expected = JSON.parse((await fixture('../expected/x-account-activity.json')).toString())
    for (const [name, facts] of Object.entries(expected))
      expect(pushed((await fixture(`x-account-activity/${name}.json`)).toString())).toEqual(facts)
  })

  it('has the whole of a long post, and what a retweet and a quote repeat', () => {
    const base = { id_str: '9', created_at: 'Mon Apr 12 08:01:00 +0000 2010', text: 'kort…', truncated: true }
    const long = {
      ...base,
      extended_tweet: { full_text: 'hela texten', entities: { hashtags: [{ text: 'hel' }] } },
    }
    const [whole, shared, quote] = facts(
      pushed({
        for_user_id: '1',
        tweet_create_events: [
          long,
          { ...base, retweeted_status: { id_str: '5' } },
          { ...base, quoted_status_id_str: '6' },
        ],
      }),
    )
    expect(whole).toMatchObject({ text: 'hela texten', hashtags: ['hel'] })
    expect(shared).toMatchObject({ verb: 'shared', derivedFrom: '5' })
    expect(quote).toMatchObject({ verb: 'published', derivedFrom: '6' })
  })

  it('knows every kind of event, and keeps those it does not know', () => {
    const two = { source: { id: '1' }, target: { id: '2' }, created_timestamp: '1518127020304' }
    const found = pushed({
      for_user_id: '1',
      block_events: [
        { type: 'block', ...two },
        { type: 'unblock', ...two },
      ],
      mute_events: [{ type: 'mute', ...two }],
      direct_message_events: [message],
      direct_message_indicate_typing_events: [
        { created_timestamp: '1518127183443', sender_id: '1', target: { recipient_id: '2' } },
      ],
      user_event: {
        revoke: {
          date_time: '2018-05-24T09:48:12+00:00',
          target: { app_id: '13' },
          source: { user_id: '63' },
        },
      },
      novel_events: [{ a: 1 }],
      novelty: 'x',
    })
    expect(
      found.map((it) =>
        it.kind === 'interaction'
          ? it.interaction.verb
          : it.kind === 'unrecognised'
            ? it.nativeKind
            : it.kind,
      ),
    ).toEqual([
      'blocked',
      'unrecognised',
      'unrecognised',
      'messaged',
      'unrecognised',
      'unrecognised',
      'novel_events',
      'novelty',
    ])
  })
})

describe('what X delivers', () => {
  it('is verified over the raw bytes, with either of two secrets', async () => {
    const { vectors } = JSON.parse((await fixture('signature-vectors.json')).toString())
    const vector = vectors.find((each: { platform: string }) => each.platform === 'x')
    const delivery = {
      body: Buffer.from(vector.body),
      headers: { [vector.header]: vector.expect },
      receivedAt: seenAt,
    }
    const secret = Buffer.from(vector.secret)
    expect(xWebhook.verify(delivery, [Buffer.from('newer'), secret])).toBe(true)
    expect(xWebhook.verify({ ...delivery, body: Buffer.from(`${vector.body} `) }, [secret])).toBe(false)
    expect(xWebhook.verify({ ...delivery, headers: {} }, [secret])).toBe(false)
  })

  it('is one fact for a like, by archive, old and new push', async () => {
    const list = await archived(ytd('data/like.js', [{ like: { tweetId: '5' } }]))
    const old = pushed({
      for_user_id: own.id,
      favorite_events: [
        {
          id: 'a1',
          timestamp_ms: 1784927565236,
          favorited_status: { id_str: '5' },
          user: { id_str: own.id },
        },
      ],
    })
    const now = pushed(
      event('like.create', {
        id: 'a1',
        liked_tweet_id: '5',
        liked_tweet_author_id: bo.id,
        timestamp_ms: '1784927565236',
      }),
    )
    expect(new Set([...list, ...old, ...now].map(identity)).size).toBe(1)
  })

  it('is the same set of facts in any order, repeated, and received at any time', () => {
    const bodies = [
      event('post.create', post),
      event('post.mention.create', post),
      event('post.delete', { id: post.id, author_id: bo.id }),
      event('follow.follow', pair),
      event('profile.update.bio', { before: 'a', after: 'b' }),
      event('dm.received', { direct_message_events: [message] }),
      event('chat.received', chat),
      event('novel', { a: 1 }),
      {
        for_user_id: '1',
        follow_events: [
          { type: 'follow', created_timestamp: '1576212630171', source: { id: '1' }, target: { id: '2' } },
        ],
      },
    ]
    const all = new Set(bodies.flatMap((body) => pushed(body)).map(identity))
    fc.assert(
      fc.property(
        fc.shuffledSubarray(bodies, { minLength: bodies.length }),
        fc.subarray(bodies),
        (order, again) => {
          const later = again.flatMap((body) => pushed(body, '2026-03-06T09:15:00Z'))
          expect(new Set([...order.flatMap((body) => pushed(body)), ...later].map(identity))).toEqual(all)
        },
      ),
    )
  })

  it('is never an error while it is a JSON object', () => {
    const words = [
      'data',
      'payload',
      'event_type',
      'event_uuid',
      'for_user_id',
      'follow_events',
      'errors',
      'post.create',
      'id',
      'delete',
      'includes',
      'users',
    ]
    const key = fc.constantFrom(...words)
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.string({ unit: 'binary' }),
        key,
        fc.integer(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(key, tie('any'), { maxKeys: 4 }),
      ),
    })).any
    fc.assert(
      fc.property(fc.dictionary(key, value), (body) => {
        for (const item of pushed(body))
          expect(['interaction', 'unrecognised', 'platform-demand']).toContain(item.kind)
      }),
      { numRuns: 150 },
    )
    for (const bad of ['', '[]', '"x"', '{', '\ud800'])
      expect(() => pushed(bad)).toThrow(expect.objectContaining({ code: 'source-malformed' }))
  })
})
