// Stands in for services/ledger/seal.ts in the bench's variant without sealing: same names, same shapes, no keys.
import { hash } from 'node:crypto'
import type { PartAddress, SealedPart } from '../../services/ledger/seal.ts'

export { openPart, secretLength, unwrapKey, wrapKey } from '../../services/ledger/seal.ts'

const noCommitment = Buffer.alloc(32)

/** The plaintext as it is; the header still wants a digest of it. */
export function sealPart(
  _address: PartAddress,
  _subjectKey: Buffer,
  _secret: Buffer,
  plaintext: Buffer,
): SealedPart {
  return { ciphertext: plaintext, commitment: noCommitment, digest: hash('sha256', plaintext, 'buffer') }
}
