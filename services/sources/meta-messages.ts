import { asList, asObject, asText, type Json, type JsonObject } from './lossless.ts'
import { asAuthor, exportObject, personNamed, textOf } from './meta-export.ts'
import {
  type Account,
  type ArchiveFile,
  accept,
  aliasOf,
  contentHash,
  defined,
  detailOf,
  madeId,
  type Translated,
  unrecognised,
} from './source.ts'
import { fromMillis, fromSeconds } from './time.ts'

const known = new Set(['sender_name', 'timestamp_ms', 'timestamp', 'content', 'photos', 'videos', 'share'])

/** A conversation of Facebook or Instagram (`messages/inbox/…/message_1.json`): private, without ids. */
export async function* metaConversation(
  file: ArchiveFile,
  account: Account | undefined,
  mapper: string,
): AsyncGenerator<Translated> {
  const { raw, fix } = await exportObject(file)
  const names = asList(raw['participants']).flatMap((each) => {
    const name = asText(asObject(each)?.['name'])
    return name === undefined ? [] : [fix(name)]
  })
  if (!Array.isArray(raw['messages'])) {
    yield unrecognised('message_1.json', raw, 'no list of messages')
    return
  }
  const thread = asText(raw['thread_path'])
  for (const item of asList(raw['messages'])) {
    const object = asObject(item)
    if (object === undefined) yield unrecognised('messages', item, 'not an object')
    else yield message(object, { names, thread, fix, account, mapper, observedAt: file.observedAt })
  }
}

type Conversation = {
  readonly names: readonly string[]
  readonly thread: string | undefined
  readonly fix: (text: string) => string
  readonly account: Account | undefined
  readonly mapper: string
  readonly observedAt: string
}

function message(item: JsonObject, within: Conversation): Translated {
  const { fix, account } = within
  const sender = asText(item['sender_name'])
  const name = sender === undefined ? undefined : fix(sender)
  const native = asText(item['timestamp_ms']) ?? asText(item['timestamp'])
  const time = fromMillis(asText(item['timestamp_ms'])) ?? fromSeconds(asText(item['timestamp']))
  const said = textOf(item['content'], fix)
  const files = [...uris(item['photos']), ...uris(item['videos'])]
  const link = asText(asObject(item['share'])?.['link'])
  const hash = contentHash(name, said.text, ...files.map((uri) => uri.slice(uri.lastIndexOf('/') + 1)))
  const rest = Object.fromEntries(Object.entries(item).filter(([key]) => !known.has(key)))
  return accept(
    defined({
      objectId: madeId('message', native ?? 'no-time', hash),
      verb: 'messaged',
      occurredAt: time?.occurredAt ?? within.observedAt,
      precision: time?.precision,
      basis: time === undefined ? ('observed' as const) : undefined,
      persons: [
        ...asAuthor(name === undefined ? undefined : personNamed(name, account)),
        ...within.names
          .filter((each) => each !== name)
          .map((each) => ({ role: 'recipient' as const, ...personNamed(each, account) })),
      ],
      ...said,
      links: link === undefined ? undefined : [link],
      attachments: files.length === 0 ? undefined : files.map((url) => ({ url })),
      thread: within.thread,
      visibility: 'direct',
      native: defined({ kind: 'message', time: native, mapper: within.mapper, detail: detailOf(rest) }),
    }),
    item,
    time === undefined ? undefined : aliasOf(name, time.occurredAt, said.text),
  )
}

function uris(list: Json | undefined): string[] {
  return asList(list).flatMap((each) => asText(asObject(each)?.['uri']) ?? [])
}
