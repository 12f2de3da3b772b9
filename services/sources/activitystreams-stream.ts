import { DomainError } from '../platform/errors.ts'
import { decodeUtf8 } from './lossless.ts'

/** A piece of a file of JSON objects: one element of a collection, or an object with its elements left out. */
export type Piece = {
  readonly kind: 'item' | 'object'
  /** Byte at which it begins. */
  readonly offset: number
  /** JSON, or undefined where the piece is over the limit. */
  readonly text: string | undefined
}

const maxPieceSize = 32 * 1024 ** 2
const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * The elements of `items` and `orderedItems` one at a time, then the object they stood in, with empty lists in their place; so
 * for each object of the file (one, or one a line). Holds one piece. Only brackets and strings are followed: whether a piece is
 * JSON shows when it is parsed.
 */
export async function* pieces(
  chunks: AsyncIterable<Uint8Array>,
  where: string,
  isStreamed: (key: string) => boolean = isItems,
): AsyncGenerator<Piece> {
  const bad = (at: number, reason: string) =>
    new DomainError('source-malformed', `${where}: ${reason} at byte ${at}`)
  const whole = collector()
  const item = collector()
  let depth = 0
  let inString = false
  let escaped = false
  let inItems = false
  let key: number[] | undefined
  let lastKey = ''
  let base = 0

  function keep(byte: number, at: number): void {
    if (inItems && depth >= 2) item.add(byte, at)
    else whole.add(byte, at)
  }
  function piece(kind: 'item' | 'object'): Piece {
    const { bytes, offset } = (kind === 'item' ? item : whole).take()
    return {
      kind,
      offset,
      text: bytes === undefined ? undefined : decodeUtf8(bytes, `${where}: byte ${offset}`),
    }
  }

  for await (const chunk of chunks) {
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] as number
      const at = base + index
      if (inString) {
        keep(byte, at)
        if (escaped) escaped = false
        else if (byte === backslash) escaped = true
        else if (byte === quote) {
          inString = false
          if (depth === 1 && key !== undefined) lastKey = Buffer.from(key).toString('latin1')
          key = undefined
        } else if (depth === 1 && key !== undefined && key.length < 32) key.push(byte)
        continue
      }
      if (depth === 0) {
        if (byte === openBrace) depth = 1
        else if (byte > 0x20 && !(at < 3 && byte >= 0xbb)) throw bad(at, 'not a JSON object')
        if (depth === 1) whole.add(byte, at)
        continue
      }
      if (inItems && depth === 2 && (byte === comma || byte === closeBracket)) {
        if (!item.isEmpty()) yield piece('item')
        if (byte === closeBracket) {
          inItems = false
          depth = 1
          whole.add(byte, at)
        }
        continue
      }
      if (inItems && depth === 2 && byte <= 0x20) continue
      if (byte === quote) {
        inString = true
        key = depth === 1 ? [] : undefined
      } else if (byte === openBrace || byte === openBracket) {
        if (depth === 1 && byte === openBracket && isStreamed(lastKey)) {
          whole.add(byte, at)
          inItems = true
          depth = 2
          continue
        }
        depth++
      } else if (byte === closeBrace || byte === closeBracket) {
        if (inItems && depth === 2) throw bad(at, 'not JSON')
        keep(byte, at)
        depth--
        if (depth === 0) {
          yield piece('object')
          lastKey = ''
        }
        continue
      } else if (depth === 1 && byte === comma) lastKey = ''
      else if (depth === 1 && byte !== colon && byte > 0x20 && !whole.isEmpty() && lastKey === '') {
        throw bad(at, 'not JSON')
      }
      keep(byte, at)
    }
    base += chunk.length
  }
  if (depth > 0 || inString) throw bad(base, 'cut short')
}

function isItems(key: string): boolean {
  return key === 'items' || key === 'orderedItems'
}

/** Bytes of one piece in a buffer that grows and is used again; over the limit only counted. */
function collector() {
  let buffer = Buffer.alloc(64 * 1024)
  let size = 0
  let offset = 0
  return {
    isEmpty: () => size === 0,
    add(byte: number, at: number): void {
      if (size === 0) offset = at
      if (size < maxPieceSize) {
        if (size === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2)
        buffer[size] = byte
      }
      size++
    },
    take(): { bytes: Buffer | undefined; offset: number } {
      const bytes = size > maxPieceSize ? undefined : buffer.subarray(0, size)
      size = 0
      return { bytes, offset }
    },
  }
}
