import { DomainError } from '../../platform/errors.ts'
import { emptyRoot, hashAt, hashSize, nodeHash } from './hash.ts'

/**
 * The right edge of a tree of `size` leaves: one root per set bit of the size, largest subtree first (the split of
 * RFC 9162 § 2.1.1). All that is needed to go on appending; it says nothing of single leaves.
 */
export type Frontier = { size: number; readonly roots: Buffer[] }

export function emptyFrontier(): Frontier {
  return { size: 0, roots: [] }
}

/** Appends one leaf hash in place: on average one node hash a leaf. */
export function appendLeaf(frontier: Frontier, leaf: Buffer): void {
  let root = leaf
  // Each trailing one bit of the size is a subtree as tall as the one in hand: they join.
  for (let bits = frontier.size; bits % 2 === 1; bits = (bits - 1) / 2) {
    root = nodeHash(frontier.roots.pop() as Buffer, root)
  }
  frontier.roots.push(root)
  frontier.size += 1
}

/** The Merkle tree hash of all leaves so far (RFC 9162 § 2.1.1). */
export function frontierRoot(frontier: Frontier): Buffer {
  return (
    frontier.roots.reduceRight<Buffer | null>(
      (right, left) => (right ? nodeHash(left, right) : left),
      null,
    ) ?? emptyRoot
  )
}

/** Eight bytes of size, big-endian, then the roots: at most 1.7 kB, for a signer or verifier that resumes at `size`. */
export function encodeFrontier(frontier: Frontier): Buffer {
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(frontier.size))
  return Buffer.concat([size, ...frontier.roots])
}

export function decodeFrontier(bytes: Buffer): Frontier {
  const size = bytes.length < 8 ? -1 : Number(bytes.readBigUInt64BE())
  const count = size < 0 ? 0 : onesIn(size)
  if (!Number.isSafeInteger(size) || bytes.length !== 8 + count * hashSize) {
    throw new DomainError(
      'integrity-failed',
      'The stored tree frontier has another length than its size demands',
    )
  }
  const roots = Buffer.from(bytes.subarray(8))
  return { size, roots: Array.from({ length: count }, (_, index) => hashAt(roots, index)) }
}

function onesIn(size: number): number {
  let ones = 0
  for (let bits = size; bits > 0; bits = Math.floor(bits / 2)) ones += bits % 2
  return ones
}
