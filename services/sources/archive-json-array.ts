import { DomainError } from '../platform/errors.ts'
import { decodeUtf8 } from './lossless.ts'

/** One element of the array as it stands in the file. */
export type JsonItem = {
  readonly index: number
  /** Byte at which it begins, counted in the unpacked file, and how many it has. */
  readonly offset: number
  readonly size: number
  /** Its JSON text; for an item over the limit the first `headSize` bytes of it, as far as they are whole characters. */
  readonly text: string
  /** False where the item is over the limit: its end was skipped, and `text` is no JSON. */
  readonly whole: boolean
}

export type JsonArrayOptions = {
  /** What errors call the file; no personal data. */
  readonly where: string
  readonly maxItemSize?: number
}

const defaultMaxItemSize = 32 * 1024 ** 2
const headSize = 64 * 1024
const maxPrefix = 512
/** An assignment to a dotted name, as downloads wrap their JSON in; it is matched and left out, never run. */
const prefixShape = /^\uFEFF?\s*(?:(?:(?:var|let|const)\s+)?[A-Za-z_$][\w.$]*\s*=\s*)?$/

const [quote, backslash, comma, semicolon] = [0x22, 0x5c, 0x2c, 0x3b]
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * The elements of a JSON array of any length, one at a time, holding no more than a chunk and one of them; the array may stand
 * behind an assignment (`window.YTD.tweets.part0 = [`). A lone object counts as one element. Only brackets and strings are
 * followed: whether an element is JSON shows when it is parsed, so that one bad element does not cost the others.
 */
export async function* jsonArrayItems(
  chunks: AsyncIterable<Uint8Array>,
  options: JsonArrayOptions,
): AsyncGenerator<JsonItem> {
  const scan: Scan = {
    ...options,
    phase: 'prefix',
    prefix: '',
    isArray: false,
    ...nothingOpen,
    parts: [],
    base: 0,
    index: 0,
    found: [],
  }
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; )
      at = scan.phase === 'item' ? inItem(scan, chunk, at) : between(scan, chunk, at)
    scan.base += chunk.length
    yield* scan.found
    scan.found = []
  }
  if (scan.phase !== 'end') throw bad(scan, 0, 'cut short')
}

const nothingOpen = { depth: 0, inString: false, escaped: false, start: 0, size: 0 }

/** prefix, then item or end, then comma or end; `first` is an item's place where the array may also end. */
type Scan = JsonArrayOptions & {
  phase: 'prefix' | 'first' | 'item' | 'after-item' | 'next' | 'end'
  prefix: string
  isArray: boolean
  depth: number
  inString: boolean
  escaped: boolean
  /** Where the item begins in the file, and what of it lay in earlier chunks. */
  start: number
  parts: Uint8Array[]
  size: number
  /** Bytes before this chunk. */
  base: number
  index: number
  found: JsonItem[]
}

/** From `begin` to the end of the item or of the chunk; returns where to go on. */
function inItem(scan: Scan, chunk: Uint8Array, begin: number): number {
  let { depth, inString, escaped } = scan
  for (let at = begin; at < chunk.length; at++) {
    const byte = chunk[at]
    if (inString) {
      if (escaped) escaped = false
      else if (byte === backslash) escaped = true
      else if (byte === quote) {
        inString = false
        if (depth === 0) return finish(scan, chunk.subarray(begin, at + 1), at + 1)
      }
    } else if (byte === quote) inString = true
    else if (byte === openBrace || byte === openBracket) depth += 1
    else if (byte === closeBrace || byte === closeBracket) {
      // A number or word at the end of the array: the bracket is the array's own.
      if (depth === 0) return finish(scan, chunk.subarray(begin, at), at)
      depth -= 1
      if (depth === 0) return finish(scan, chunk.subarray(begin, at + 1), at + 1)
    } else if (depth === 0 && (byte === comma || isSpace(byte)))
      return finish(scan, chunk.subarray(begin, at), at)
  }
  Object.assign(scan, { depth, inString, escaped })
  keep(scan, chunk.subarray(begin))
  return chunk.length
}

function keep(scan: Scan, part: Uint8Array): void {
  if (scan.size <= limitOf(scan)) scan.parts.push(part)
  scan.size += part.length
}

function finish(scan: Scan, part: Uint8Array, next: number): number {
  keep(scan, part)
  const { index, start, size } = scan
  const whole = size <= limitOf(scan)
  const bytes = scan.parts.length === 1 ? part : Buffer.concat(scan.parts)
  const text = whole ? decodeUtf8(bytes, `${scan.where}: item ${index}`) : headOf(bytes)
  scan.found.push({ index, offset: start, size, text, whole })
  Object.assign(scan, nothingOpen, {
    parts: [],
    index: index + 1,
    phase: scan.isArray ? 'after-item' : 'end',
  })
  return next
}

/** One byte outside the items; returns where to go on. */
function between(scan: Scan, chunk: Uint8Array, at: number): number {
  const byte = chunk[at] as number
  if (scan.phase === 'prefix') return inPrefix(scan, byte, at)
  if (isSpace(byte) || (scan.phase === 'end' && byte === semicolon)) return at + 1
  if (scan.phase === 'end') throw bad(scan, at, 'something after the end')
  if (scan.phase === 'after-item') {
    if (byte !== comma && byte !== closeBracket) throw bad(scan, at, 'no comma between items')
    scan.phase = byte === comma ? 'next' : 'end'
    return at + 1
  }
  if (byte === closeBracket && scan.phase === 'first') {
    scan.phase = 'end'
    return at + 1
  }
  if (byte === comma || byte === closeBracket || byte === closeBrace)
    throw bad(scan, at, 'an item is missing')
  scan.phase = 'item'
  scan.start = scan.base + at
  return at
}

function inPrefix(scan: Scan, byte: number, at: number): number {
  if (byte !== openBracket && byte !== openBrace) {
    scan.prefix += String.fromCharCode(byte)
    if (scan.prefix.length > maxPrefix) throw bad(scan, at, 'no JSON array')
    return at + 1
  }
  if (!prefixShape.test(Buffer.from(scan.prefix, 'latin1').toString('utf8')))
    throw bad(scan, at, 'no JSON array')
  scan.isArray = byte === openBracket
  scan.phase = scan.isArray ? 'first' : 'item'
  if (scan.isArray) return at + 1
  scan.start = scan.base + at
  return at
}

function limitOf(scan: Scan): number {
  return scan.maxItemSize ?? defaultMaxItemSize
}

/** A character cut in two at the end is left out by decoding as a stream. */
function headOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, headSize), { stream: true })
}

function bad(scan: Scan, at: number, reason: string): DomainError {
  return new DomainError('source-malformed', `${scan.where}: ${reason} at byte ${scan.base + at}`)
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
