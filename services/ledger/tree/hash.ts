import { hash } from 'node:crypto'

/** Bytes in every hash of the tree: SHA-256 (c2sp.org/tlog-tiles, APIs). */
export const hashSize = 32

// A digest that comes back as a 'binary' string costs a third of one in a Buffer of its own: no native object is made.
export function sha256(data: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', data, 'binary'), 'latin1')
}

/** The root of the tree without leaves: SHA-256 of nothing (RFC 9162 § 2.1.1). */
export const emptyRoot: Buffer = sha256(Buffer.alloc(0))

const leafInput = Buffer.alloc(1 + hashSize)
const nodeInput = Buffer.alloc(1 + 2 * hashSize)
nodeInput[0] = 1

/** SHA-256(0x00 ‖ entry) (RFC 9162 § 2.1.1). The prefix keeps a node from being passed off as an entry. */
export function leafHash(entry: Uint8Array): Buffer {
  if (entry.length !== hashSize) return sha256(Buffer.concat([Buffer.of(0), entry]))
  leafInput.set(entry, 1)
  return sha256(leafInput)
}

/** SHA-256(0x01 ‖ left ‖ right) (RFC 9162 § 2.1.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  nodeInput.set(left, 1)
  nodeInput.set(right, 1 + hashSize)
  return sha256(nodeInput)
}

/** The hash at place `index` of concatenated hashes: a view, not a copy. */
export function hashAt(hashes: Buffer, index: number): Buffer {
  return hashes.subarray(index * hashSize, (index + 1) * hashSize)
}

/** The row of parents above concatenated hashes; an odd last one has no parent yet and is left out. */
export function parentRow(row: Buffer): Buffer {
  const pair = 2 * hashSize
  const parents = Buffer.allocUnsafe(Math.floor(row.length / pair) * hashSize)
  for (let at = 0; at < parents.length; at += hashSize) {
    row.copy(nodeInput, 1, 2 * at, 2 * at + pair)
    parents.write(hash('sha256', nodeInput, 'binary'), at, 'latin1')
  }
  return parents
}
