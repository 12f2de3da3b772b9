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
import { metaRepair } from './mojibake.ts'
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

export const instagramExportMapper = 'instagram-export/v1'
const mapper = instagramExportMapper

/** Keys of `string_map_data` are in the reader's language, and mojibake like the texts. */
const words = {
  comment: ['Comment', 'Kommentar'],
  owner: ['Media Owner', 'Medieägare', 'Ägare av media', 'Owner', 'Ägare', 'Username', 'Användarnamn'],
  url: ['URL', 'Url', 'Länk'],
}

type Comment = { text: Json | undefined; owner: string | undefined; time: Json | undefined; keys: string[] }

function commentIn(item: JsonObject, it: ExportItem): Comment | undefined {
  const map = asObject(item['string_map_data'])
  if (map === undefined) return undefined
  const fields = Object.entries(map).map(([key, each]) => ({ key: it.fix(key), field: asObject(each) }))
  const saying = fields.filter(({ field }) => asText(field?.['value']) !== undefined)
  const comment =
    saying.find(({ key }) => words.comment.includes(key)) ??
    // In a language that is not known: the first of at most two values, with the owner of the medium after it.
    (saying.length <= 2 ? saying.find(({ key }) => !words.owner.includes(key)) : undefined)
  const rest = saying.filter((each) => each !== comment)
  const owner = rest.find(({ key }) => words.owner.includes(key)) ?? (rest.length === 1 ? rest[0] : undefined)
  const time = fields
    .map(({ field }) => field?.['timestamp'])
    .find((each) => each !== undefined && each !== '0')
  const name = asText(owner?.field?.['value'])
  return comment === undefined
    ? undefined
    : {
        text: comment.field?.['value'],
        owner: name === undefined ? undefined : it.fix(name),
        time: time ?? item['timestamp'],
        keys: fields.map(({ key }) => key),
      }
}

/** A comment of the account on somebody's medium. */
export function* exportComment(it: ExportItem): Iterable<Translated> {
  const item = asObject(it.raw)
  const found = item === undefined ? undefined : commentIn(item, it)
  if (item === undefined || found === undefined)
    return yield unrecognised('comment', it.raw, 'no comment in it')
  const said = textOf(found.text, it.fix)
  const time = exportTime(found.time, it.observedAt)
  const author = personNamed(undefined, it.account)
  const target = found.owner === undefined || found.owner === author?.handle ? [] : [found.owner]
  yield accept(
    defined({
      objectId: madeId('comment', time.native ?? 'no-time', contentHash(said.text, found.owner)),
      verb: 'commented',
      occurredAt: time.occurredAt,
      precision: time.precision,
      basis: time.basis,
      persons: [...asAuthor(author), ...target.map((handle) => ({ role: 'target' as const, handle }))],
      ...said,
      native: defined({ kind: 'comment', time: time.native, mapper, detail: detailOf({ keys: found.keys }) }),
    }),
    it.raw,
    time.native === undefined ? undefined : aliasOf(author?.handle, time.occurredAt, said.text),
  )
}

/** `string_list_data: [{href, value, timestamp}]`, with the name in `value` or, in newer downloads, in `title`. */
function linkIn(item: JsonObject, it: ExportItem) {
  const first = asObjects(asList(item['string_list_data']))[0]
  const values = labels(item, it.fix)
  const title = asText(item['title'])
  const value = asText(first?.['value'])
  const name = title ?? (value === '👍' || value === 'ð\u009f\u0091\u008d' ? undefined : value)
  return {
    href: asText(first?.['href']) ?? labelled(values, words.url),
    name: name === undefined ? labelled(values, words.owner) : it.fix(name),
    written: name,
    time: exportTime(first?.['timestamp'] ?? item['timestamp'], it.observedAt),
    values,
  }
}

