import { sign, verify } from 'node:crypto'
import { DomainError } from '../../platform/errors.ts'
import type { NoteSignature, NoteVerifier } from './note.ts'
import {
  cosignatureType,
  keyId,
  type NamedPrivateKey,
  type NamedPublicKey,
  publicPart,
  requireType,
} from './note-key.ts'

const stamp = 8
const length = stamp + 64
const lastTime = 2n ** 63n - 1n

/** Checks a witness's cosignature/v1 lines below a checkpoint (c2sp.org/tlog-cosignature, Ed25519 signed message). */
export function witnessVerifier(key: NamedPublicKey): NoteVerifier {
  requireType(key, cosignatureType)
  return {
    name: key.name,
    keyId: keyId(key),
    verify: (text, signature) => {
      if (signature.length !== length) return false
      const seconds = signature.readBigUInt64BE()
      const message = cosignedMessage(text, seconds)
      return seconds <= lastTime && verify(null, message, key.publicKey, signature.subarray(stamp))
    },
  }
}

/**
 * The line with which a witness says: at `at` this was the largest tree I had seen of this log, and it was consistent with
 * all before. Only who has checked that may call it; Liggare itself is no witness of its own logs.
 */
export function cosign(text: string, key: NamedPrivateKey, at: Date): NoteSignature {
  requireType(key, cosignatureType)
  const seconds = BigInt(Math.floor(at.getTime() / 1000))
  const signature = Buffer.alloc(stamp)
  signature.writeBigUInt64BE(seconds)
  const proper = sign(null, cosignedMessage(Buffer.from(text), seconds), key.privateKey)
  return { name: key.name, keyId: keyId(publicPart(key)), signature: Buffer.concat([signature, proper]) }
}

/** When a witness says it signed, to the second. Worth nothing before the line has been verified. */
export function cosignedAt({ name, signature }: NoteSignature): Date {
  if (signature.length !== length) throw new DomainError('integrity-failed', `${name} left no cosignature`)
  return new Date(Number(signature.readBigUInt64BE()) * 1000)
}

function cosignedMessage(text: Buffer, seconds: bigint): Buffer {
  return Buffer.concat([Buffer.from(`cosignature/v1\ntime ${seconds}\n`), text])
}
