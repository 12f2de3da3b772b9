import type { PoolClient } from 'pg'
import { DomainError } from '../platform/errors.ts'
import { hashSize, leafHash } from './tree/hash.ts'
import { type TileReader, tileWidth } from './tree/tiles.ts'

/** The 32-byte entries at [from, to), all of them or `not-found`. */
export async function readEntries(
  tx: PoolClient,
  controller: number,
  from: number,
  to: number,
): Promise<Buffer[]> {
  const { rows } = await tx.query<{ entry: Buffer }>(
    'select entry from ledger.event where controller_id = $1 and position >= $2 and position < $3 order by position',
    [controller, from, to],
  )
  if (rows.length !== to - from) throw new DomainError('not-found', 'The log has no such entries')
  return rows.map((row) => row.entry)
}

export async function readLeaves(
  tx: PoolClient,
  controller: number,
  from: number,
  to: number,
): Promise<Buffer> {
  const entries = await readEntries(tx, controller, from, to)
  return Buffer.concat(entries.map(leafHash), entries.length * hashSize)
}

/** The stored tiles of a log. Only full tiles of level 0 are stored: a narrower one is made from the events. */
export function storedTiles(tx: PoolClient, controller: number): TileReader {
  return async (level, index, width) => {
    if (level === 0 && width < tileWidth) {
      return readLeaves(tx, controller, index * tileWidth, index * tileWidth + width)
    }
    const { rows } = await tx.query<{ hashes: Buffer }>(
      `select hashes from ledger.tile
        where controller_id = $1 and level = $2 and tile_index = $3 and width >= $4 order by width limit 1`,
      [controller, level, index, width],
    )
    const [row] = rows
    if (row === undefined) throw new DomainError('not-found', 'The log has no such tile')
    return row.hashes.subarray(0, width * hashSize)
  }
}
