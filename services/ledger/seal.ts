import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto'
import { DomainError } from '../platform/errors.ts'
import { randomBytes, uuidBytes } from '../platform/ids.ts'
import { hmacSha256 } from './hmac.ts'
import { sha256 } from './tree/hash.ts'

/**
 * The bytes of a sealed part, frozen as version 1 by `test/ledger/vectors.test.ts`.
 *
 *   data key   = HMAC-SHA-256(subject key, "liggare/part/v1" ‖ part secret ‖ event id ‖ ordinal)
 *   AAD        = "liggare/aad/v1" ‖ controller (u32) ‖ event id ‖ ordinal (u16) ‖ subject id ‖ category
 *   ciphertext = nonce (12) ‖ AES-256-GCM ‖ tag (16)
 *   commitment = SHA-256("liggare/commit/v1" ‖ data key), because GCM alone does not commit to its key
 *   digest     = SHA-256(commitment ‖ ciphertext), which stands in the header
 */
export type PartAddress = {
  readonly controller: number
  readonly eventId: string
  readonly ordinal: number
  readonly subjectId: string
  readonly category: string
}

export type SealedPart = { readonly ciphertext: Buffer; readonly commitment: Buffer; readonly digest: Buffer }

const partLabel = Buffer.from('liggare/part/v1')
const aadLabel = Buffer.from('liggare/aad/v1')
const commitLabel = Buffer.from('liggare/commit/v1')
const nonceLength = 12
const tagLength = 16

/** Length of a part's own secret in bytes; destroying it destroys the part. */
export const secretLength = 32

function dataKey(subjectKey: Buffer, secret: Buffer, eventId: Buffer, ordinal: number): Buffer {
  const message = Buffer.allocUnsafe(partLabel.length + secretLength + 16 + 2)
  let at = partLabel.copy(message)
  at += secret.copy(message, at)
  at += eventId.copy(message, at)
  message.writeUInt16BE(ordinal, at)
  return hmacSha256(subjectKey)(message)
}

function additionalData(address: PartAddress, eventId: Buffer): Buffer {
  const category = Buffer.from(address.category)
  const aad = Buffer.allocUnsafe(aadLabel.length + 4 + 16 + 2 + 16 + category.length)
  let at = aadLabel.copy(aad)
  at = aad.writeUInt32BE(address.controller, at)
  at += eventId.copy(aad, at)
  at = aad.writeUInt16BE(address.ordinal, at)
  at += uuidBytes(address.subjectId).copy(aad, at)
  category.copy(aad, at)
  return aad
}

function commit(key: Buffer): Buffer {
  return sha256(Buffer.concat([commitLabel, key], commitLabel.length + key.length))
}

/** What a part sealed with these keys has to bear as its commitment. */
export function partCommitment(subjectKey: Buffer, secret: Buffer, eventId: string, ordinal: number): Buffer {
  return commit(dataKey(subjectKey, secret, uuidBytes(eventId), ordinal))
}

/** The digest that stands in the header for a stored part. */
export function partDigest(commitment: Buffer, ciphertext: Buffer): Buffer {
  return sha256(Buffer.concat([commitment, ciphertext], commitment.length + ciphertext.length))
}

export function sealPart(
  address: PartAddress,
  subjectKey: Buffer,
  secret: Buffer,
  plaintext: Buffer,
): SealedPart {
  const eventId = uuidBytes(address.eventId)
  const key = dataKey(subjectKey, secret, eventId, address.ordinal)
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(additionalData(address, eventId))
  const body = cipher.update(plaintext)
  cipher.final()
  const ciphertext = Buffer.concat([nonce, body, cipher.getAuthTag()], nonceLength + body.length + tagLength)
  const commitment = commit(key)
  return { ciphertext, commitment, digest: partDigest(commitment, ciphertext) }
}

/** The plaintext; `integrity-failed` if key, commitment, address or ciphertext do not belong together. */
export function openPart(
  address: PartAddress,
  subjectKey: Buffer,
  secret: Buffer,
  sealed: { readonly ciphertext: Buffer; readonly commitment: Buffer },
): Buffer {
  const eventId = uuidBytes(address.eventId)
  const key = dataKey(subjectKey, secret, eventId, address.ordinal)
  const { ciphertext } = sealed
  if (!timingSafeEqual(commit(key), sealed.commitment) || ciphertext.length < nonceLength + tagLength) {
    throw new DomainError(
      'integrity-failed',
      `Part ${address.ordinal} of event ${address.eventId} does not open with its key.`,
    )
  }
  const decipher = createDecipheriv('aes-256-gcm', key, ciphertext.subarray(0, nonceLength))
  decipher.setAAD(additionalData(address, eventId))
  decipher.setAuthTag(ciphertext.subarray(-tagLength))
  try {
    const body = decipher.update(ciphertext.subarray(nonceLength, -tagLength))
    decipher.final()
    return body
  } catch {
    throw new DomainError(
      'integrity-failed',
      `Part ${address.ordinal} of event ${address.eventId} has been altered.`,
    )
  }
}

/** AES-256-GCM key wrapping: nonce ‖ wrapped ‖ tag, bound to its place by `context`. */
export function wrapKey(wrappingKey: Buffer, plaintext: Buffer, context: string): Buffer {
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce)
  cipher.setAAD(Buffer.from(context))
  const body = cipher.update(plaintext)
  cipher.final()
  return Buffer.concat([nonce, body, cipher.getAuthTag()], nonceLength + body.length + tagLength)
}

/** Undoes {@link wrapKey}; `key-mismatch` if the key or the context is another. */
export function unwrapKey(wrappingKey: Buffer, wrapped: Buffer, context: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', wrappingKey, wrapped.subarray(0, nonceLength))
    decipher.setAAD(Buffer.from(context))
    decipher.setAuthTag(wrapped.subarray(-tagLength))
    const body = decipher.update(wrapped.subarray(nonceLength, -tagLength))
    decipher.final()
    return body
  } catch (cause) {
    throw new DomainError(
      'key-mismatch',
      'A key does not unwrap: it was wrapped under another key or for another place.',
      { cause },
    )
  }
}
