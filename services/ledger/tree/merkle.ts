import { DomainError } from '../../platform/errors.ts'
import { emptyRoot, hashSize, nodeHash } from './hash.ts'

/** Root of the full subtree of 2^height leaves that begins at leaf index·2^height; never asked beyond the tree's size. */
export type NodeReader = (height: number, index: number) => Promise<Buffer>

/** MTH(D[0:size]) (RFC 9162 § 2.1.1) of any size the nodes cover. */
export async function rootAt(nodes: NodeReader, size: number): Promise<Buffer> {
  return size === 0 ? emptyRoot : rangeHash(nodes, 0, size)
}

/** PATH(index, D[size]) (RFC 9162 § 2.1.3.1), the leaf's sibling first. Needs 0 ≤ index < size. */
export async function inclusionPath(nodes: NodeReader, index: number, size: number): Promise<Buffer[]> {
  assertRange(index >= 0 && index < size)
  const path: Buffer[] = []
  let low = 0
  let high = size
  while (high - low > 1) {
    const middle = low + splitOf(high - low)
    if (index < middle) {
      path.push(await rangeHash(nodes, middle, high))
      high = middle
    } else {
      path.push(await rangeHash(nodes, low, middle))
      low = middle
    }
  }
  return path.reverse()
}

/** PROOF(oldSize, D[size]) (RFC 9162 § 2.1.4.1); empty from size 0 (c2sp.org/tlog-witness, add-checkpoint) and between equals. */
export async function consistencyPath(nodes: NodeReader, oldSize: number, size: number): Promise<Buffer[]> {
  assertRange(oldSize >= 0 && oldSize <= size)
  if (oldSize === 0 || oldSize === size) return []
  const path: Buffer[] = []
  let low = 0
  let high = size
  while (high !== oldSize) {
    const middle = low + splitOf(high - low)
    if (oldSize <= middle) {
      path.push(await rangeHash(nodes, middle, high))
      high = middle
    } else {
      path.push(await rangeHash(nodes, low, middle))
      low = middle
    }
  }
  // The old tree itself is known to whoever asks; a part of it is not.
  if (low > 0) path.push(await rangeHash(nodes, low, high))
  return path.reverse()
}

/** Is the leaf at `index` of the tree with this size and root? (RFC 9162 § 2.1.3.2) */
export function verifyInclusion(
  leaf: Buffer,
  index: number,
  size: number,
  root: Buffer,
  path: readonly Buffer[],
): boolean {
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes(leaf, root, ...path)) return false
  let place = index
  let last = size - 1
  let hash = leaf
  for (const sibling of path) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(sibling, hash)
      while (place % 2 === 0 && place !== 0) {
        place /= 2
        last = Math.floor(last / 2)
      }
    } else {
      hash = nodeHash(hash, sibling)
    }
    place = Math.floor(place / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && hash.equals(root)
}

/** Does the newer tree hold the older one unchanged as its beginning? (RFC 9162 § 2.1.4.2) */
export function verifyConsistency(
  oldSize: number,
  size: number,
  oldRoot: Buffer,
  root: Buffer,
  path: readonly Buffer[],
): boolean {
  if (!isSize(oldSize) || !isSize(size) || oldSize > size || !areHashes(oldRoot, root, ...path)) return false
  if (size === 0) return path.length === 0 && oldRoot.equals(emptyRoot) && root.equals(emptyRoot)
  if (oldSize === 0) return path.length === 0 && oldRoot.equals(emptyRoot)
  if (oldSize === size) return path.length === 0 && oldRoot.equals(root)
  let place = oldSize - 1
  let last = size - 1
  while (place % 2 === 1) {
    place = (place - 1) / 2
    last = Math.floor(last / 2)
  }
  // An old size that is a power of two is one node of the new tree, and the proof leaves it out.
  const start = place === 0 ? oldRoot : path[0]
  if (start === undefined) return false
  let older = start
  let newer = start
  for (const sibling of place === 0 ? path : path.slice(1)) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      older = nodeHash(sibling, older)
      newer = nodeHash(sibling, newer)
      while (place % 2 === 0 && place !== 0) {
        place /= 2
        last = Math.floor(last / 2)
      }
    } else {
      newer = nodeHash(newer, sibling)
    }
    place = Math.floor(place / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && older.equals(oldRoot) && newer.equals(root)
}

/** MTH(D[low:high]) where the range begins at a multiple of its own subtree size, as every range of RFC 9162 § 2.1 does. */
async function rangeHash(nodes: NodeReader, low: number, high: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for (let from = low; from < high; ) {
    const height = heightWithin(high - from)
    parts.push(await nodes(height, from / 2 ** height))
    from += 2 ** height
  }
  return parts.reduceRight((right, left) => nodeHash(left, right))
}

/** The largest power of two below `count` (RFC 9162 § 2.1.1, k). */
function splitOf(count: number): number {
  const width = 2 ** heightWithin(count)
  return width === count ? width / 2 : width
}

/** Height of the tallest full subtree in `count` leaves: exact, where Math.log2 rounds up above 2^48. */
function heightWithin(count: number): number {
  let height = 0
  while (2 ** (height + 1) <= count) height += 1
  return height
}

function areHashes(...hashes: readonly Buffer[]): boolean {
  return hashes.every((hash) => hash.length === hashSize)
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function assertRange(holds: boolean): void {
  if (!holds) throw new DomainError('not-found', 'The tree has no such leaf or size')
}
