import { hash } from 'node:crypto'
import { mkdir, rename } from 'node:fs/promises'
import type { Pool, PoolClient } from 'pg'
import { promptly } from '../db/connect.ts'
import { withController } from '../db/transaction.ts'
import type { Clock } from '../platform/clock.ts'
import { storeTiles } from './checkpoints-grow.ts'
import {
  checkpointFile,
  identityOf,
  keysOf,
  type LogIdentity,
  type LogKey,
  openOwn,
} from './checkpoints-key.ts'
import { storedTiles } from './checkpoints-tiles.ts'
import type { KeyProvider } from './key-provider.ts'
import type { Log } from './ledger.ts'
import { readCheckpointFile } from './tree/checkpoint-file.ts'
import { consistencyPath, rootAt } from './tree/merkle.ts'
import { type NoteSigner, parseNote } from './tree/note.ts'
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
  const file = checkpointFile(folder, log)
  const { size, stored, note, identity } = await withController(pool, controller, async (tx) => ({
    ...(await sizes(tx, controller)),
    identity: await identityOf(tx, provider, log),
  }))
  const published = note === null ? undefined : openOwn(note, identity)
  const begins = identity.series > 1 && published?.origin !== identity.origin
  const kept = await leaveBehind(file, identity, await readCheckpointFile(file))
  if (kept === 'another') return { kind: 'refused', reason: 'file-damaged' }
  // A series that was accepted begins without a checkpoint of its own, as a new log does.
  if (kept === null && stored !== null && !begins) return { kind: 'refused', reason: 'file-missing' }
  if (kept === null && size === 0) return { kind: 'unchanged' }
  const last = kept === null ? 0 : openOwn(kept, identity)?.size
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
    signers: signersOf(identity, note),
    logKeys: keysOf(identity, identity.origin).map(({ verifier }) => verifier),
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

type Sizes = { readonly size: number; readonly stored: number | null; readonly note: Buffer | null }

async function sizes(tx: PoolClient, controller: number): Promise<Sizes> {
  const { rows } = await tx.query<{ size: string; stored: string | null; note: Buffer | null }>(
    `select h.size, c.size as stored, c.note from ledger.log_head h
       left join lateral (select size, note from ledger.checkpoint where controller_id = $1 order by size desc limit 1) c on true
      where h.controller_id = $1`,
    [controller],
  )
  const { stored = null, note = null, size = '0' } = rows[0] ?? {}
  return { size: Number(size), stored: stored === null ? null : Number(stored), note }
}

/**
 * Puts the checkpoint of an earlier series aside, as evidence, once its loss was accepted; answers what is kept of this one.
 * 'another': it is not the checkpoint whose loss was accepted. If the process dies here, the next signing does it.
 */
async function leaveBehind(
  file: string,
  identity: Awaited<ReturnType<typeof identityOf>>,
  kept: Buffer | null,
): Promise<Buffer | null | 'another'> {
  const { restore } = identity
  if (kept === null || restore === undefined || openOwn(kept, identity)?.origin === identity.origin)
    return kept
  if (restore.kept !== hash('sha256', kept)) return 'another'
  await rename(file, `${file}.before-series-${identity.series}`)
  return null
}

/** The key before signs too until a checkpoint with the new one is published: whoever knows only the old learns of the new. */
function signersOf(identity: LogIdentity, published: Buffer | null): NoteSigner[] {
  const [current, before] = keysOf(identity, identity.origin) as [LogKey, LogKey?]
  const signed =
    published !== null &&
    parseNote(published).signatures.some(
      (it) => it.name === current.verifier.name && it.keyId.equals(current.verifier.keyId),
    )
  return before === undefined || signed ? [current.signer()] : [current.signer(), before.signer()]
}

/** Logs whose last signing was refused, by slug. */
export async function signingAlarms(pool: Pool): Promise<{ slug: string; reason: string; raisedAt: Date }[]> {
  const { rows } = await pool.query<{ slug: string; reason: string; raised_at: Date }>({
    text: 'select slug, reason, raised_at from ledger.signing_alarms()',
    ...promptly(pool),
  })
  return rows.map((row) => ({ slug: row.slug, reason: row.reason, raisedAt: row.raised_at }))
}

/** How many restores of an older log were accepted, by slug. */
export async function acceptedRestores(pool: Pool): Promise<{ slug: string; restores: number }[]> {
  const { rows } = await pool.query<{ controller_id: number; slug: string }>(
    'select controller_id, slug from ledger.list_controllers()',
  )
  const all: { slug: string; restores: number }[] = []
  for (const { controller_id, slug } of rows) {
    const counted = await withController(pool, controller_id, (tx) =>
      tx.query<{ count: string }>(
        `select count(*) from ledger.event where controller_id = $1 and type = 'checkpoint.restore-accepted'`,
        [controller_id],
      ),
    )
    all.push({ slug, restores: Number(counted.rows[0]?.count ?? 0) })
  }
  return all
}
