import { DomainError } from '../platform/errors.ts'
import { decodeUtf8 } from './lossless.ts'

const newline = 0x0a

/** The lines of a text file, one at a time, holding one; a line over the limit or not UTF-8 is `source-malformed` with its number. */
export async function* textLines(
  chunks: AsyncIterable<Uint8Array>,
  where: string,
  maxSize = 16 * 1024 ** 2,
): AsyncGenerator<{ readonly text: string; readonly number: number }> {
  let parts: Uint8Array[] = []
  let size = 0
  let number = 1

  function keep(part: Uint8Array): void {
    size += part.length
    if (size > maxSize) throw new DomainError('source-malformed', `${where}: line ${number} is too long`)
    if (part.length > 0) parts.push(part)
  }

  function line(): { text: string; number: number } {
    const text = decodeUtf8(Buffer.concat(parts), `${where}: line ${number}`)
    parts = []
    size = 0
    return { text, number: number++ }
  }

  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      keep(chunk.subarray(from, end))
      yield line()
      from = end + 1
    }
    keep(chunk.subarray(from))
  }
  if (size > 0) yield line()
}
