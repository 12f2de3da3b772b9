import type { Attachment } from '../events/interaction.ts'
import { asList, asObject, asObjects, asText, type Json, type JsonObject } from './lossless.ts'
import {
  asAuthor,
  baseName,
  type ExportItem,
  exportTime,
  labelled,
  labels,
  personNamed,
  textOf,
} from './meta-export.ts'
import { metaRepair, repairAll } from './mojibake.ts'
import {
  accept,
  aliasOf,
  contentHash,
  defined,
  detailOf,
  madeId,
  type Translated,
  unrecognised,
} from './source.ts'
import { fromSeconds } from './time.ts'

export const facebookExportMapper = 'facebook-export/v1'
const mapper = facebookExportMapper

/** Labels in Swedish and English; in another language the item is unrecognised, with all it holds. */
const words = {
  text: ['Text', 'Post', 'Inlägg', 'Message', 'Meddelande'],
  comment: ['Comment', 'Kommentar'],
  reaction: ['Reaction', 'Reaktion'],
  name: ['Name', 'Namn', 'Author', 'Författare', 'Skapare'],
  url: ['URL', 'Url', 'Länk', 'Link'],
}

/** Newer downloads name reactions in the reader's language. */
const swedishReactions: Readonly<Record<string, string>> = {
  gilla: 'like',
  älska: 'love',
  omtanke: 'care',
  ledsen: 'sad',
  arg: 'angry',
}

/** A post of the account, and its last edit where the download tells of one. */
export function* exportPost(it: ExportItem): Iterable<Translated> {
  const item = asObject(it.raw)
  if (item === undefined) return yield unrecognised('post', it.raw, 'not an object')
  const values = labels(item, it.fix)
  const data = asObjects(asList(item['data']))
  const written = data.map((each) => asText(each['post'])).find((text) => text !== undefined)
  const said: { text?: string; rawText?: string; repair?: string } =
    written === undefined ? defined({ text: labelled(values, words.text) }) : textOf(written, it.fix)
  const { attachments, links, rest } = attachmentsOf(item, it.fix)
  const time = exportTime(item['timestamp'], it.observedAt)
  const author = personNamed(undefined, it.account)
  const title = fixed(item['title'], it)
  const known = said.text !== undefined || attachments.length + links.length > 0 || title !== undefined
  if (!known && data.length === 0) return yield unrecognised('post', it.raw, 'neither text nor attachment')
  const objectId =
    asText(item['fbid']) ??
    madeId(
      'post',
      time.native ?? 'no-time',
      contentHash(said.text, ...attachments.map((each) => baseName(each.url))),
    )
  const base = {
    objectId,
    ...said,
    repair: said.repair ?? (title === asText(item['title']) ? undefined : metaRepair),
    title,
    links: links.length === 0 ? undefined : links,
    attachments: attachments.length === 0 ? undefined : attachments,
  }
  const tagged = asList(item['tags']).flatMap((each) => {
    const name = fixed(asObject(each)?.['name'] ?? each, it)
    return name === undefined ? [] : [{ role: 'tagged' as const, displayName: name }]
  })
  const persons = [...asAuthor(author), ...tagged]
  const left = data.filter((each) => !('post' in each) && !('update_timestamp' in each))
  const detail = detailOf({
    attachments: rest.length === 0 ? undefined : repaired(rest, it),
    data: left.length === 0 ? undefined : repaired(left, it),
    labels: values.size === 0 ? undefined : Object.fromEntries(values),
  })
  yield accept(
    defined({
      ...base,
      verb: 'published',
      occurredAt: time.occurredAt,
      precision: time.precision,
      basis: time.basis,
      persons,
      native: defined({ kind: 'post', time: time.native, mapper, detail }),
    }),
    it.raw,
    time.native === undefined ? undefined : aliasOf(author?.displayName, time.occurredAt, said.text),
  )
  const updated = data.map((each) => asText(each['update_timestamp'])).find((each) => each !== undefined)
  const edited = fromSeconds(updated)
  if (edited === undefined || updated === time.native) return
  yield accept(
    defined({
      ...base,
      verb: 'edited',
      occurredAt: edited.occurredAt,
      precision: edited.precision,
      basis: 'edited' as const,
      persons,
      native: { kind: 'post/update', time: updated, mapper },
    }),
    it.raw,
  )
}

export function* exportComment(it: ExportItem): Iterable<Translated> {
  const item = asObject(it.raw)
  const found = asObjects(asObjects(asList(item?.['data'])).map((each) => each['comment']))
  if (item !== undefined && found.length === 0) {
    const values = labels(item, it.fix)
    const text = labelled(values, words.comment)
    if (text !== undefined) {
      const author = labelled(values, words.name)
      found.push(defined({ comment: text, author, labels: Object.fromEntries(values) }))
    }
  }
  if (item === undefined || found.length === 0)
    return yield unrecognised('comment', it.raw, 'no comment in it')
  for (const comment of found) yield commentOf(item, comment, it)
}

