import { sha256 } from './tree/hash.ts'

const blockLength = 64
const digestLength = 32

/**
 * HMAC-SHA-256 (RFC 2104) under one key of at most 64 bytes, as two one-shot hashes: a native HMAC object costs twice as
 * much as the hashing, and an event needs about ten. Checked against `crypto.createHmac` by a property test.
 */
export function hmacSha256(key: Uint8Array): (message: string | Uint8Array) => Buffer {
  const inner = padded(key, 0x36)
  const outer = padded(key, 0x5c)
  return (message) => {
    const length = typeof message === 'string' ? Buffer.byteLength(message) : message.length
    const first =
      blockLength + length <= scratch.length
        ? scratch.subarray(0, blockLength + length)
        : Buffer.allocUnsafe(blockLength + length)
    first.set(inner)
    if (typeof message === 'string') first.write(message, blockLength)
    else first.set(message, blockLength)
    const digest = sha256(first)
    second.set(outer)
    second.set(digest, blockLength)
    return sha256(second)
  }
}

// Hashing is synchronous: nobody else writes here between filling and hashing.
const scratch = Buffer.allocUnsafeSlow(4096)
const second = Buffer.allocUnsafeSlow(blockLength + digestLength)

function padded(key: Uint8Array, pad: number): Uint8Array {
  const block = new Uint8Array(blockLength).fill(pad)
  for (const [index, byte] of key.entries()) block[index] = byte ^ pad
  return block
}
