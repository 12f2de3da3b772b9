import { asList, asObject, asText, type Json, type JsonObject } from './lossless.ts'
import { accept, defined, type Translated, unrecognised } from './source.ts'
import { type Saying, when } from './x-acts.ts'
import { distinct, personById } from './x-person.ts'
import { fromPost, type Includes, includesOf } from './x-post.ts'
import { repairedText, xId } from './x-text.ts'
import { xTime } from './x-time.ts'

/** An answer of the v2 API that a poller hands on: `{data, includes, meta, errors}`. */
export function* fromPull(body: JsonObject, mapper: string, seenAt: string): Generator<Translated> {
  const includes = includesOf(body['includes'])
  const data = Array.isArray(body['data']) ? asList(body['data']) : [body['data']]
  for (const item of data) {
    if (item === undefined || item === null) continue
    const object = asObject(item)
    if (object?.['event_type'] !== undefined)
      yield message(item, object, includes, { kind: 'pull/dm', mapper, seenAt })
    else if (object?.['text'] !== undefined)
      yield fromPost(item, includes, { kind: 'pull/post', mapper, seenAt })
    else yield unrecognised('pull', item, 'neither a post nor a message')
  }
  for (const error of asList(body['errors'])) yield absence(error, { kind: 'pull/error', mapper, seenAt })
}

/** Not found is an observation: who removed it, and whether anybody did, is not said. Any other error is not about the post. */
function absence(item: Json, saying: Saying): Translated {
  const error = asObject(item)
  const id = xId(error?.['resource_id'], error?.['value'])
  const isPost = /^(tweet|post)$/.test(asText(error?.['resource_type']) ?? '')
  const isNotFound = /resource-not-found$/.test(asText(error?.['type']) ?? '')
  if (id === undefined || !isPost || !isNotFound) return unrecognised(saying.kind, item, 'an error')
  return accept(
    {
      objectId: id,
      verb: 'absence-observed',
      ...when(undefined, saying),
      native: { kind: saying.kind, mapper: saying.mapper },
    },
    item,
  )
}

function message(item: Json, event: JsonObject, includes: Includes, saying: Saying): Translated {
  const id = xId(event['id'])
  const time = xTime(event['created_at'])
  if (id === undefined || time === undefined || event['event_type'] !== 'MessageCreate')
    return unrecognised(saying.kind, item, 'no message')
  const sender = xId(event['sender_id'])
  const conversation = asText(event['dm_conversation_id'])
  const others = [...asList(event['participant_ids']), ...(conversation ?? '').split('-')].map((other) =>
    xId(other),
  )
  return accept(
    defined({
      objectId: id,
      verb: 'messaged' as const,
      ...time,
      persons: distinct([
        personById('author', sender, includes.users),
        ...others
          .filter((other) => other !== sender && conversation?.includes('-') === true)
          .map((other) => personById('recipient', other, includes.users)),
      ]),
      ...repairedText(event['text']),
      thread: conversation,
      visibility: 'direct' as const,
      native: defined({ kind: saying.kind, mapper: saying.mapper, time: asText(event['created_at']) }),
    }),
    item,
  )
}