function commentOf(item: JsonObject, comment: JsonObject, it: ExportItem): Translated {
  const said = textOf(comment['comment'], it.fix)
  const name = fixed(comment['author'], it)
  const time = exportTime(comment['timestamp'] ?? item['timestamp'], it.observedAt)
  const { attachments, links, rest } = attachmentsOf(item, it.fix)
  const title = fixed(item['title'], it)
  const hash = contentHash(name, said.text, ...attachments.map((each) => baseName(each.url)))
  const { timestamp: _timestamp, comment: _comment, author: _author, ...left } = comment
  return accept(
    defined({
      objectId: asText(item['fbid']) ?? madeId('comment', time.native ?? 'no-time', hash),
      verb: 'commented',
      occurredAt: time.occurredAt,
      precision: time.precision,
      basis: time.basis,
      persons: asAuthor(personNamed(name, it.account)),
      ...said,
      repair: said.repair ?? (title === asText(item['title']) ? undefined : metaRepair),
      title,
      links: links.length === 0 ? undefined : links,
      attachments: attachments.length === 0 ? undefined : attachments,
      native: defined({
        kind: 'comment',
        time: time.native,
        mapper,
        detail: detailOf({
          ...asObject(repaired(left, it)),
          attachments: rest.length === 0 ? undefined : repaired(rest, it),
        }),
      }),
    }),
    it.raw,
    time.native === undefined ? undefined : aliasOf(name, time.occurredAt, said.text),
  )
}

/** What the account reacted with; to what is told in a sentence alone. */
export function* exportReaction(it: ExportItem): Iterable<Translated> {
  const item = asObject(it.raw)
  const found = asObjects(asObjects(asList(item?.['data'])).map((each) => each['reaction']))[0]
  const values = labels(item ?? {}, it.fix)
  const word = asText(found?.['reaction']) ?? labelled(values, words.reaction)
  if (item === undefined || word === undefined)
    return yield unrecognised('reaction', it.raw, 'no reaction in it')
  const name = fixed(found?.['actor'], it) ?? labelled(values, words.name)
  const time = exportTime(item['timestamp'], it.observedAt)
  const title = fixed(item['title'], it)
  const url = labelled(values, words.url)
  const lower = word.toLowerCase()
  const reaction = (Object.hasOwn(swedishReactions, lower) ? swedishReactions[lower] : undefined) ?? lower
  yield accept(
    defined({
      objectId:
        asText(item['fbid']) ??
        madeId('reaction', time.native ?? 'no-time', contentHash(name, reaction, title, url)),
      verb: 'reacted',
      occurredAt: time.occurredAt,
      precision: time.precision,
      basis: time.basis,
      persons: asAuthor(personNamed(name, it.account)),
      reaction,
      title,
      repair: title === asText(item['title']) ? undefined : metaRepair,
      links: url === undefined ? undefined : [url],
      native: defined({
        kind: 'reaction',
        time: time.native,
        mapper,
        detail: values.size === 0 ? undefined : detailOf({ labels: Object.fromEntries(values) }),
      }),
    }),
    it.raw,
    time.native === undefined ? undefined : aliasOf(name, time.occurredAt, `~reaction/${reaction}`),
  )
}

/** Lists named `followers_v2`, `following_v3`: who follows whom, by name alone. */
export function* exportFollow(it: ExportItem): Iterable<Translated> {
  const item = asObject(it.raw)
  const name = fixed(item?.['name'], it)
  const direction = /^(following|followers)/.exec(it.list ?? '')?.[1]
  if (name === undefined || direction === undefined)
    return yield unrecognised('follow', it.raw, 'no name in it')
  const time = exportTime(item?.['timestamp'], it.observedAt)
  const own = personNamed(undefined, it.account)
  const other = { displayName: name }
  const [author, target] = direction === 'following' ? [own, other] : [other, own]
  yield accept(
    defined({
      objectId: madeId(direction, time.native ?? 'no-time', contentHash(name)),
      verb: 'followed',
      occurredAt: time.occurredAt,
      precision: time.precision,
      basis: time.basis,
      persons: [
        ...asAuthor(author),
        ...(target === undefined ? [] : [{ role: 'target' as const, ...target }]),
      ],
      repair: name === asText(item?.['name']) ? undefined : metaRepair,
      native: defined({ kind: direction, time: time.native, mapper }),
    }),
    it.raw,
  )
}

function fixed(value: Json | undefined, it: ExportItem): string | undefined {
  const text = asText(value)
  return text === undefined ? undefined : it.fix(text)
}

/** A remainder for `native.detail`, repaired where its file is mojibake. */
function repaired(value: Json, it: ExportItem): Json {
  return it.fix('Ã¥') === 'å' ? repairAll(value) : value
}

function attachmentsOf(
  item: JsonObject,
  fix: (text: string) => string,
): { attachments: Attachment[]; links: string[]; rest: Json[] } {
  const attachments: Attachment[] = []
  const links: string[] = []
  const rest: Json[] = []
  const entries = asList(item['attachments']).flatMap((each) => asList(asObject(each)?.['data']))
  for (const entry of [...entries, ...asList(item['media']).map((media) => ({ media }))]) {
    const media = asObject(asObject(entry)?.['media'])
    const uri = asText(media?.['uri'])
    const url = asText(asObject(asObject(entry)?.['external_context'])?.['url'])
    const description = asText(media?.['description'])
    if (uri !== undefined)
      attachments.push(
        defined({ url: fix(uri), description: description === undefined ? undefined : fix(description) }),
      )
    else if (url !== undefined) links.push(fix(url))
    else rest.push(entry)
  }
  return { attachments, links, rest }
}
