import { DomainError } from '../platform/errors.ts'
import type { Saying } from './activitystreams-act.ts'
import { checkActivityStreams, typesOf } from './activitystreams-check.ts'
import { activityStreamsMapper } from './activitystreams-export.ts'
import { parseJson } from './activitystreams-read.ts'
import { pieces } from './activitystreams-stream.ts'
import { translateNode } from './activitystreams-translate.ts'
import { collectionTypes } from './activitystreams-vocabulary.ts'
import { isNode, type JsonNode } from './detail.ts'
import {
  type Account,
  type ArchiveFile,
  type ArchiveSource,
  type Translated,
  unrecognised,
} from './source.ts'

/** A generic ActivityStreams 2.0 document: a collection, an activity, or one object a line. */
export const activityStreams: ArchiveSource = {
  platform: 'activitystreams',
  mapper: activityStreamsMapper,
  recognise: (paths) => paths.length > 0 && paths.every((path) => isActivityStreams(path)),
  role: (path) => (isActivityStreams(path) ? 'facts' : 'unknown'),
  translate: (file, account) => translateDocument(file, { mapper: activityStreamsMapper, account }, {}),
}

function isActivityStreams(path: string): boolean {
  return /(?:\.jsonld|\.as2|\.activity\.jsonl?|\.as2\.jsonl?)$/i.test(path)
}

type DocumentOptions = {
  readonly relative?: boolean
  /** What an element of the collection is, where it is not an activity (likes, bookmarks). */
  readonly element?: (value: unknown, saying: Saying) => Iterable<Translated>
}

/**
 * One file, element by element in flat memory. An element that is no ActivityStreams is unrecognised; a document that is none is
 * refused, though only at its end, since its elements come first: nothing may be kept before the whole file has been read.
 */
export async function* translateDocument(
  file: ArchiveFile,
  who: { readonly mapper: string; readonly account: Account | undefined },
  options: DocumentOptions,
): AsyncGenerator<Translated> {
  const saying: Saying = { ...who, observedAt: file.observedAt }
  const where = 'ActivityStreams document'
  let elements = 0
  for await (const piece of pieces(file.bytes, where)) {
    if (piece.text === undefined) {
      yield unrecognised(piece.kind, `byte ${piece.offset}`, 'too long')
      continue
    }
    if (piece.kind === 'item') {
      elements++
      yield* translateElement(piece.text, saying, options)
      continue
    }
    const head = parseJson(piece.text, `${where}, byte ${piece.offset}`)
    refuseUnless(head, `${where}, byte ${piece.offset}`, options)
    yield* translateHead(head as JsonNode, elements, saying, options)
    elements = 0
  }
}

function refuseUnless(head: unknown, where: string, options: DocumentOptions): void {
  const violations = checkActivityStreams(head, options)
  if (violations.length > 0)
    throw new DomainError('source-malformed', `${where}: not ActivityStreams 2.0`, { violations })
}

function* translateElement(text: string, saying: Saying, options: DocumentOptions): Iterable<Translated> {
  let value: unknown
  try {
    value = parseJson(text, 'element')
  } catch {
    // The text may hold anything; whether the file as a whole is JSON the strict first pass has said.
    throw new DomainError('source-malformed', 'ActivityStreams document: an element is not JSON')
  }
  const violations = isNode(value) ? checkActivityStreams(value, options) : []
  const first = violations[0]
  if (first !== undefined) yield unrecognised('element', value, `not ActivityStreams: ${first.reason}`)
  else yield* (options.element ?? translateNode)(value, saying)
}

/** What stands in the document beside its elements: a first page inline, or, where it is no collection, the act itself. */
function* translateHead(
  head: JsonNode,
  elements: number,
  saying: Saying,
  options: DocumentOptions,
): Iterable<Translated> {
  const isCollection = typesOf(head).some((type) => collectionTypes.has(type))
  if (!isCollection && elements === 0) return yield* translateNode(head, saying)
  const first = head['first']
  if (!isNode(first)) return
  for (const key of ['items', 'orderedItems']) {
    const items = first[key]
    for (const item of Array.isArray(items) ? items : [])
      yield* (options.element ?? translateNode)(item, saying)
  }
}
