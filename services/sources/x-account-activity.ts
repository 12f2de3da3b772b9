import { asList, asObject, asText, type Json, type JsonObject } from './lossless.ts'
import { accept, nativeWord, type Translated, unrecognised } from './source.ts'
import { like, noted, relation, removal, type Saying } from './x-acts.ts'
import { pushedMessages } from './x-messages.ts'
import { personById, personOf, usersOf } from './x-person.ts'
import { xId } from './x-text.ts'
import { xTime } from './x-time.ts'
import { fromTweet } from './x-tweet.ts'

/** What stands beside the events and is none. */
const besides = new Set(['for_user_id', 'user_has_blocked', 'users', 'apps'])

/** A delivery of the Account Activity API, which X has deprecated and still serves. Each key is a list of one kind of event. */
export function* fromAccountActivity(
  body: JsonObject,
  mapper: string,
  seenAt: string,
): Generator<Translated> {
  for (const [key, value] of Object.entries(body)) {
    if (besides.has(key)) continue
    const saying: Saying = { kind: nativeWord(key), mapper, seenAt }
    if (key === 'direct_message_events') yield* pushedMessages(body, saying)
    else if (key === 'user_event') yield revoked(value, saying)
    else if (Array.isArray(value)) for (const item of asList(value)) yield one(key, item, body, saying)
    else yield unrecognised(saying.kind, { [key]: value }, 'unknown kind of event')
  }
}

function one(key: string, item: Json, body: JsonObject, saying: Saying): Translated {
  const event = asObject(item)
  if (event === undefined) return unrecognised(saying.kind, item, 'not an event')
  switch (key) {
    case 'tweet_create_events': {
      const tweet = fromTweet(event, { kind: key, mapper: saying.mapper })
      return tweet === undefined ? unrecognised(key, item, 'no id or no time') : accept(tweet, item)
    }
    case 'tweet_delete_events':
      return deleted(event, saying)
    case 'favorite_events':
      return favorite(event, saying)
    case 'follow_events':
    case 'block_events':
    case 'mute_events':
      return between(event, saying)
    case 'direct_message_indicate_typing_events':
    case 'direct_message_mark_read_events':
      return receipt(event, body, saying)
    default:
      return unrecognised(saying.kind, item, 'unknown kind of event')
  }
}

function deleted(event: JsonObject, saying: Saying): Translated {
  const status = asObject(event['status'])
  const id = xId(status?.['id_str'], status?.['id'])
  if (id === undefined) return unrecognised(saying.kind, event, 'no post')
  const time = xTime(event['timestamp_ms'])
  return removal(
    id,
    personById('author', xId(status?.['user_id'])),
    time,
    event['timestamp_ms'],
    saying,
    event,
  )
}

function favorite(event: JsonObject, saying: Saying): Translated {
  const liked = asObject(event['favorited_status'])
  const post = xId(liked?.['id_str'], liked?.['id'])
  if (post === undefined) return unrecognised(saying.kind, event, 'no post')
  return like(
    {
      post,
      by: personOf('author', event['user']),
      postAuthor: personOf('target', liked?.['user']),
      actId: asText(event['id']),
      time: xTime(event['timestamp_ms']) ?? xTime(event['created_at']),
      nativeTime: event['created_at'] ?? event['timestamp_ms'],
    },
    saying,
    event,
  )
}

const verbs = { follow: 'followed', unfollow: 'unfollowed', block: 'blocked' } as const

function between(event: JsonObject, saying: Saying): Translated {
  const type = nativeWord(event['type'])
  const said = { ...saying, kind: `${saying.kind}/${type}` }
  const source = personOf('author', event['source'])
  const target = personOf('target', event['target'])
  const time = xTime(event['created_timestamp'])
  const nativeTime = event['created_timestamp']
  if (source?.platformId === undefined || target?.platformId === undefined)
    return unrecognised(said.kind, event, 'not two accounts')
  if (type === 'follow' || type === 'unfollow' || type === 'block')
    return relation({ verb: verbs[type], source, target, time, nativeTime }, said, event)
  if (type === 'unblock' || type === 'mute' || type === 'unmute')
    return noted(
      { id: [source.platformId, target.platformId], persons: [source, target], time, nativeTime },
      said,
      event,
    )
  return unrecognised(said.kind, event, 'unknown kind of event')
}

/** That somebody is typing or has read: no verb of ours, and nothing said. */
function receipt(event: JsonObject, body: JsonObject, saying: Saying): Translated {
  const users = usersOf(body['users'])
  const [sender, recipient] = [xId(event['sender_id']), xId(asObject(event['target'])?.['recipient_id'])]
  const time = xTime(event['created_timestamp'])
  if (sender === undefined || recipient === undefined || time === undefined)
    return unrecognised(saying.kind, event, 'not two accounts')
  return noted(
    {
      id: [sender, recipient, time.occurredAt],
      persons: [personById('author', sender, users), personById('recipient', recipient, users)],
      time,
      nativeTime: event['created_timestamp'],
      visibility: 'direct',
      detail: { lastRead: event['last_read_event_id'] },
    },
    saying,
    event,
  )
}

/** The account has withdrawn the app's access: the subscription is lost. */
function revoked(value: Json, saying: Saying): Translated {
  const revoke = asObject(asObject(value)?.['revoke'])
  const user = xId(asObject(revoke?.['source'])?.['user_id'])
  const said = { ...saying, kind: `${saying.kind}/revoke` }
  if (revoke === undefined || user === undefined)
    return unrecognised(saying.kind, value, 'unknown kind of event')
  return noted(
    {
      id: [user, asText(asObject(revoke['target'])?.['app_id']) ?? '?'],
      persons: [{ role: 'author', platformId: user }],
      time: xTime(revoke['date_time']),
      nativeTime: revoke['date_time'],
    },
    said,
    value,
  )
}
