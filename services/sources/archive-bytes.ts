import { malformed } from './archive-files.ts'

/** Reads a stream of chunks by the byte, holding one chunk. */
export type ByteReader = {
  /** Exactly that many bytes; an archive that ends before is cut short. */
  readonly exactly: (size: number) => Promise<Buffer>
  /** From 1 up to `most` bytes, as they lie. */
  readonly some: (most: number) => Promise<Uint8Array>
  readonly skip: (size: number) => Promise<void>
  /** Reads on to the end, so that a checksum there is compared. */
  readonly drain: () => Promise<void>
  readonly close: () => Promise<void>
}

export function byteReader(chunks: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = chunks[Symbol.asyncIterator]()
  let held: Uint8Array = new Uint8Array()

  async function some(most: number): Promise<Uint8Array> {
    while (held.length === 0) {
      const next = await iterator.next()
      if (next.done === true) throw malformed('cut short')
      held = next.value
    }
    const taken = held.subarray(0, most)
    held = held.subarray(taken.length)
    return taken
  }

  async function exactly(size: number): Promise<Buffer> {
    const parts: Uint8Array[] = []
    for (let left = size; left > 0; ) {
      const part = await some(left)
      parts.push(part)
      left -= part.length
    }
    return Buffer.concat(parts, size)
  }

  async function skip(size: number): Promise<void> {
    for (let left = size; left > 0; ) left -= (await some(left)).length
  }

  async function drain(): Promise<void> {
    held = new Uint8Array()
    while ((await iterator.next()).done !== true);
  }

  return { exactly, some, skip, drain, close: async () => void (await iterator.return?.()) }
}
