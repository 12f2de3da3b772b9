import type { Pool } from 'pg'
import { withController } from '../db/transaction.ts'
import { byteaArray, int2Array } from './binary-array.ts'
import { readLeaves, storedTiles } from './checkpoints-tiles.ts'
import { growTiles, type TileData } from './tree/tile-tree.ts'
import { tileWidth } from './tree/tiles.ts'

/** Leaves taken at once: 2 MB of hashes, and whole tiles up to level 1. */
const chunkSize = tileWidth ** 2

/**
 * Stores the tiles that a tree of `size` has beyond one of `stored` leaves, whose tiles stand already. Of level 0 only full
 * ones: the right edge grows with every event and can be read from the events. Killed midway, it is done again.
 */
export async function storeTiles(
  pool: Pool,
  controller: number,
  stored: number,
  size: number,
): Promise<void> {
  const edge = new Map<number, TileData>()
  for (let from = stored; from < size; ) {
    const to = Math.min(size, from - (from % chunkSize) + chunkSize)
    const grown = await withController(pool, controller, async (tx) => {
      const read = storedTiles(tx, controller)
      return growTiles(
        async (level, index, width) => {
          const known = edge.get(level)
          return known?.tile.index === index && known.tile.width === width
            ? known.hashes
            : read(level, index, width)
        },
        from,
        await readLeaves(tx, controller, from, to),
      )
    })
    for (const it of grown) edge.set(it.tile.level, it)
    await store(
      pool,
      controller,
      grown.filter(({ tile }) => tile.width === tileWidth),
    )
    from = to
  }
  const partial = [...edge.values()].filter(({ tile }) => tile.level > 0 && tile.width < tileWidth)
  await store(pool, controller, partial)
}

async function store(pool: Pool, controller: number, tiles: readonly TileData[]): Promise<void> {
  if (tiles.length === 0) return
  await pool.query(
    'select ledger.store_tiles($1, $2::smallint[], $3::bigint[], $4::smallint[], $5::bytea[])',
    [
      controller,
      int2Array(tiles.map(({ tile }) => tile.level)),
      tiles.map(({ tile }) => tile.index),
      int2Array(tiles.map(({ tile }) => tile.width)),
      byteaArray(tiles.map(({ hashes }) => hashes)),
    ],
  )
}
