import type { PoolClient } from 'pg'
import { DomainError } from '../platform/errors.ts'
import { checkpointFile, type LogIdentity, openOwn } from './checkpoints-key.ts'
import { storedTiles } from './checkpoints-tiles.ts'
import type { Log } from './ledger.ts'
import { readCheckpointFile } from './tree/checkpoint-file.ts'
import { nodesFromTiles, tileHeight } from './tree/tile-tree.ts'
import { tileWidth, widthIn } from './tree/tiles.ts'
import { emptyTree, type OutsideCheckpoint, type TreeState, treeRoot } from './verify-tree.ts'

/**
 * The tree as it was at a signed checkpoint, so that only what follows has to be read. The tiles it is taken from are
 * believed no further than they lead to the signed root. `not-found` if no checkpoint of that size is stored.
 */
export async function treeAt(
  tx: PoolClient,
  controller: number,
  size: number,
  identity: LogIdentity,
): Promise<TreeState> {
  const state = emptyTree()
  if (size === 0) return state
  const { rows } = await tx.query<{ note: Buffer }>(
    'select note from ledger.checkpoint where controller_id = $1 and size = $2',
    [controller, size],
  )
  const [row] = rows
  if (row === undefined) throw new DomainError('not-found', `There is no checkpoint of size ${size}.`)
  const read = storedTiles(tx, controller)
  const nodes = nodesFromTiles(read, size)
  const { tiles } = state
  tiles.size = Math.floor(size / tileWidth)
  let at = 0
  for (let height = Math.floor(Math.log2(size)); height >= tileHeight; height -= 1) {
    if (Math.floor(size / 2 ** height) % 2 === 0) continue
    tiles.roots.push(Buffer.from(await nodes(height, at / 2 ** height)))
    at += 2 ** height
  }
  if (size % tileWidth > 0) state.partial = Buffer.from(await read(0, tiles.size, size % tileWidth))
  for (let level = 1, span = tileWidth; size >= span; level += 1, span *= tileWidth) {
    const index = Math.floor(size / span / tileWidth)
    const width = widthIn(size, level, index)
    // One level lower: they are the leaves of the tree over the tiles.
    if (width > 0) state.edge.set(level - 1, { index, hashes: Buffer.from(await read(level, index, width)) })
  }
  const signed = openOwn(row.note, identity)
  if (signed?.size !== size || !treeRoot(state).equals(signed.root)) {
    throw new DomainError(
      'integrity-failed',
      `The tiles do not lead to the checkpoint of size ${size}. Verify from 0.`,
    )
  }
  return state
}

/**
 * The checkpoint that the signer keeps in `folder`, outside the database, for the log to be held against. Undefined where
 * there is none; `integrity-failed` if it is not signed by the log's key.
 */
export async function keptCheckpoint(
  folder: string,
  log: Log,
  identity: LogIdentity,
): Promise<OutsideCheckpoint | undefined> {
  const bytes = await readCheckpointFile(checkpointFile(folder, log))
  if (bytes === null) return undefined
  const opened = openOwn(bytes, identity)
  if (opened === undefined) {
    throw new DomainError(
      'integrity-failed',
      `The signer's file of ${log.slug} is not signed by the log's key.`,
    )
  }
  const { origin, size, root } = opened
  // Of an earlier series: its loss was accepted, and the signer has not put it aside yet.
  if (origin !== identity.origin) return undefined
  return { name: `the signer's file of size ${size}`, size, root }
}
