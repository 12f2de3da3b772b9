import { type SaxesAttributeNS, SaxesParser } from 'saxes'
import { DomainError } from '../platform/errors.ts'

/** An element of the file by its short name (`wp:post_id`), whatever prefix the file gives the namespace. */
export type WxrElement = {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** All its character data, however many CDATA sections it is cut into. */
  readonly text: string
  readonly children: readonly WxrElement[]
}

/** What is handed out while reading: of the channel its own fields, of an item its comments as they close, then the item without them. */
export type WxrPart =
  | { readonly kind: 'channel' | 'author' | 'item'; readonly element: WxrElement }
  | { readonly kind: 'comment'; readonly element: WxrElement; readonly postId: string | undefined }

type Draft = { name: string; attributes: Record<string, string>; text: string[]; children: WxrElement[] }

/** Characters of one item without its comments, of one comment, or between two tags: beyond it no honest export goes. */
const maxElement = 48 * 1024 ** 2
const maxDepth = 64

const namespaces: readonly (readonly [RegExp, string])[] = [
  [/^https?:\/\/wordpress\.org\/export\/\d+\.\d+\/?$/, 'wp'],
  [/^https?:\/\/wordpress\.org\/export\/\d+\.\d+\/excerpt\/?$/, 'excerpt'],
  [/^https?:\/\/purl\.org\/rss\/1\.0\/modules\/content\/?$/, 'content'],
  [/^https?:\/\/purl\.org\/dc\/elements\/1\.1\/?$/, 'dc'],
]

/**
 * Reads a WordPress export as a stream. Refused with line and column: what is not well-formed XML in the encoding it declares, or
 * no export (`source-malformed`); a document type declaration, with which entity bombs begin, or an element too large to be one
 * (`source-unsafe`). The words of a refusal never repeat the file's.
 */
export async function* wxrParts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<WxrPart> {
  const parser = new SaxesParser({ xmlns: true })
  const stack: Draft[] = []
  let ready: WxrPart[] = []
  let isExport = false
  let size = 0
  let sizeBeforeComment = 0
  let postId: string | undefined

  const at = () => `WordPress export, line ${parser.line}, column ${parser.column}`
  const malformed = (reason: string) => new DomainError('source-malformed', `${at()}: ${reason}`)
  const unsafe = (reason: string) => new DomainError('source-unsafe', `${at()}: ${reason}`)
  const grow = (by: number) => {
    size += by
    if (size > maxElement) throw unsafe('element too large')
  }

  parser.on('error', (error) => {
    throw malformed(plainWords(error.message))
  })
  parser.on('doctype', () => {
    throw unsafe('document type declaration')
  })
  const keep = (text: string) => {
    const open = stack.at(-1)
    if (open === undefined || text === '') return
    grow(text.length)
    open.text.push(text)
  }
  parser.on('text', keep)
  parser.on('cdata', keep)
  parser.on('opentag', (tag) => {
    const name = shortName(tag.local, tag.uri)
    if (stack.length === 0 && name !== 'rss') throw malformed('not an RSS document')
    if (stack.length >= maxDepth) throw unsafe('elements nested too deeply')
    if (tag.uri !== '' && name.startsWith('wp:')) isExport = true
    const attributes = Object.values(tag.attributes as Record<string, SaxesAttributeNS>)
    for (const { value } of attributes) grow(value.length)
    if (name === 'wp:comment' && stack.length === 3) sizeBeforeComment = size
    grow(64)
    stack.push({
      name,
      attributes: Object.fromEntries(attributes.map((it) => [it.local, it.value])),
      text: [],
      children: [],
    })
  })
  parser.on('closetag', () => {
    const draft = stack.pop()
    const parent = stack.at(-1)
    if (draft === undefined || parent === undefined) return
    const element: WxrElement = { ...draft, text: draft.text.join('') }
    const depth = stack.length
    if (depth === 2 && parent.name === 'channel') {
      const kind = element.name === 'item' ? 'item' : element.name === 'wp:author' ? 'author' : 'channel'
      ready.push({ kind, element })
      size = 0
      postId = undefined
    } else if (depth === 3 && element.name === 'wp:comment') {
      ready.push({ kind: 'comment', element, postId })
      size = sizeBeforeComment
    } else {
      if (depth === 3 && element.name === 'wp:post_id') postId = element.text.trim()
      // White space between elements is layout; nothing above an item is kept.
      if (depth > 2) parent.children.push(element)
    }
    if (depth <= 2) parent.text.length = 0
  })

  let since = 0
  for await (const text of decoded(chunks, malformed)) {
    since = ready.length === 0 ? since + text.length : 0
    if (since > 2 * maxElement) throw unsafe('element too large')
    parser.write(text)
    const parts = ready
    ready = []
    yield* parts
  }
  parser.close()
  yield* ready
  if (!isExport) throw malformed('no WordPress export: its namespace does not occur')
}

function shortName(local: string, uri: string): string {
  if (uri === '') return local
  const found = namespaces.find(([pattern]) => pattern.test(uri))
  return found === undefined ? `other:${local}` : `${found[1]}:${local}`
}

/** What saxes says up to where it begins to quote. */
function plainWords(message: string): string {
  return (message.replace(/^[^ ]*\d+:\d+: /, '').split(/[:"'`&<]/)[0] ?? '').trim().slice(0, 80)
}

/** Text in the encoding that the file declares, UTF-8 where it is silent. Bytes that are none of it are refused. */
async function* decoded(
  chunks: AsyncIterable<Uint8Array>,
  malformed: (reason: string) => DomainError,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let head = Buffer.alloc(0)
  const decode = (bytes: Uint8Array | undefined): string => {
    try {
      decoder ??= new TextDecoder(encodingOf(head), { fatal: true })
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
    } catch (error) {
      throw malformed(
        error instanceof RangeError ? 'encoding that is not known' : 'bytes that are not of its encoding',
      )
    }
  }
  for await (const chunk of chunks) {
    if (decoder === undefined) {
      head = Buffer.concat([head, chunk])
      if (head.length < 256) continue
      yield decode(head)
    } else yield decode(chunk)
  }
  if (decoder === undefined) yield decode(head)
  yield decode(undefined)
}

function encodingOf(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/.exec(
    head.toString('latin1', 0, 256),
  )
  return declared?.[1] ?? 'utf-8'
}
