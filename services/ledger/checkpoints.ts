import { mkdir } from 'node:fs/promises'
import type { Pool, PoolClient } from 'pg'
import { withController } from '../db/transaction.ts'
import type { Clock } from '../platform/clock.ts'
import { storeTiles } from './checkpoints-grow.ts'
import { checkpointFile, logIdentity } from './checkpoints-key.ts'
import { storedTiles } from './checkpoints-tiles.ts'
import type { KeyProvider } from './key-provider.ts'
import type { Log } from './ledger.ts'
import { openCheckpoint } from './tree/checkpoint.ts'
import { readCheckpointFile } from './tree/checkpoint-file.ts'
import { consistencyPath, rootAt } from './tree/merkle.ts'
import { type SigningPlace, signNext } from './tree/sign-next.ts'
import { nodesFromTiles } from './tree/tile-tree.ts'

/** What the one signer of an installation works with. */
export type SignerDeps = {
  /** The worker's pool. */
  readonly pool: Pool
  readonly provider: KeyProvider
  readonly clock: Clock
  /** Where the newest checkpoint of each log is kept, outside the database and its backups. */
  readonly folder: string
}

/**
 * Why a log was not signed: it lost entries, or has others than those once signed; or the signer's memory is gone or
 * damaged although the database knows checkpoints. Never tried again over another file: somebody has to look.
 */
export type Refusal = 'smaller' | 'forked' | 'file-missing' | 'file-damaged'

export type CheckpointOutcome =
  | { readonly kind: 'signed'; readonly size: number }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly reason: Refusal }

/**
 * Signs the log as it stands, if it has grown: tiles first, then the file outside the database, then the published
 * checkpoint. A refusal leaves an alarm that readiness and metrics show, and `verify` says which events it is about.
 * One caller at a time for each installation.
 */
export async function makeCheckpoint(deps: SignerDeps, log: Log): Promise<CheckpointOutcome> {
  const outcome = await signLog(deps, log)
  if (outcome.kind === 'refused') {
    await deps.pool.query('select ledger.raise_signing_alarm($1, $2, $3)', [
      log.controller,
      outcome.reason,
      deps.clock.now(),
    ])
  }
  return outcome
}

async function signLog(deps: SignerDeps, log: Log): Promise<CheckpointOutcome> {
  const { pool, provider, clock, folder } = deps
  const { controller } = log
  const identity = logIdentity(provider, log)
  const file = checkpointFile(folder, log)
  const { size, stored } = await withController(pool, controller, (tx) => sizes(tx, controller))
  const kept = await readCheckpointFile(file)
  if (kept === null && stored !== null) return { kind: 'refused', reason: 'file-missing' }
  if (kept === null && size === 0) return { kind: 'unchanged' }
  const last = kept === null ? 0 : sizeIn(kept, identity.origin, identity.verifier)
  if (last === undefined) return { kind: 'refused', reason: 'file-damaged' }
  if (size < last || size < (stored ?? 0)) return { kind: 'refused', reason: 'smaller' }
  if (size === last && size === stored) return { kind: 'unchanged' }
  try {
    await storeTiles(pool, controller, stored ?? 0, size)
  } catch (error) {
    if ((error as { code?: string }).code !== 'LG008') throw error
    return { kind: 'refused', reason: 'forked' }
  }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const place: SigningPlace = {
    origin: identity.origin,
    file,
    signers: [identity.signer()],
    logKeys: [identity.verifier],
  }
  const signed = await withController(pool, controller, async (tx) => {
    const nodes = nodesFromTiles(storedTiles(tx, controller), size)
    return signNext(place, { size, root: await rootAt(nodes, size) }, (from, to) =>
      consistencyPath(nodes, from, to),
    )
  })
  if (signed.kind === 'refuse') return { kind: 'refused', reason: signed.reason }
  await pool.query('select ledger.store_checkpoint($1, $2, $3, $4)', [
    controller,
    size,
    signed.checkpoint,
    clock.now(),
  ])
  return { kind: 'signed', size }
}

async function sizes(tx: PoolClient, controller: number): Promise<{ size: number; stored: number | null }> {
  const { rows } = await tx.query<{ size: string; stored: string | null }>(
    `select size, (select max(c.size) from ledger.checkpoint c where c.controller_id = $1) as stored
       from ledger.log_head where controller_id = $1`,
    [controller],
  )
  const stored = rows[0]?.stored ?? null
  return { size: Number(rows[0]?.size ?? 0), stored: stored === null ? null : Number(stored) }
}

function sizeIn(kept: Buffer, origin: string, key: SigningPlace['logKeys'][number]): number | undefined {
  try {
    return openCheckpoint(kept, origin, [key]).checkpoint.size
  } catch {
    return undefined
  }
}

/** Logs whose last signing was refused, by slug. */
export async function signingAlarms(pool: Pool): Promise<{ slug: string; reason: string; raisedAt: Date }[]> {
  const { rows } = await pool.query<{ slug: string; reason: string; raised_at: Date }>(
    'select slug, reason, raised_at from ledger.signing_alarms()',
  )
  return rows.map((row) => ({ slug: row.slug, reason: row.reason, raisedAt: row.raised_at }))
}
