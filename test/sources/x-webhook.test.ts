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

describe('a delivery of the X Activity API', () => {
  it.each([
    ['post.create', post, 'replied', post.id],
    ['post.mention.create', post, 'replied', post.id],
    ['post.reply.create', { data: post }, 'replied', post.id],
    [
      'post.quote.create',
      { ...post, referenced_tweets: [{ type: 'quoted', id: '5' }] },
      'published',
      post.id,
    ],
    [
      'post.repost.create',
      { ...post, referenced_tweets: [{ type: 'retweeted', id: '5' }] },
      'shared',
      post.id,
    ],
    ['post.delete', { id: post.id, author_id: bo.id }, 'removed', post.id],
    [
      'like.create',
      { id: 'a1', liked_tweet_id: '5', liked_tweet_author_id: bo.id, timestamp_ms: '1784927565236' },
      'reacted',
      `~like/5/${own.id}`,
    ],
    ['follow.follow', pair, 'followed', `~follow/${bo.id}/${own.id}`],
    ['follow.unfollow', pair, 'unfollowed', `~follow/${bo.id}/${own.id}`],
    ['profile.update.bio', { before: 'a', after: 'b' }, 'profile-changed', `~profile/${own.id}`],
    ['profile.update.profile_picture', { before: 'a', after: 'b' }, 'profile-changed', `~profile/${own.id}`],
    ['profile.update.banner_picture', { before: 'a', after: 'b' }, 'profile-changed', `~profile/${own.id}`],
    ['profile.update.screenname', { before: 'a', after: 'b' }, 'profile-changed', `~profile/${own.id}`],
    ['profile.update.handle', { before: 'a', after: 'b' }, 'profile-changed', `~profile/${own.id}`],
    ['profile.update.geo', { before: 'a', after: 'b' }, 'profile-changed', `~profile/${own.id}`],
    ['profile.update.url', { before: 'a', after: '' }, 'profile-changed', `~profile/${own.id}`],
    [
      'profile.update.verified_badge',
      { before: null, after: { type: 'blue' } },
      'profile-changed',
      `~profile/${own.id}`,
    ],
    ['dm.sent', { direct_message_events: [message], users: {} }, 'messaged', message.id],
    [
      'dm.received',
      { direct_message_events: [message], users: { [bo.id]: { data: bo } } },
      'messaged',
      message.id,
    ],
    ['chat.sent', chat, 'messaged', chat.id],
    ['chat.received', chat, 'messaged', chat.id],
    ['mute.mute', pair, 'unrecognised', `~mute.mute/${bo.id}/${own.id}`],
    ['mute.unmute', pair, 'unrecognised', `~mute.unmute/${bo.id}/${own.id}`],
    ['block.block', pair, 'blocked', `~block/${bo.id}/${own.id}`],
    ['block.unblock', pair, 'unrecognised', `~block.unblock/${bo.id}/${own.id}`],
    [
      'oauth.revoke',
      { user_id: own.id, app_id: '2', date_time: '2026-07-23T21:44:05+00:00' },
      'unrecognised',
      `~oauth.revoke/${own.id}/2`,
    ],
  ])('%s is a fact', (type, payload, verb, objectId) => {
    const [fact] = facts(pushed(event(type, payload)))
    expect(fact).toMatchObject({ verb, objectId, native: { kind: type, mapper: 'x-webhook/v1' } })
    expect(fact?.persons?.length).toBeGreaterThan(0)
  })

  it.each([
    'news.new',
    'spaces.start',
    'broadcast.chat',
    'chat.conversation_join',
    'dm.read',
    'post.create',
    'something.new',
  ])('%s without what a fact needs is kept as unrecognised', (type) => {
    expect(pushed(event(type, { a: 'b' }))).toMatchObject(
      [{ kind: 'unrecognised', nativeKind: type }].slice(0, type === 'dm.read' ? 1 : 1),
    )
  })

  it('has text, persons, tags, links, thread and repair of a reply', () => {
    expect(facts(pushed(event('post.reply.create', post, { includes: { users: [bo] } })))[0]).toEqual({
      objectId: post.id,
      verb: 'replied',
      occurredAt: '2026-07-24T21:05:48Z',
      precision: 'second',
      persons: [
        { role: 'author', platformId: bo.id, handle: 'bo_prov', displayName: 'Bo Prov' },
        { role: 'mentioned', platformId: own.id, handle: 'kommundir_ex' },
      ],
      text: '@kommundir_ex Bra & tydligt! #exempelkommun',
      rawText: post.text,
      repair: 'html-entities/v1',
      language: 'sv',
      links: ['https://example.org/'],
      hashtags: ['exempelkommun'],
      inReplyTo: '2080761390344937790',
      thread: '2080761390344937790',
      native: { kind: 'post.reply.create', time: post.created_at, mapper: 'x-webhook/v1' },
    })
  })

  it('names the liker: the account itself outbound, whoever came along inbound, nobody where that is not said', () => {
    const payload = {
      id: 'a1',
      liked_tweet_id: '5',
      liked_tweet_author_id: own.id,
      timestamp_ms: '1784927565236',
    }
    const filter = { user_id: own.id, direction: 'inbound' }
    const inbound = facts(
      pushed(event('like.create', payload, { filter, includes: { users: [own, bo] } })),
    )[0]
    expect(inbound?.persons).toMatchObject([
      { role: 'author', platformId: bo.id },
      { role: 'target', platformId: own.id },
    ])
    const unsaid = facts(pushed(event('like.create', payload, { filter })))[0]
    expect(unsaid?.persons).toMatchObject([{ role: 'target', platformId: own.id }])
  })

  it('says nothing of what was said in an encrypted chat', () => {
    const [fact] = facts(pushed(event('chat.received', chat)))
    expect(JSON.stringify(fact)).not.toContain('CwAB')
    expect(fact).toMatchObject({
      persons: [{ platformId: bo.id }, { role: 'recipient', platformId: own.id }],
      visibility: 'direct',
    })
  })
})

