/** Fields of a row in PostgreSQL's binary format, met one after the other without a copy. */
export type Fields = {
  /** The row, and the bounds in it of the field that was met last; for a null they are equal. */
  row: Buffer
  start: number
  end: number
  /** Goes to the row in `chunk` whose fields begin at `at`. */
  readonly on: (chunk: Buffer, at: number) => void
  /** Meets the next field; false if it is null. */
  readonly next: () => boolean
  readonly int2: () => number
  readonly int4: () => number
  /** A bigint below 2^53; -1 for null. */
  readonly int8: () => number
  /** '' for null. */
  readonly text: () => string
  /** '' for null. */
  readonly uuid: () => string
  /** Meets the next field and answers its bytes: a view of the row, gone with it. */
  readonly bytes: () => Buffer
}

export function binaryFields(): Fields {
  const fields: Fields = {
    row: Buffer.alloc(0),
    start: 0,
    end: 0,
    on: (chunk, at) => {
      fields.row = chunk
      fields.end = at
    },
    next: () => {
      const length = fields.row.readInt32BE(fields.end)
      fields.start = fields.end + 4
      fields.end = length < 0 ? fields.start : fields.start + length
      return length >= 0
    },
    int2: () => {
      fields.next()
      return fields.row.readInt16BE(fields.start)
    },
    int4: () => {
      fields.next()
      return fields.row.readInt32BE(fields.start)
    },
    int8: () =>
      fields.next()
        ? fields.row.readInt32BE(fields.start) * 2 ** 32 + fields.row.readUInt32BE(fields.start + 4)
        : -1,
    text: () => (fields.next() ? fields.row.toString('utf8', fields.start, fields.end) : ''),
    uuid: () =>
      fields.next()
        ? fields.row
            .toString('hex', fields.start, fields.end)
            .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
        : '',
    bytes: () => {
      fields.next()
      return fields.row.subarray(fields.start, fields.end)
    },
  }
  return fields
}
