import { randomFillSync, randomUUID } from 'node:crypto'

// One system call fills many ids; a byte is handed out once and then overwritten by the next fill.
const pool = Buffer.alloc(16_384)
let used = pool.length

/** `size` fresh random bytes that the caller owns. */
export function randomBytes(size: number): Buffer {
  if (size > pool.length) return randomFillSync(Buffer.allocUnsafeSlow(size))
  if (used + size > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const bytes = Buffer.allocUnsafe(size)
  pool.copy(bytes, 0, used, used + size)
  used += size
  return bytes
}

/** UUIDv7 (RFC 9562 § 5.7): the time orders index insertions and nothing else; never read it back as a time of anything. */
export function uuidv7(now: number = Date.now()): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(now, 0, 6)
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x70
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** UUIDv4 (RFC 9562 § 5.4): for ids of persons, which must not tell when the person was first seen. */
export function uuidv4(): string {
  return randomUUID()
}

export function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex')
}