describe('where X contradicts itself', () => {
  it('an event id may be negative, whatever its schema says', () => {
    expect(facts(pushed(event('follow.follow', pair)))[0]).toMatchObject({
      actId: '-3402274206530057851',
      basis: 'observed',
    })
  })

  it('a user may stand in an envelope or not', () => {
    const bare = pushed(event('follow.follow', { source: bo, target: own }))
    expect(bare.map(identity)).toEqual(pushed(event('follow.follow', pair)).map(identity))
    const gone = { id: post.id, author_id: bo.id }
    expect(pushed(event('post.delete', gone, { includes: { users: [{ data: bo }] } }))).toEqual(
      pushed(event('post.delete', gone, { includes: { users: [bo] } })),
    )
  })

  it('posts may be called tweets', () => {
    const { edit_history_tweet_ids, referenced_tweets, ...rest } = post
    const renamed = {
      ...rest,
      edit_history_post_ids: edit_history_tweet_ids,
      referenced_posts: referenced_tweets,
    }
    expect(pushed(event('post.create', renamed))).toEqual(pushed(event('post.create', post)))
    const edited = { ...rest, edit_history_post_ids: ['1', post.id] }
    expect(facts(pushed(event('post.create', edited)))[0]).toMatchObject({
      verb: 'edited',
      objectId: '1',
      actId: post.id,
    })
  })

  it('a number may have lost its digits before it was sent: the text beside it has them', () => {
    const body =
      '{"for_user_id":"1","tweet_create_events":[{"id":1924465506158879000,"id_str":"1924465506158878979","created_at":"Mon Apr 12 08:01:00 +0000 2010","text":"x"}]}'
    expect(facts(pushed(body))[0]?.objectId).toBe('1924465506158878979')
    const alone =
      '{"for_user_id":"1","tweet_delete_events":[{"status":{"id":1924465506158878979,"user_id":9007199254740993},"timestamp_ms":1432228155593}]}'
    expect(facts(pushed(alone))[0]).toMatchObject({
      objectId: '1924465506158878979',
      persons: [{ platformId: '9007199254740993' }],
    })
  })

  it('a challenge may come at any time and as often as X likes, and is answered alike', async () => {
    const { vectors } = JSON.parse((await fixture('signature-vectors.json')).toString())
    const crc = vectors.find((vector: { platform: string }) => vector.platform === 'x-crc')
    const secrets = { signing: [Buffer.from(crc.secret), Buffer.from('older')] }
    for (let times = 0; times < 2; times++)
      expect(JSON.parse(xWebhook.challenge?.({ crc_token: crc.crc_token }, secrets)?.body ?? '')).toEqual(
        crc.expectJson,
      )
    expect(xWebhook.challenge?.({}, secrets)).toBeUndefined()
    expect(xWebhook.challenge?.({ crc_token: 'x' }, { signing: [] })).toBeUndefined()
  })
})

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
      { numRuns: 500 },
    )
    for (const bad of ['', '[]', '"x"', '{', '\ud800'])
      expect(() => pushed(bad)).toThrow(expect.objectContaining({ code: 'source-malformed' }))
  })
})
