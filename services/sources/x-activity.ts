import { detailText } from './detail.ts'
import { asObject, asText, type Json, type JsonObject } from './lossless.ts'
import { accept, defined, madeId, nativeWord, type Translated, unrecognised } from './source.ts'
import { like, noted, relation, removal, type Saying, when } from './x-acts.ts'
import { pushedMessages } from './x-messages.ts'
import { personById, personOf, userOf, usersOf } from './x-person.ts'
import { fromPost, includesOf } from './x-post.ts'
import { xId } from './x-text.ts'
import { xTime } from './x-time.ts'

type Event = {
  readonly envelope: JsonObject
  readonly payload: JsonObject
  /** X's id of the event; may be negative although its schema says otherwise. Replays have the same one. */
  readonly id: string | undefined
  /** The account that the subscription is for. */
  readonly user: string | undefined
  readonly saying: Saying
}

type Handler = (event: Event) => Iterable<Translated>

const handlers: Readonly<Record<string, Handler>> = {
  'post.create': post,
  'post.mention.create': post,
  'post.reply.create': post,
  'post.quote.create': post,
  'post.repost.create': post,
  'post.delete': deleted,
  'like.create': liked,
  'follow.follow': (event) => between(event, 'followed'),
  'follow.unfollow': (event) => between(event, 'unfollowed'),
  'block.block': (event) => between(event, 'blocked'),
  'block.unblock': towards,
  'mute.mute': towards,
  'mute.unmute': towards,
  'dm.sent': ({ payload, saying }) => pushedMessages(payload, saying),
  'dm.received': ({ payload, saying }) => pushedMessages(payload, saying),
  'chat.sent': encrypted,
  'chat.received': encrypted,
  'oauth.revoke': revoked,
}

/** One event of the X Activity API (`{"data":{event_uuid, filter, event_type, payload, includes}}`). */
export function* fromActivity(envelope: JsonObject, mapper: string, seenAt: string): Generator<Translated> {
  const type = nativeWord(envelope['event_type'])
  const payload = asObject(envelope['payload'])
  if (payload === undefined) {
    yield unrecognised(type, envelope, 'no payload')
    return
  }
  const event: Event = {
    envelope,
    payload,
    id: eventId(envelope['event_uuid']),
    user: xId(asObject(envelope['filter'])?.['user_id']),
    saying: { kind: type, mapper, seenAt },
  }
  if (Object.hasOwn(handlers, type)) yield* handlers[type]?.(event) ?? []
  else if (type.startsWith('profile.update.')) yield profile(event)
  else yield unrecognised(type, envelope, 'unknown type of event')
}

function eventId(value: Json | undefined): string | undefined {
  const id = asText(value)
  return id !== undefined && id.length <= 128 ? id : undefined
}

function* post({ envelope, payload, saying }: Event): Generator<Translated> {
  yield fromPost(payload, includesOf(envelope['includes']), saying)
}

function* deleted({ envelope, payload, saying }: Event): Generator<Translated> {
  const id = xId(payload['id'])
  const users = usersOf(asObject(envelope['includes'])?.['users'])
  if (id === undefined) yield unrecognised(saying.kind, envelope, 'no post')
  else
    yield removal(
      id,
      personById('author', xId(payload['author_id']), users),
      undefined,
      undefined,
      saying,
      envelope,
    )
}

/** Comes for likes given and received. `created_at` may be the liked post's time: only `timestamp_ms` is the like's. */
function* liked({ envelope, payload, user, saying }: Event): Generator<Translated> {
  const postId = xId(payload['liked_tweet_id'], payload['liked_post_id'])
  const direction = asText(asObject(envelope['filter'])?.['direction'])
  if (postId === undefined) {
    yield unrecognised(saying.kind, envelope, 'no post')
    return
  }
  const users = usersOf(asObject(envelope['includes'])?.['users'])
  const author = xId(payload['liked_tweet_author_id'], payload['liked_post_author_id'])
  const liker =
    xId(payload['user_id'], payload['liking_user_id'], payload['liker_id']) ??
    likerOf(direction, user, author, users.keys())
  yield like(
    {
      post: postId,
      by: personById('author', liker, users),
      postAuthor: personById('target', author, users),
      actId: eventId(payload['id']),
      time: xTime(payload['timestamp_ms']),
      nativeTime: payload['timestamp_ms'] ?? payload['created_at'],
    },
    saying,
    envelope,
  )
}

