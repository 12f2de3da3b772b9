/**
 * Writes text byte by byte into one buffer that is used again and again. Building the same text from strings costs ten
 * times as much: each is an object, and joining them a tree of objects that has to be flattened.
 */
export type ByteWriter = {
  /** What has been written stands at [0, length). */
  bytes: Buffer
  length: number
  /** Bytes that are the same each time, from `ascii`. */
  readonly put: (text: Uint8Array) => void
  readonly ascii: (text: string) => void
  readonly copy: (from: Buffer, start: number, end: number) => void
  /** The 16 bytes at `start` as a UUID's text. */
  readonly uuid: (from: Uint8Array, start: number) => void
  /** The bytes of [start, end) as base64url without padding. */
  readonly base64url: (from: Uint8Array, start: number, end: number) => void
}

/** A text as bytes, for `put`. */
export const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

const hexDigits = ascii('0123456789abcdef')
const alphabet = ascii('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
const hyphen = 0x2d

/** What is short is copied byte by byte: below this a native call costs more than its work. */
const short = 64

export function byteWriter(size = 4_096): ByteWriter {
  const room = (count: number) => {
    if (writer.length + count <= writer.bytes.length) return
    const wider = Buffer.alloc(Math.max(2 * writer.bytes.length, writer.length + count))
    writer.bytes.copy(wider)
    writer.bytes = wider
  }
  const writer: ByteWriter = {
    bytes: Buffer.alloc(size),
    length: 0,
    put: (text) => {
      room(text.length)
      const { bytes } = writer
      let at = writer.length
      for (let index = 0; index < text.length; index += 1) {
        bytes[at] = text[index] as number
        at += 1
      }
      writer.length = at
    },
    ascii: (text) => {
      room(text.length)
      const { bytes } = writer
      let at = writer.length
      for (let index = 0; index < text.length; index += 1) {
        bytes[at] = text.charCodeAt(index)
        at += 1
      }
      writer.length = at
    },
    copy: (from, start, end) => {
      room(end - start)
      const { bytes } = writer
      let at = writer.length
      if (end - start > short) {
        at += from.copy(bytes, at, start, end)
      } else {
        for (let index = start; index < end; index += 1) {
          bytes[at] = from[index] as number
          at += 1
        }
      }
      writer.length = at
    },
    uuid: (from, start) => {
      room(36)
      const { bytes } = writer
      let at = writer.length
      for (let index = 0; index < 16; index += 1) {
        if (index === 4 || index === 6 || index === 8 || index === 10) {
          bytes[at] = hyphen
          at += 1
        }
        const byte = from[start + index] as number
        bytes[at] = hexDigits[byte >> 4] as number
        bytes[at + 1] = hexDigits[byte & 15] as number
        at += 2
      }
      writer.length = at
    },
    base64url: (from, start, end) => {
      room(Math.ceil(((end - start) * 4) / 3))
      const { bytes } = writer
      let at = writer.length
      let held = 0
      let bits = 0
      for (let index = start; index < end; index += 1) {
        held = ((held << 8) | (from[index] as number)) & 0xfff
        bits += 8
        while (bits >= 6) {
          bits -= 6
          bytes[at] = alphabet[(held >> bits) & 63] as number
          at += 1
        }
      }
      if (bits > 0) {
        bytes[at] = alphabet[(held << (6 - bits)) & 63] as number
        at += 1
      }
      writer.length = at
    },
  }
  return writer
}

/** Do the bytes at `start` begin with this text? */
export function beginsWith(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[start + index] !== text[index]) return false
  }
  return true
}

/** Is `digest`, a hash as a 'binary' string, what stands at `start`? */
export function sameDigest(digest: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== digest.length) return false
  for (let index = 0; index < digest.length; index += 1) {
    if (digest.charCodeAt(index) !== bytes[start + index]) return false
  }
  return true
}
