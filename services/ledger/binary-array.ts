/**
 * One-dimensional arrays in PostgreSQL's binary format (src/backend/utils/adt/arrayfuncs.c, array_recv). `pg` sends a
 * Buffer in binary as it is, where a JavaScript array would be written out, escaped and parsed again as text.
 */
const oid = { bool: 16, bytea: 17, int2: 21, int4: 23, int8: 20, text: 25, date: 1082, uuid: 2950 } as const

const epochDay = Date.UTC(2000, 0, 1) / 86_400_000

function header(buffer: Buffer, elementType: number, length: number): number {
  buffer.writeInt32BE(length === 0 ? 0 : 1, 0)
  buffer.writeInt32BE(1, 4) // there may be nulls
  buffer.writeInt32BE(elementType, 8)
  if (length === 0) return 12
  buffer.writeInt32BE(length, 12)
  buffer.writeInt32BE(1, 16)
  return 20
}

function fixed<T>(
  elementType: number,
  size: number,
  values: readonly (T | null)[],
  write: (buffer: Buffer, value: T, at: number) => void,
) {
  const buffer = Buffer.allocUnsafe(20 + values.length * (4 + size))
  let at = header(buffer, elementType, values.length)
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at)
    } else {
      at = buffer.writeInt32BE(size, at)
      write(buffer, value, at)
      at += size
    }
  }
  return buffer.subarray(0, at)
}

export function uuidArray(values: readonly (string | null)[]): Buffer {
  return fixed(oid.uuid, 16, values, (buffer, value, at) => {
    const digits = value.replaceAll('-', '')
    // A text that is none would leave bytes of other memory standing, and store them.
    if (digits.length !== 32 || buffer.write(digits, at, 16, 'hex') !== 16) throw new TypeError('not a UUID')
  })
}

export function int4Array(values: readonly (number | null)[]): Buffer {
  return fixed(oid.int4, 4, values, (buffer, value, at) => buffer.writeInt32BE(value, at))
}

export function int8Array(values: readonly bigint[]): Buffer {
  return fixed(oid.int8, 8, values, (buffer, value, at) => buffer.writeBigInt64BE(value, at))
}

export function int2Array(values: readonly number[]): Buffer {
  return fixed(oid.int2, 2, values, (buffer, value, at) => buffer.writeInt16BE(value, at))
}

export function boolArray(values: readonly boolean[]): Buffer {
  return fixed(oid.bool, 1, values, (buffer, value, at) => buffer.writeUInt8(value ? 1 : 0, at))
}

/** Calendar days as YYYY-MM-DD. */
export function dateArray(values: readonly string[]): Buffer {
  return fixed(oid.date, 4, values, (buffer, value, at) => {
    const day = Date.parse(`${value}T00:00:00Z`) / 86_400_000 - epochDay
    if (!Number.isInteger(day)) throw new TypeError('not a calendar day') // NaN would be written as 2000-01-01
    buffer.writeInt32BE(day, at)
  })
}

export function byteaArray(values: readonly (Buffer | null)[]): Buffer {
  let size = 20
  for (const value of values) size += 4 + (value?.length ?? 0)
  const buffer = Buffer.allocUnsafe(size)
  let at = header(buffer, oid.bytea, values.length)
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at)
    } else {
      at = buffer.writeInt32BE(value.length, at)
      at += value.copy(buffer, at)
    }
  }
  return buffer.subarray(0, at)
}

export function textArray(values: readonly (string | null)[]): Buffer {
  let size = 20
  const lengths = values.map((value) => {
    const length = value === null ? 0 : Buffer.byteLength(value)
    size += 4 + length
    return length
  })
  const buffer = Buffer.allocUnsafe(size)
  let at = header(buffer, oid.text, values.length)
  for (const [index, value] of values.entries()) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at)
    } else {
      at = buffer.writeInt32BE(lengths[index] as number, at)
      at += buffer.write(value, at)
    }
  }
  return buffer.subarray(0, at)
}