export function* exportLike(it: ExportItem): Iterable<Translated> {
  const item = asObject(it.raw)
  const link = item === undefined ? undefined : linkIn(item, it)
  if (link === undefined || (link.href === undefined && link.name === undefined)) {
    return yield unrecognised('like', it.raw, 'neither link nor owner')
  }
  const { href, name, time, values } = link
  yield accept(
    defined({
      objectId: madeId('reaction', time.native ?? 'no-time', contentHash(href, name)),
      verb: 'reacted',
      occurredAt: time.occurredAt,
      precision: time.precision,
      basis: time.basis,
      persons: [
        ...asAuthor(personNamed(undefined, it.account)),
        ...(name === undefined ? [] : [{ role: 'target' as const, handle: name }]),
      ],
      reaction: 'like',
      repair:
        name !== undefined && link.written !== undefined && name !== link.written ? metaRepair : undefined,
      links: href === undefined ? undefined : [href],
      native: defined({
        kind: it.list ?? 'like',
        time: time.native,
        mapper,
        detail: values.size === 0 ? undefined : detailOf({ labels: Object.fromEntries(values) }),
      }),
    }),
    it.raw,
  )
}

/** Followers are a bare list, those followed stand under `relationships_following`. */
export function* exportFollow(it: ExportItem): Iterable<Translated> {
  const item = asObject(it.raw)
  const link = item === undefined ? undefined : linkIn(item, it)
  if (link?.name === undefined) return yield unrecognised('follow', it.raw, 'no name in it')
  const isOwn = it.list === 'relationships_following'
  if (it.list !== undefined && !isOwn && it.list !== 'relationships_followers') {
    return yield unrecognised(it.list, it.raw, 'list is not known')
  }
  const { name, href, time } = link
  const other = defined({ handle: name, profileUrl: href })
  const own = personNamed(undefined, it.account)
  const [author, target] = isOwn ? [own, other] : [other, own]
  yield accept(
    defined({
      objectId: madeId(isOwn ? 'following' : 'follower', time.native ?? 'no-time', contentHash(name)),
      verb: 'followed',
      occurredAt: time.occurredAt,
      precision: time.precision,
      basis: time.basis,
      persons: [
        ...asAuthor(author),
        ...(target === undefined ? [] : [{ role: 'target' as const, ...target }]),
      ],
      native: defined({ kind: isOwn ? 'following' : 'follower', time: time.native, mapper }),
    }),
    it.raw,
  )
}

/** A post, reel or story; its caption stands on the post or, with a single medium, on the medium. */
export function* exportPost(it: ExportItem): Iterable<Translated> {
  const item = asObject(it.raw)
  const media =
    item === undefined
      ? []
      : asObjects([...asList(item['media']), item]).filter((each) => asText(each['uri']))
  if (item === undefined || media.length === 0) return yield unrecognised('post', it.raw, 'no medium in it')
  const said = textOf(
    asText(item['title']) ?? media.map((each) => asText(each['title'])).find(Boolean),
    it.fix,
  )
  const time = exportTime(item['creation_timestamp'] ?? media[0]?.['creation_timestamp'], it.observedAt)
  const uris = media.map((each) => it.fix(asText(each['uri']) ?? ''))
  const author = personNamed(undefined, it.account)
  const metadata = asObjects(media.map((each) => each['media_metadata']))
  yield accept(
    defined({
      objectId: madeId('post', time.native ?? 'no-time', contentHash(...uris.map(baseName))),
      verb: 'published',
      occurredAt: time.occurredAt,
      precision: time.precision,
      basis: time.basis,
      persons: asAuthor(author),
      ...said,
      attachments: uris.map((url) => ({ url })),
      native: defined({
        kind: it.list ?? 'post',
        time: time.native,
        mapper,
        detail: metadata.length === 0 ? undefined : detailOf({ media: metadata }),
      }),
    }),
    it.raw,
    time.native === undefined ? undefined : aliasOf(author?.handle, time.occurredAt, said.text),
  )
}
