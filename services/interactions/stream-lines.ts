/** A line of a stream, counted from 1; without bytes it was longer than allowed. */
export type Line = { readonly number: number; readonly bytes: Buffer | undefined }

export type LineSplitter = {
  /** The lines that a chunk completes. */
  readonly push: (chunk: Buffer) => Line[]
  /** The last line, if the stream does not end with a line break. Only for a stream that has come to its end. */
  readonly end: () => Line[]
}

const newline = 0x0a

/** Cuts a stream into lines of at most `maxLength` bytes, holding no more than one; blank lines are counted and left out. */
export function lineSplitter(maxLength: number): LineSplitter {
  let number = 1
  let held: Buffer[] = []
  let size = 0

  function keep(part: Buffer): void {
    size += part.length
    if (size > maxLength) held = []
    else if (part.length > 0) held.push(part)
  }

  function finish(lines: Line[]): void {
    const bytes = size > maxLength ? undefined : held.length === 1 ? held[0] : Buffer.concat(held)
    if (bytes === undefined || !isBlank(bytes)) lines.push({ number, bytes })
    number += 1
    held = []
    size = 0
  }

  return {
    push: (chunk) => {
      const lines: Line[] = []
      let from = 0
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
        keep(chunk.subarray(from, at))
        finish(lines)
        from = at + 1
      }
      keep(chunk.subarray(from))
      return lines
    },
    end: () => {
      const lines: Line[] = []
      if (size > 0) finish(lines)
      return lines
    },
  }
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) return false
  return true
}
