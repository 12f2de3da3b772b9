import { decodeName, malformed, unsafe } from './archive-files.ts'

export const blockSize = 512

/** One header block of a tar archive (POSIX.1-2001 pax; GNU and old formats read alike). */
export type TarHeader = { readonly name: string; readonly size: number; readonly type: string }

/** The header, or undefined for the zero block that ends the archive. */
export function readHeader(index: number, block: Buffer): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0)
  if (sum !== readNumber(block.subarray(148, 156))) throw malformed(`entry ${index} has no tar header`)
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\u0000'
  const prefix = isPosix ? text(block.subarray(345, 500)) : ''
  const name = text(block.subarray(0, 100))
  const size = readNumber(block.subarray(124, 136))
  if (!Number.isSafeInteger(size) || size < 0) throw malformed(`entry ${index} has no readable size`)
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size,
    type: String.fromCharCode(block[156] ?? 0),
  }
}

/** Octal text or, where the first bit is set, a big-endian number (GNU). NaN for anything else. */
function readNumber(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) !== 0) {
    let value = (field[0] ?? 0) & 0x7f
    for (const byte of field.subarray(1)) value = value * 256 + byte
    return value
  }
  const digits = field
    .toString('latin1')
    .replace(/[\u0000 ]+$/, '')
    .trimStart()
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits === '' ? '0' : digits, 8) : Number.NaN
}

function text(field: Buffer): string {
  const end = field.indexOf(0)
  return decodeName(end < 0 ? field : field.subarray(0, end))
}

/** What a pax header says of the next entry: `LENGTH KEY=VALUE\n`, of which only the path and the size matter here. */
export function readPax(index: number, data: Buffer): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {}
  let at = 0
  while (at < data.length) {
    const space = data.indexOf(0x20, at)
    const length = space < 0 ? Number.NaN : Number(data.toString('latin1', at, space))
    const equals = data.indexOf(0x3d, space)
    if (!Number.isSafeInteger(length) || length <= space - at || at + length > data.length || equals < 0)
      throw malformed(`entry ${index} has no readable pax header`)
    const key = data.toString('utf8', space + 1, equals)
    const value = data.subarray(equals + 1, at + length - 1)
    if (key === 'path') found.path = decodeName(value)
    if (key === 'size') found.size = Number(value.toString('latin1'))
    if (key.startsWith('GNU.sparse.')) throw unsafe(index, 'sparse file')
    at += length
  }
  if (found.size !== undefined && !Number.isSafeInteger(found.size))
    throw malformed(`entry ${index} has no readable size`)
  return found
}

export function longName(data: Buffer): string {
  return text(data)
}
