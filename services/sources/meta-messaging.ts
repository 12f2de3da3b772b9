import type { Person } from '../events/interaction.ts'
import { asList, asObject, asText, type JsonObject } from './lossless.ts'
import { type Change, reactionId, whenOf } from './meta.ts'
import { accept, defined, detailOf, nativeWord, type Translated, unrecognised } from './source.ts'
import { fromMillis } from './time.ts'

/** Private messages of Facebook and Instagram: written, edited, unsent, reacted to. Receipts and buttons are unrecognised. */
export function messaging(change: Change): Translated {
  const item = asObject(change.raw)
  const kind = Object.keys(item ?? {}).find((key) => !/^(sender|recipient|timestamp)$/.test(key))
  const said = asObject(item?.[kind ?? ''])
  const id = asText(said?.['mid'])
  if (item === undefined || said === undefined || id === undefined) {
    return unrecognised(`messaging/${nativeWord(kind)}`, change.raw, 'not a message')
  }
  if (kind === 'message') return message(change, item, said, id)
  if (kind === 'message_edit') return edit(change, item, said, id)
  if (kind === 'reaction') return reaction(change, item, said, id)
  return unrecognised(`messaging/${nativeWord(kind)}`, change.raw, 'not a message')
}

/** Who wrote to whom and when, privately. */
function common(change: Change, item: JsonObject) {
  const sender = asText(asObject(item['sender'])?.['id'])
  const recipient = asText(asObject(item['recipient'])?.['id'])
  const written = asText(item['timestamp'])
  const time = fromMillis(written)
  const when =
    time === undefined ? whenOf(change, undefined) : { ...time, basis: 'occurred' as const, native: written }
  const persons: Person[] = []
  if (sender !== undefined) persons.push({ role: 'author', platformId: sender })
  if (recipient !== undefined) persons.push({ role: 'recipient', platformId: recipient })
  const { native, ...times } = when
  return { sender, native, shared: { ...times, persons, visibility: 'direct' as const } }
}

function message(change: Change, item: JsonObject, said: JsonObject, objectId: string): Translated {
  const { mid: _mid, text, attachments, reply_to: replyTo, ...rest } = said
  const { native, shared } = common(change, item)
  const removed = said['is_deleted'] === true
  const urls = asList(attachments).map((each) => asText(asObject(asObject(each)?.['payload'])?.['url']))
  return accept(
    defined({
      ...shared,
      objectId,
      verb: removed ? 'removed' : 'messaged',
      text: asText(text),
      attachments:
        urls.length === 0 ? undefined : urls.flatMap((url) => (url === undefined ? [] : [{ url }])),
      inReplyTo: asText(asObject(replyTo)?.['mid']),
      native: defined({
        kind: removed ? 'messaging/message/deleted' : 'messaging/message',
        time: native,
        mapper: change.mapper,
        detail: detailOf({ ...rest, attachments: urls.includes(undefined) ? attachments : undefined }),
      }),
    }),
    change.raw,
  )
}

function edit(change: Change, item: JsonObject, said: JsonObject, objectId: string): Translated {
  const { mid: _mid, text, ...rest } = said
  const { native, shared } = common(change, item)
  const number = asText(said['num_edit'])
  return accept(
    defined({
      ...shared,
      // The message's own time stands here too, so that only the number tells edits apart.
      basis: 'observed' as const,
      objectId,
      actId: number === undefined ? undefined : `~edited/${number}`,
      verb: 'edited',
      text: asText(text),
      native: defined({
        kind: 'messaging/message_edit',
        time: native,
        mapper: change.mapper,
        detail: detailOf(rest),
      }),
    }),
    change.raw,
  )
}

function reaction(change: Change, item: JsonObject, said: JsonObject, target: string): Translated {
  const { mid: _mid, action, reaction: word, ...rest } = said
  const { sender, native, shared } = common(change, item)
  const kind = `messaging/reaction/${nativeWord(action)}`
  if (action !== 'react' && action !== 'unreact') return unrecognised(kind, change.raw, 'action is not known')
  const verb = action === 'react' ? 'reacted' : 'removed'
  return accept(
    defined({
      ...shared,
      objectId: reactionId(target, sender, native),
      actId: native === undefined ? undefined : `~${verb}/${native}`,
      verb,
      reaction: action === 'react' ? (asText(word) ?? asText(said['emoji'])) : undefined,
      inReplyTo: target,
      native: defined({ kind, time: native, mapper: change.mapper, detail: detailOf(rest) }),
    }),
    change.raw,
  )
}
