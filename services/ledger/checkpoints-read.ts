import type { PoolClient } from 'pg'
import { DomainError } from '../platform/errors.ts'
import { withCosignatures } from './checkpoints-evidence.ts'
import { readEntries, storedTiles } from './checkpoints-tiles.ts'
import { parseCheckpoint } from './tree/checkpoint.ts'
import { consistencyPath, rootAt } from './tree/merkle.ts'
import { parseNote } from './tree/note.ts'
import { createProof, formatProof } from './tree/proof.ts'
import { nodesFromTiles } from './tree/tile-tree.ts'
import { encodeBundle, type Tile, tileWidth, widthIn } from './tree/tiles.ts'

/** The newest checkpoint as published, with the signatures of the witnesses that have answered; `not-found` while nothing has been signed. */
export async function newestCheckpoint(
  tx: PoolClient,
  controller: number,
): Promise<{ size: number; note: Buffer }> {
  const { rows } = await tx.query<{ size: string; note: Buffer }>(
    'select size, note from ledger.checkpoint where controller_id = $1 order by size desc limit 1',
    [controller],
  )
  const [row] = rows
  if (row === undefined) throw new DomainError('not-found', 'Nothing of this log has been signed yet.')
  const size = Number(row.size)
  return { size, note: await withCosignatures(tx, controller, { size, note: row.note }) }
}

/** The newest checkpoint that does not go beyond `size` events; undefined when nothing was signed by then. */
export async function checkpointBefore(
  tx: PoolClient,
  controller: number,
  size: number,
): Promise<{ size: number; note: Buffer } | undefined> {
  const { rows } = await tx.query<{ size: string; note: Buffer }>(
    'select size, note from ledger.checkpoint where controller_id = $1 and size <= $2 order by size desc limit 1',
    [controller, size],
  )
  return rows[0] && { size: Number(rows[0].size), note: rows[0].note }
}

/** The entries at some positions, in their order, each with its path to the root of a checkpoint that covers them all. */
export async function inclusionPaths(
  tx: PoolClient,
  controller: number,
  positions: readonly number[],
  checkpoint: { readonly size: number; readonly note: string },
): Promise<{ entry: Buffer; path: readonly Buffer[] }[]> {
  const nodes = nodesFromTiles(storedTiles(tx, controller), checkpoint.size)
  const note = Buffer.from(checkpoint.note)
  const { rows } = await tx.query<{ position: string; entry: Buffer }>(
    'select position, entry from ledger.event where controller_id = $1 and position = any ($2::bigint[])',
    [controller, positions],
  )
  const entries = new Map(rows.map(({ position, entry }) => [Number(position), entry]))
  const proofs: { entry: Buffer; path: readonly Buffer[] }[] = []
  for (const position of positions) {
    const entry = entries.get(position)
    if (entry === undefined) throw new DomainError('not-found', 'The log has no such entries')
    proofs.push({ entry, path: (await createProof(nodes, position, note)).path })
  }
  return proofs
}

/** A tile or a bundle of entries of the published tree; `not-found` beyond its edge. */
export async function readTile(tx: PoolClient, controller: number, tile: Tile): Promise<Buffer> {
  const { size } = await newestCheckpoint(tx, controller)
  if (tile.width > widthIn(size, tile.level, tile.index)) {
    throw new DomainError('not-found', 'The published tree has no such tile.')
  }
  if (tile.level !== 'entries') return storedTiles(tx, controller)(tile.level, tile.index, tile.width)
  const from = tile.index * tileWidth
  return encodeBundle(await readEntries(tx, controller, from, from + tile.width))
}

/** That the event at `position` stands in the newest checkpoint: a tlog-proof as a file. */
export async function proveInclusion(tx: PoolClient, controller: number, position: number) {
  const { size, note } = await newestCheckpoint(tx, controller)
  if (position >= size) {
    throw new DomainError('not-found', 'No checkpoint covers that position yet.')
  }
  const proof = await createProof(nodesFromTiles(storedTiles(tx, controller), size), position, note)
  const [entry] = await readEntries(tx, controller, position, position + 1)
  return { size, entry: entry as Buffer, path: proof.path, proof: formatProof(proof) }
}

/** That the log of `to` events continues the one of `from`; both within the newest checkpoint. */
export async function proveConsistency(tx: PoolClient, controller: number, from: number, to?: number) {
  const { size, note } = await newestCheckpoint(tx, controller)
  const end = to ?? size
  if (end > size || from > end) {
    throw new DomainError('not-found', 'The published tree has no such sizes.')
  }
  const nodes = nodesFromTiles(storedTiles(tx, controller), size)
  const root = end === size ? parseCheckpoint(parseNote(note).text).root : await rootAt(nodes, end)
  return { to: end, path: await consistencyPath(nodes, from, end), fromRoot: await rootAt(nodes, from), root }
}
