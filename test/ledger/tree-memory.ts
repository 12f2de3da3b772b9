import { createHash } from 'node:crypto'
import { leafHash } from '../../services/ledger/tree/hash.ts'
import { growTiles } from '../../services/ledger/tree/tile-tree.ts'
import { type TileReader, tilePath } from '../../services/ledger/tree/tiles.ts'

/** The entry at a place of the invented log: 32 bytes that nobody has to choose. */
export function entryAt(index: number): Buffer {
  return createHash('sha256').update(`entry ${index}`).digest()
}

export type MemoryTree = { size: number; readonly tiles: Map<string, Buffer>; readonly read: TileReader }

/** A log that keeps its tiles under their paths, as a file server would. */
export function memoryTree(): MemoryTree {
  const tiles = new Map<string, Buffer>()
  const read: TileReader = async (level, index, width) => {
    const hashes = tiles.get(tilePath({ level, index, width }))
    if (hashes === undefined) throw new Error(`no tile ${tilePath({ level, index, width })}`)
    return hashes
  }
  return { size: 0, tiles, read }
}

export async function growTo(tree: MemoryTree, size: number): Promise<void> {
  const leaves = Array.from({ length: size - tree.size }, (_, at) => leafHash(entryAt(tree.size + at)))
  for (const { tile, hashes } of await growTiles(tree.read, tree.size, Buffer.concat(leaves))) {
    tree.tiles.set(tilePath(tile), hashes)
  }
  tree.size = size
}

/** MTH(D[n]) written down as RFC 9162 § 2.1.1 says it, over entries: slow, and nothing of ours. */
export function definedRoot(entries: readonly Buffer[]): Buffer {
  const [first] = entries
  if (first === undefined) return createHash('sha256').digest()
  if (entries.length === 1) return createHash('sha256').update(Buffer.of(0)).update(first).digest()
  let split = 1
  while (split * 2 < entries.length) split *= 2
  const left = definedRoot(entries.slice(0, split))
  const right = definedRoot(entries.slice(split))
  return createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest()
}
