import type { PoolClient } from 'pg'
import { type LogIdentity, openOwn } from './checkpoints-key.ts'
import { appendLeaf, emptyFrontier, type Frontier } from './tree/frontier.ts'
import { emptyRoot, hashAt, hashSize, nodeHash, parentRow } from './tree/hash.ts'
import { growTiles } from './tree/tile-tree.ts'
import { tileWidth } from './tree/tiles.ts'
import type { Report } from './verify-finding.ts'

/** A checkpoint from elsewhere that the log must agree with: the signer's file, or one that somebody kept. */
export type OutsideCheckpoint = { readonly name: string; readonly size: number; readonly root: Buffer }

/** As much of a tree as its continuation needs, tile by tile. */
export type TreeState = {
  /** Over the roots of the full tiles of leaves: its size counts tiles. */
  readonly tiles: Frontier
  /** The leaves of the tile at the right edge, fewer than 256. */
  partial: Buffer
  /** The tile at the right edge of each level above the leaves', as far as it is filled; 0 is the first above them. */
  readonly edge: Map<number, { index: number; hashes: Buffer }>
}

export function emptyTree(): TreeState {
  return { tiles: emptyFrontier(), partial: Buffer.alloc(0), edge: new Map() }
}

/** Leaves of the tree. */
const treeSize = ({ tiles, partial }: TreeState): number => tiles.size * tileWidth + partial.length / hashSize

/** The root of the tree. */
export const treeRoot = (state: TreeState): Buffer =>
  rootWith(state, rowsAbove(state.partial), state.partial.length / hashSize)

/** A tile's hashes and the rows of parents above them, the leaves' first: hashed once, whatever is asked of them. */
function rowsAbove(leaves: Buffer): Buffer[] {
  const rows = [leaves]
  for (let row = leaves; row.length > hashSize; ) {
    row = parentRow(row)
    rows.push(row)
  }
  return rows
}

/** The root of the tree that ends after `width` leaves of the tile with these rows. */
function rootWith({ tiles }: TreeState, rows: readonly Buffer[], width: number): Buffer {
  const roots = [...tiles.roots]
  let at = 0
  for (let height = rows.length - 1; height >= 0; height -= 1) {
    if (Math.floor(width / 2 ** height) % 2 === 0) continue
    roots.push(hashAt(rows[height] as Buffer, at / 2 ** height))
    at += 2 ** height
  }
  return roots.length === 0 ? emptyRoot : roots.reduceRight((right, left) => nodeHash(left, right))
}

export type TreeChecker = {
  /** Leaf hashes that follow, with the positions whose event is missing (their leaf is believed from the tile, if there is one). */
  readonly add: (tx: PoolClient, leaves: Buffer, missing: ReadonlySet<number>) => Promise<void>
  /** What was signed beyond the end of the log. */
  readonly finish: (tx: PoolClient) => Promise<void>
}

/**
 * Builds the tree again from the leaves and compares it with what is stored and signed: tiles, checkpoints, and those
 * kept outside. A leaf that differs from its tile is named; the tile's is taken on from there, so that one altered event
 * is one finding and not all that follows it.
 */
