import { DomainError } from '../../platform/errors.ts'
import { hashAt, hashSize, parentRow } from './hash.ts'
import type { NodeReader } from './merkle.ts'
import { type Tile, type TileReader, tileWidth, widthIn } from './tiles.ts'

/** Tree levels from one tile level to the next (c2sp.org/tlog-tiles, Merkle Tree). */
export const tileHeight = 8

/** A tile with its bytes, as it is stored and served. */
export type TileData = { readonly tile: Tile & { readonly level: number }; readonly hashes: Buffer }

/**
 * The tiles that appear or widen when `leaves` (concatenated leaf hashes) follow a tree of `oldSize`, the same that
 * `newTiles` names. Reads at most one partial tile per level, as wide as it was at `oldSize`.
 */
export async function growTiles(read: TileReader, oldSize: number, leaves: Buffer): Promise<TileData[]> {
  const grown: TileData[] = []
  let fresh = leaves
  let start = oldSize
  for (let level = 0; fresh.length > 0; level += 1) {
    const first = Math.floor(start / tileWidth)
    const held = start % tileWidth
    const row = held === 0 ? fresh : Buffer.concat([await readTile(read, level, first, held), fresh])
    const roots: Buffer[] = []
    for (let at = 0; at * hashSize < row.length; at += tileWidth) {
      const hashes = row.subarray(at * hashSize, (at + tileWidth) * hashSize)
      const width = hashes.length / hashSize
      grown.push({ tile: { level, index: first + at / tileWidth, width }, hashes })
      if (width === tileWidth) roots.push(rowAt([hashes], tileHeight))
    }
    fresh = Buffer.concat(roots)
    start = first
  }
  return grown
}

/**
 * The nodes of a tree of `size`, computed from its tiles. Each tile is read and hashed up once and kept (16 kB) as long as
 * the reader is: make one for a request, not for a process. The tiles are believed: check what comes of them against a
 * signed root.
 */
export function nodesFromTiles(read: TileReader, size: number): NodeReader {
  const tiles = new Map<string, Promise<Buffer[]>>()
  return async (height, index) => {
    const level = Math.floor(height / tileHeight)
    const inner = height % tileHeight
    const perTile = tileWidth / 2 ** inner
    const tile = Math.floor(index / perTile)
    const width = widthIn(size, level, tile)
    const at = index % perTile
    if ((at + 1) * 2 ** inner > width) throw new DomainError('not-found', 'The tree has no such node')
    const key = `${level}/${tile}`
    const rows = tiles.get(key) ?? readTile(read, level, tile, width).then((hashes) => [hashes])
    tiles.set(key, rows)
    return hashAt(rowAt(await rows, inner), at)
  }
}

/** The row `height` above the tile's own hashes; rows computed on the way are kept in `rows`. */
function rowAt(rows: Buffer[], height: number): Buffer {
  while (rows.length <= height) rows.push(parentRow(rows.at(-1) as Buffer))
  return rows[height] as Buffer
}

async function readTile(read: TileReader, level: number, index: number, width: number): Promise<Buffer> {
  const hashes = await read(level, index, width)
  if (hashes.length !== width * hashSize) {
    throw new DomainError('integrity-failed', `Tile ${level}/${index} does not hold ${width} hashes`)
  }
  return hashes
}
