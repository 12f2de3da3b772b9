import { createCipheriv, createDecipheriv } from 'node:crypto'
import { DomainError } from '../platform/errors.ts'
import { randomBytes, uuidBytes } from '../platform/ids.ts'
import { hmacSha256 } from './hmac.ts'

/**
 * A sealed delivery, version 1: chunks of at most 1 MiB of plaintext, each nonce (12) ‖ AES-256-GCM ‖ tag (16).
 *
 *   data key = HMAC-SHA-256(secret of the delivery in the keyring, "liggare/delivery/v1" ‖ controller (u32) ‖ delivery id)
 *   AAD      = "liggare/chunk/v1" ‖ number of the chunk (u32) ‖ 1 for the last, else 0
 *
 * So chunks cannot be exchanged, dropped or added without being noticed.
 */
const chunkLength = 1 << 20
const nonceLength = 12
const tagLength = 16
/** By how much a sealed chunk is longer than what it holds. */
const chunkOverhead = nonceLength + tagLength

const keyLabel = Buffer.from('liggare/delivery/v1')
const chunkLabel = Buffer.from('liggare/chunk/v1')

/** The data key of a delivery, from its secret in the keyring. */
export function blobKey(secret: Buffer, controller: number, deliveryId: string): Buffer {
  const number = Buffer.alloc(4)
  number.writeUInt32BE(controller)
  return hmacSha256(secret)(Buffer.concat([keyLabel, number, uuidBytes(deliveryId)]))
}

function additionalData(index: number, isLast: boolean): Buffer {
  const aad = Buffer.alloc(chunkLabel.length + 5)
  chunkLabel.copy(aad)
  aad.writeUInt32BE(index, chunkLabel.length)
  aad.writeUInt8(isLast ? 1 : 0, chunkLabel.length + 4)
  return aad
}

function sealChunk(key: Buffer, index: number, isLast: boolean, plaintext: Buffer): Buffer {
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(additionalData(index, isLast))
  const body = cipher.update(plaintext)
  cipher.final()
  return Buffer.concat([nonce, body, cipher.getAuthTag()])
}

/** The plaintext; `integrity-failed` where key, place and bytes do not belong together. */
function openChunk(key: Buffer, index: number, isLast: boolean, sealed: Buffer): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceLength))
    decipher.setAAD(additionalData(index, isLast))
    decipher.setAuthTag(sealed.subarray(-tagLength))
    const body = decipher.update(sealed.subarray(nonceLength, -tagLength))
    decipher.final()
    return body
  } catch (cause) {
    throw new DomainError('integrity-failed', `Chunk ${index} of a sealed delivery has been altered.`, {
      cause,
    })
  }
}

/** Seals what comes in pieces of any length, chunk by chunk. */
export async function* sealStream(
  key: Buffer,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  let index = 0
  let rest: Buffer = Buffer.alloc(0)
  for await (const piece of pieces) {
    rest = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece])
    // A full chunk is not the last before something is known to follow it.
    while (rest.length > chunkLength) {
      yield sealChunk(key, index, false, rest.subarray(0, chunkLength))
      rest = rest.subarray(chunkLength)
      index += 1
    }
  }
  yield sealChunk(key, index, true, rest)
}

/** Undoes {@link sealStream}, whatever pieces the sealed bytes come in. */
export async function* openStream(
  key: Buffer,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const sealedLength = chunkLength + chunkOverhead
  let index = 0
  let rest: Buffer = Buffer.alloc(0)
  for await (const piece of pieces) {
    rest = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece])
    while (rest.length > sealedLength) {
      yield openChunk(key, index, false, rest.subarray(0, sealedLength))
      rest = rest.subarray(sealedLength)
      index += 1
    }
  }
  yield openChunk(key, index, true, rest)
}