export function treeChecker(
  controller: number,
  identity: LogIdentity,
  outside: readonly OutsideCheckpoint[],
  state: TreeState,
  report: Report,
): TreeChecker {
  const { edge } = state
  let broken = false
  const outsideLeft = [...outside].sort((a, b) => a.size - b.size)

  const agree = (name: string, size: number, root: Buffer, own: Buffer) => {
    if (own.equals(root)) return
    // Every later root differs as well: one finding says it.
    if (!broken) report('log-forked', size - 1, `the events before position ${size} are not those of ${name}`)
    broken = true
  }

  async function compareLeaves(tx: PoolClient, leaves: Buffer, missing: ReadonlySet<number>) {
    const first = treeSize(state)
    const count = leaves.length / hashSize
    const { rows } = await tx.query<{ tile_index: string; hashes: Buffer }>(
      `select tile_index, hashes from ledger.tile
        where controller_id = $1 and level = 0 and width = 256 and tile_index between $2 and $3`,
      [controller, Math.floor(first / tileWidth), Math.floor((first + count - 1) / tileWidth)],
    )
    for (const row of rows) {
      const from = Math.max(first, Number(row.tile_index) * tileWidth)
      const to = Math.min(first + count, (Number(row.tile_index) + 1) * tileWidth)
      const stored = row.hashes.subarray(
        (from % tileWidth) * hashSize,
        (from % tileWidth) * hashSize + (to - from) * hashSize,
      )
      const own = leaves.subarray((from - first) * hashSize, (to - first) * hashSize)
      if (own.equals(stored)) continue
      for (let at = 0; at < to - from; at += 1) {
        if (!hashAt(own, at).equals(hashAt(stored, at)) && !missing.has(from + at)) {
          report('leaf-altered', from + at, 'the event is not the one that the tree was built from')
        }
      }
      stored.copy(own)
    }
  }

  async function compareTiles(tx: PoolClient, firstTile: number, roots: Buffer) {
    const upper = await growTiles(
      async (level) => edge.get(level)?.hashes ?? Buffer.alloc(0),
      firstTile,
      roots,
    )
    for (const { tile, hashes } of upper) edge.set(tile.level, { index: tile.index, hashes })
    for (const [level, { hashes }] of edge) {
      if (hashes.length === tileWidth * hashSize) edge.delete(level)
    }
    const { rows } = await tx.query<{ level: number; tile_index: string; width: number; hashes: Buffer }>(
      `select t.level, t.tile_index, t.width, t.hashes from ledger.tile t
         join unnest($2::int[], $3::bigint[]) u(level, tile_index) on t.level = u.level and t.tile_index = u.tile_index
        where t.controller_id = $1`,
      [controller, upper.map(({ tile }) => tile.level + 1), upper.map(({ tile }) => tile.index)],
    )
    for (const row of rows) {
      const own = upper.find(
        ({ tile }) => tile.level + 1 === row.level && tile.index === Number(row.tile_index),
      )
      const same = own === undefined || row.hashes.equals(own.hashes.subarray(0, row.width * hashSize))
      if (own !== undefined && row.width <= own.tile.width && !same) {
        report(
          'tile-altered',
          null,
          `tile ${row.level}/${row.tile_index} of width ${row.width} is not the log's`,
        )
      }
    }
  }

  async function missingTiles(tx: PoolClient) {
    const { rows } = await tx.query<{ level: number; tile_index: string }>(
      `select l.level, g.tile_index
         from (select max(size) as size from ledger.checkpoint where controller_id = $1 and size <= $2) c
         cross join generate_series(0, 6) l(level)
         cross join generate_series(0, div(c.size::numeric, 256::numeric ^ (l.level + 1))::bigint - 1) g(tile_index)
        where (select t.width from ledger.tile t where t.controller_id = $1 and t.level = l.level and t.tile_index = g.tile_index and t.width = 256) is null
        order by 1, 2 limit 100`,
      [controller, treeSize(state)],
    )
    for (const row of rows) report('tile-altered', null, `tile ${row.level}/${row.tile_index} is missing`)
  }

  /** Roots that somebody has signed for some size in (first, end]; a checkpoint that does not open is named and left out. */
  async function signedRoots(tx: PoolClient, first: number, end: number): Promise<OutsideCheckpoint[]> {
    const { rows } = await tx.query<{ size: string; note: Buffer }>(
      'select size, note from ledger.checkpoint where controller_id = $1 and size > $2 and size <= $3 order by size',
      [controller, first, end],
    )
    const due: OutsideCheckpoint[] = []
    for (const row of rows) {
      const size = Number(row.size)
      const opened = openOwn(row.note, identity)
      const name = `the checkpoint of size ${size}`
      if (opened?.size === size) due.push({ name, size, root: opened.root })
      else report('checkpoint-altered', size - 1, `${name} is not signed by the log's key`)
    }
    while (outsideLeft[0] !== undefined && outsideLeft[0].size <= end) {
      const kept = outsideLeft.shift() as OutsideCheckpoint
      if (kept.size > first) due.push(kept)
    }
    return due.sort((a, b) => a.size - b.size)
  }

  return {
    add: async (tx, leaves, missing) => {
      if (leaves.length === 0) return
      await compareLeaves(tx, leaves, missing)
      const first = treeSize(state)
      const due = await signedRoots(tx, first, first + leaves.length / hashSize)
      const all = Buffer.concat([state.partial, leaves])
      const firstTile = state.tiles.size
      const roots: Buffer[] = []
      for (let at = 0; at < all.length; at += tileWidth * hashSize) {
        const tile = all.subarray(at, at + tileWidth * hashSize)
        const width = tile.length / hashSize
        const begin = state.tiles.size * tileWidth
        const rows = width === tileWidth || due.length > 0 ? rowsAbove(tile) : []
        for (let kept = due[0]; kept !== undefined && kept.size <= begin + width; kept = due[0]) {
          agree(kept.name, kept.size, kept.root, rootWith(state, rows, kept.size - begin))
          due.shift()
        }
        state.partial = width === tileWidth ? Buffer.alloc(0) : Buffer.from(tile)
        if (width < tileWidth) break
        const root = rows.at(-1) as Buffer
        roots.push(root)
        appendLeaf(state.tiles, root)
      }
      if (roots.length > 0) await compareTiles(tx, firstTile, Buffer.concat(roots))
    },
    finish: async (tx) => {
      await missingTiles(tx)
      const size = treeSize(state)
      const { rows } = await tx.query<{ size: string }>(
        'select max(size) as size from ledger.checkpoint where controller_id = $1 having max(size) > $2',
        [controller, size],
      )
      const lost = [
        ...rows.map((row) => ({ name: 'a stored checkpoint', size: Number(row.size) })),
        ...outsideLeft.filter((kept) => kept.size > size),
      ]
      for (const { name, size: said } of lost) {
        report('log-truncated', size, `${name} says ${said} events, the log has ${size}`)
      }
    },
  }
}
