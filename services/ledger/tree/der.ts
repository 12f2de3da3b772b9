import { DomainError } from '../../platform/errors.ts'

/** One DER element (X.690 § 10): its tag byte, its content and the whole of it, as views of the input. */
export type Der = { readonly tag: number; readonly content: Buffer; readonly whole: Buffer }

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
} as const

/** Reads exactly one element; indefinite, overlong and truncated lengths and long tags are refused. */
export function readDer(bytes: Buffer): Der {
  const all = readAll(bytes)
  const [only] = all
  if (only === undefined || all.length !== 1) throw malformedDer()
  return only
}

/** The elements inside a constructed one, which must bear this tag. */
export function children(parent: Der | undefined, tag: number): Der[] {
  return readAll(contentOf(parent, tag))
}

/** The content of an element that must be there and bear this tag. */
export function contentOf(element: Der | undefined, tag: number): Buffer {
  if (element?.tag !== tag) throw malformedDer()
  return element.content
}

/** An object identifier in dotted form. */
export function oidOf(element: Der | undefined): string {
  const arcs: bigint[] = []
  let arc = 0n
  for (const byte of contentOf(element, tags.oid)) {
    arc = arc * 128n + BigInt(byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(arc)
      arc = 0n
    }
  }
  const [first = 0n, ...rest] = arcs
  const root = first < 80n ? first / 40n : 2n
  return [root, first - root * 40n, ...rest].join('.')
}

/** A whole number that is not negative, as all integers of a time stamp are. */
export function integerOf(element: Der | undefined): bigint {
  const content = contentOf(element, tags.integer)
  if (content.length === 0 || content.readUInt8() >= 0x80) throw malformedDer()
  return BigInt(`0x${content.toString('hex')}`)
}

export function writeDer(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  if (content.length > 127) throw new RangeError('Only short elements are written')
  return Buffer.concat([Buffer.of(tag, content.length), content])
}

export function writeInteger(value: bigint): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, 'hex')
  return writeDer(tags.integer, bytes.readUInt8() >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
}

function readAll(bytes: Buffer): Der[] {
  const elements: Der[] = []
  for (let at = 0; at < bytes.length; ) {
    const element = readAt(bytes, at)
    elements.push(element)
    at += element.whole.length
  }
  return elements
}

function readAt(bytes: Buffer, at: number): Der {
  const tag = bytes[at] ?? 0
  const first = bytes[at + 1] ?? 0x80
  const count = first < 0x80 ? 0 : first - 0x80
  const start = at + 2 + count
  const long = first >= 0x80
  if ((tag & 0x1f) === 0x1f || (long && (count === 0 || count > 4 || start > bytes.length)))
    throw malformedDer()
  const length = long ? bytes.readUIntBE(at + 2, count) : first
  const shortest = !long || (length >= 0x80 && length >= 2 ** (8 * (count - 1)))
  if (!shortest || start + length > bytes.length) throw malformedDer()
  return { tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) }
}

function malformedDer(): DomainError {
  return new DomainError('integrity-failed', 'Not a well-formed DER structure')
}
