import type { PoolClient } from 'pg'
import type { LogIdentity } from './checkpoints-key.ts'
import { openCheckpoint } from './tree/checkpoint.ts'
import { appendLeaf, emptyFrontier, type Frontier, frontierRoot } from './tree/frontier.ts'
import { hashAt, hashSize } from './tree/hash.ts'
import { growTiles } from './tree/tile-tree.ts'
import { tileWidth } from './tree/tiles.ts'
import type { Report } from './verify-finding.ts'

/** A checkpoint from elsewhere that the log must agree with: the signer's file, or one that somebody kept. */
export type OutsideCheckpoint = { readonly name: string; readonly size: number; readonly root: Buffer }

export type TreeState = {
  readonly frontier: Frontier
  /** The tile at the right edge of each level, as far as it is filled. */
  readonly edge: Map<number, { index: number; hashes: Buffer }>
}

export function emptyTree(): TreeState {
  return { frontier: emptyFrontier(), edge: new Map() }
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
  const { frontier, edge } = state
  let broken = false
  const outsideLeft = [...outside].sort((a, b) => a.size - b.size)

  const agree = (name: string, size: number, root: Buffer) => {
    if (frontierRoot(frontier).equals(root)) return
    // Every later root differs as well: one finding says it.
    if (!broken) report('log-forked', size - 1, `the events before position ${size} are not those of ${name}`)
    broken = true
  }

  async function compareLeaves(tx: PoolClient, leaves: Buffer, missing: ReadonlySet<number>) {
    const first = frontier.size
    const count = leaves.length / hashSize
    const { rows } = await tx.query<{ tile_index: string; hashes: Buffer }>(
      `select tile_index, hashes from ledger.tile
        where controller_id = $1 and level = 0 and width = 256 and tile_index between $2 and $3`,
      [controller, Math.floor(first / tileWidth), Math.floor((first + count - 1) / tileWidth)],
    )
    for (const row of rows) {
      for (let inner = 0; inner < tileWidth; inner += 1) {
        const at = Number(row.tile_index) * tileWidth + inner - first
        if (at < 0 || at >= count) continue
        const stored = hashAt(row.hashes, inner)
        if (!hashAt(leaves, at).equals(stored)) {
          if (!missing.has(first + at)) {
            report('leaf-altered', first + at, 'the event is not the one that the tree was built from')
          }
          stored.copy(leaves, at * hashSize)
        }
      }
    }
  }

  async function compareTiles(tx: PoolClient, leaves: Buffer) {
    const grown = await growTiles(
      async (level) => edge.get(level)?.hashes ?? Buffer.alloc(0),
      frontier.size,
      leaves,
    )
    const upper = grown.filter(({ tile }) => tile.level > 0)
    for (const { tile, hashes } of grown) edge.set(tile.level, { index: tile.index, hashes })
    for (const [level, { hashes }] of edge) {
      if (hashes.length === tileWidth * hashSize) edge.delete(level)
    }
    if (upper.length === 0) return
    const { rows } = await tx.query<{ level: number; tile_index: string; width: number; hashes: Buffer }>(
      `select t.level, t.tile_index, t.width, t.hashes from ledger.tile t
         join unnest($2::int[], $3::bigint[]) u(level, tile_index) on t.level = u.level and t.tile_index = u.tile_index
        where t.controller_id = $1`,
      [controller, upper.map(({ tile }) => tile.level), upper.map(({ tile }) => tile.index)],
    )
    for (const row of rows) {
      const own = upper.find(({ tile }) => tile.level === row.level && tile.index === Number(row.tile_index))
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
      [controller, frontier.size],
    )
    for (const row of rows) report('tile-altered', null, `tile ${row.level}/${row.tile_index} is missing`)
  }

  return {
    add: async (tx, leaves, missing) => {
      if (leaves.length === 0) return
      await compareLeaves(tx, leaves, missing)
      await compareTiles(tx, leaves)
      const first = frontier.size
      const end = first + leaves.length / hashSize
      const { rows } = await tx.query<{ size: string; note: Buffer }>(
        'select size, note from ledger.checkpoint where controller_id = $1 and size > $2 and size <= $3 order by size',
        [controller, first, end],
      )
      const due = rows.map((row) => ({ size: Number(row.size), note: row.note }))
      for (let at = 0; first + at < end; at += 1) {
        appendLeaf(frontier, Buffer.from(hashAt(leaves, at)))
        while (due[0]?.size === frontier.size) {
          const { size, note } = due.shift() as (typeof due)[number]
          const opened = opensAs(note, identity)
          if (opened === undefined || opened.size !== size) {
            report(
              'checkpoint-altered',
              size - 1,
              `the checkpoint of size ${size} is not signed by the log's key`,
            )
          } else {
            agree(`the checkpoint of size ${size}`, size, opened.root)
          }
        }
        while (outsideLeft[0] !== undefined && outsideLeft[0].size <= frontier.size) {
          const kept = outsideLeft.shift() as OutsideCheckpoint
          if (kept.size === frontier.size) agree(kept.name, kept.size, kept.root)
        }
      }
    },
    finish: async (tx) => {
      await missingTiles(tx)
      const { rows } = await tx.query<{ size: string }>(
        'select max(size) as size from ledger.checkpoint where controller_id = $1 having max(size) > $2',
        [controller, frontier.size],
      )
      const lost = [
        ...rows.map((row) => ({ name: 'a stored checkpoint', size: Number(row.size) })),
        ...outsideLeft.filter((kept) => kept.size > frontier.size),
      ]
      for (const { name, size } of lost) {
        report('log-truncated', frontier.size, `${name} says ${size} events, the log has ${frontier.size}`)
      }
    },
  }
}

function opensAs(note: Buffer, identity: LogIdentity) {
  try {
    return openCheckpoint(note, identity.origin, [identity.verifier]).checkpoint
  } catch {
    return undefined
  }
}
