import { describe, expect, it } from 'vitest'
import { xWebhook } from '../../services/sources/x-webhook.ts'
import { facts, fixture, identity, pushed } from './x-try.ts'

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

  it('names whose post is reposted', () => {
    const text = 'RT @kommundir_ex: Hej'
    const repost = {
      ...post,
      text,
      in_reply_to_user_id: undefined,
      referenced_tweets: [{ type: 'retweeted', id: '5' }],
    }
    expect(facts(pushed(event('post.repost.create', repost)))[0]).toMatchObject({
      verb: 'shared',
      derivedFrom: '5',
      persons: [{ role: 'author' }, { role: 'quoted', platformId: own.id, handle: 'kommundir_ex' }],
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