/** The payload does not name who liked: outbound it is the account; inbound whoever came along and is not the author. */
function likerOf(
  direction: string | undefined,
  user: string | undefined,
  author: string | undefined,
  others: Iterable<string>,
): string | undefined {
  const isOwnPost = user !== undefined && user === author
  if (direction === 'outbound' || (direction === undefined && !isOwnPost)) return user
  const strangers = [...others].filter((id) => id !== author)
  return strangers.length === 1 ? strangers[0] : undefined
}

function* between(
  { envelope, payload, id, saying }: Event,
  verb: 'followed' | 'unfollowed' | 'blocked',
): Generator<Translated> {
  const source = personOf('author', payload['source'])
  const target = personOf('target', payload['target'])
  if (source === undefined || target === undefined)
    yield unrecognised(saying.kind, envelope, 'not two accounts')
  else yield relation({ verb, source, target, eventId: id }, saying, envelope)
}

function* towards({ envelope, payload, id, saying }: Event): Generator<Translated> {
  const source = personOf('author', payload['source'])
  const target = personOf('target', payload['target'])
  const names = [source, target].map((person) => person?.platformId)
  if (names.includes(undefined)) yield unrecognised(saying.kind, envelope, 'not two accounts')
  else
    yield noted(
      { id: names.map((name) => name ?? ''), persons: [source, target], actId: id },
      saying,
      envelope,
    )
}

/** `before` and `after` are the field's values; the event has no time. */
function profile({ envelope, payload, user, id, saying }: Event): Translated {
  if (user === undefined) return unrecognised(saying.kind, envelope, 'no account')
  return accept(
    defined({
      objectId: madeId('profile', user),
      actId: id,
      verb: 'profile-changed' as const,
      ...when(undefined, saying),
      persons: [{ role: 'author' as const, platformId: user }],
      text: asText(payload['after']),
      native: defined({
        kind: saying.kind,
        mapper: saying.mapper,
        detail: detailText({ before: payload['before'], after: payload['after'] }),
      }),
    }),
    envelope,
  )
}

/** XChat: who, when and in which conversation is known, what was said is not; it stays in the sealed delivery. */
function* encrypted({ envelope, payload, saying }: Event): Generator<Translated> {
  const objectId = asText(payload['id'])
  const sender = xId(payload['sender_id'])
  const time = xTime(payload['created_at_msec'])
  if (objectId === undefined || sender === undefined || time === undefined) {
    yield unrecognised(saying.kind, envelope, 'no message')
    return
  }
  const thread = asText(payload['conversation_id'])
  const others = (thread ?? '')
    .split(/[:-]/)
    .map((id) => xId(id))
    .filter((id) => id !== undefined && id !== sender)
  yield accept(
    defined({
      objectId,
      verb: 'messaged' as const,
      ...time,
      persons: [
        { role: 'author' as const, platformId: sender },
        ...others.map((id) => ({ role: 'recipient' as const, platformId: id ?? '' })),
      ],
      thread,
      visibility: 'direct' as const,
      native: defined({
        kind: saying.kind,
        mapper: saying.mapper,
        time: asText(payload['created_at_msec']),
        detail: detailText({ encrypted: true }),
      }),
    }),
    envelope,
  )
}

/** The subscription is lost: from here on nothing comes for this account. */
function* revoked({ envelope, payload, saying }: Event): Generator<Translated> {
  const user = xId(payload['user_id']) ?? xId(userOf(payload['user'])?.['id'])
  if (user === undefined) yield unrecognised(saying.kind, envelope, 'no account')
  else
    yield noted(
      {
        id: [user, asText(payload['app_id']) ?? '?'],
        persons: [{ role: 'author', platformId: user }],
        time: xTime(payload['date_time']),
        nativeTime: payload['date_time'],
        actId: eventId(envelope['event_uuid']),
      },
      saying,
      envelope,
    )
}
