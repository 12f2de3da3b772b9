import { DomainError } from '../platform/errors.ts'
import { csvRows } from './csv-rows.ts'
import { asList, asObject, asObjects, asText, type Json, parseLossless } from './lossless.ts'
import {
  type Account,
  type ArchiveFile,
  type ArchiveSource,
  accept,
  aliasOf,
  defined,
  detailOf,
  type Translated,
  unrecognised,
} from './source.ts'
import { fromIso } from './time.ts'

const mapper = 'youtube-takeout/v1'
/** `comments.csv`, in parts `comments(1).csv`; in a Swedish download `kommentarer.csv`. */
const comments = /(^|\/)(comments|kommentarer)( ?\(\d+\))?\.csv$/i

/** The comments in Google Takeout's YouTube folder: the account's own, with YouTube's ids. */
export const youtubeExport: ArchiveSource = {
  platform: 'youtube',
  mapper,
  recognise: (paths) => paths.some((path) => /youtube/i.test(path) && comments.test(path)),
  role: (path) =>
    comments.test(path) ? 'facts' : /youtube.*\.(csv|json)$/i.test(path) ? 'unknown' : 'ignored',
  translate,
}

async function* translate(file: ArchiveFile, account: Account | undefined): AsyncGenerator<Translated> {
  const isHeader = (names: readonly string[]) =>
    names.includes('comment id') && names.includes('comment text')
  for await (const { fields } of csvRows(file.bytes, 'comments.csv', isHeader)) {
    yield comment(fields, account, file.observedAt)
  }
}

function comment(
  fields: Readonly<Record<string, string>>,
  account: Account | undefined,
  observedAt: string,
): Translated {
  const cell = (name: string) => (fields[name] === '' ? undefined : fields[name])
  const objectId = cell('comment id')
  if (objectId === undefined) return unrecognised('comments.csv', fields, 'no comment id')
  const parent = cell('parent comment id')
  const place = cell('video id') ?? cell('post id')
  const native = cell('comment create timestamp')
  const time = fromIso(native)
  const channel = cell('channel id')
  const isOwn = channel === undefined || channel === account?.platformId
  const author = isOwn ? account : { platformId: channel }
  const { text, detail } = textOf(cell('comment text'))
  return accept(
    defined({
      objectId,
      verb: parent === undefined ? 'commented' : 'replied',
      occurredAt: time?.occurredAt ?? observedAt,
      precision: time?.precision,
      basis: time === undefined ? ('observed' as const) : undefined,
      persons: author === undefined ? [] : [{ role: 'author' as const, ...author }],
      text,
      inReplyTo: parent ?? place,
      thread: place,
      native: defined({
        kind: 'comments.csv',
        time: native,
        mapper,
        detail: detailOf({ price: cell('price') === '0' ? undefined : cell('price'), segments: detail }),
      }),
    }),
    fields,
    time === undefined ? undefined : aliasOf(channel, time.occurredAt, text),
  )
}

/** Plain in older downloads, then `{"takeoutSegments":[{"text":…}]}`, then a row of `{"text":…}` parted by commas. */
function textOf(written: string | undefined): { text: string | undefined; detail?: Json } {
  if (written === undefined || !written.startsWith('{')) return { text: written }
  let parts: Json
  try {
    parts = parseLossless(`[${written}]`, 'comment text')
  } catch (error) {
    if (error instanceof DomainError) return { text: written }
    throw error
  }
  const segments = asObjects(asList(parts)).flatMap((part) => {
    const inner = asObject(part)?.['takeoutSegments']
    return Array.isArray(inner) ? asObjects(inner) : [part]
  })
  const texts = segments.map((segment) => asText(segment['text']))
  if (texts.length === 0 || texts.includes(undefined)) return { text: written }
  const plain = segments.every((segment) => Object.keys(segment).length === 1)
  return { text: texts.join(''), ...(plain ? {} : { detail: segments }) }
}
