import { hash } from 'node:crypto'
import type { PoolClient } from 'pg'
import { DomainError } from '../platform/errors.ts'
import { signingAlarms } from './checkpoints.ts'
import { checkpointFile, identityOf } from './checkpoints-key.ts'
import { type Actor, recordCommand } from './command.ts'
import { identityDigestText } from './digests.ts'
import type { Ledger, Log } from './ledger.ts'
import { reading } from './open.ts'
import { parseCheckpoint } from './tree/checkpoint.ts'
import { readCheckpointFile } from './tree/checkpoint-file.ts'
import { parseNote } from './tree/note.ts'

/** The way out for a log that was restored from an older backup, or whose signer lost its file: see docs/evidence.md. */
export type RestoreStep = {
  readonly step: 'reported' | 'accepted'
  /** Events that had been signed and are not in this log; null where the kept checkpoint is gone or damaged. */
  readonly keptSize: number | null
  /** Events of the log now. */
  readonly size: number
  readonly series: number
}

type Report = { position: string; stream_id: string; kept: string | null; subject_id: string }

/**
 * One person reports the restore and why, another accepts it: only then does the signer put the old checkpoint aside, as
 * evidence, and begin a new series. The reason is sealed. `state-conflict` while the signer refuses nothing.
 */
export async function reportRestore(
  ledger: Ledger,
  log: Log,
  folder: string,
  actor: Actor,
  reason: string,
): Promise<RestoreStep> {
  const state = await restoreState(ledger, log, folder)
  if (state.report !== undefined) {
    throw new DomainError(
      'state-conflict',
      'The restore is reported already: it waits for another person to accept it.',
    )
  }
  await recordCommand(ledger, log, {
    type: 'checkpoint.restore-reported',
    expectedVersion: 0,
    actor,
    data: { keptDigest: state.kept, keptSize: state.keptSize, size: state.size },
    sealed: { reason },
  })
  return { step: 'reported', ...of(state) }
}

/** The second person's word. `four-eyes-required` from who reported it, `state-conflict` if nothing is reported. */
export async function acceptRestore(
  ledger: Ledger,
  log: Log,
  folder: string,
  actor: Actor,
): Promise<RestoreStep> {
  const state = await restoreState(ledger, log, folder)
  const { report } = state
  if (report === undefined) {
    throw new DomainError('state-conflict', 'Nobody has reported this restore: do so first, with --reason.')
  }
  const own = ledger.digests(log.controller).find(identityDigestText(JSON.stringify(['actor', actor.name])))
  const known = await reading(ledger, log, (tx) => actorByDigest(tx, log.controller, own))
  if (known === report.subject_id) {
    throw new DomainError('four-eyes-required', 'A restore is accepted by another than who reported it.')
  }
  await recordCommand(ledger, log, {
    type: 'checkpoint.restore-accepted',
    streamId: report.stream_id,
    expectedVersion: 1,
    actor,
    // The note that is left behind, verbatim: from now on the tree covers it.
    data: { keptDigest: state.kept, keptSize: state.keptSize, keptNote: state.note, series: state.series },
  })
  return { step: 'accepted', ...of(state) }
}

type State = {
  readonly kept: string | null
  readonly note: string | null
  readonly keptSize: number | null
  readonly size: number
  /** The series that would begin. */
  readonly series: number
  readonly report: Report | undefined
}

const of = ({ keptSize, size, series }: State) => ({ keptSize, size, series })

async function restoreState(ledger: Ledger, log: Log, folder: string): Promise<State> {
  const alarms = await signingAlarms(ledger.pool)
  if (!alarms.some(({ slug }) => slug === log.slug)) {
    throw new DomainError('state-conflict', 'The signer has refused nothing: there is no restore to accept.')
  }
  const bytes = await readCheckpointFile(checkpointFile(folder, log))
  const kept = bytes === null ? null : hash('sha256', bytes)
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ size: string }>(
      'select size from ledger.log_head where controller_id = $1',
      [log.controller],
    )
    const identity = await identityOf(tx, ledger.provider, log)
    const stated = bytes === null ? undefined : statedBy(bytes)
    // A log restored for a second time may have lost the event that began the series of the file.
    const seriesOfFile = Number(
      /\/(\d+)$/.exec(stated?.origin.slice(`liggare/0123456789abcdef/${log.slug}`.length) ?? '')?.[1] ?? 1,
    )
    return {
      kept,
      note: stated === undefined ? null : (bytes as Buffer).toString(),
      keptSize: stated?.size ?? null,
      size: Number(rows[0]?.size),
      series: Math.max(identity.series, seriesOfFile) + 1,
      report: await openReport(tx, log.controller, kept),
    }
  })
}

/** What a file says that may be damaged or of another series: to be told, not to be believed. */
function statedBy(bytes: Buffer): { origin: string; size: number } | undefined {
  try {
    return parseCheckpoint(parseNote(bytes).text)
  } catch {
    return undefined
  }
}

/** The report of this very checkpoint that nobody has accepted yet. */
async function openReport(
  tx: PoolClient,
  controller: number,
  kept: string | null,
): Promise<Report | undefined> {
  const { rows } = await tx.query<Report>(
    `select e.position, e.stream_id, e.header::jsonb -> 'data' ->> 'keptDigest' as kept, p.subject_id
       from ledger.event e
       join ledger.event_part p on p.controller_id = $1 and p.position = e.position and p.role = 'actor'
      where e.controller_id = $1 and e.type = 'checkpoint.restore-reported'
        and not exists (select from ledger.event a where a.controller_id = $1 and a.stream_id = e.stream_id and a.stream_version = 2)
      order by e.position desc`,
    [controller],
  )
  return rows.find((row) => row.kept === kept)
}

async function actorByDigest(
  tx: PoolClient,
  controller: number,
  digest: Buffer,
): Promise<string | undefined> {
  const { rows } = await tx.query<{ id: string }>(
    'select id from ledger.identity where controller_id = $1 and digest = $2',
    [controller, digest],
  )
  return rows[0]?.id
}

/** Gives the log another key from its next checkpoint on, which both keys sign. Answers the new vkey. */
export async function rotateLogKey(ledger: Ledger, log: Log, actor: Actor): Promise<string> {
  const before = await reading(ledger, log, (tx) => identityOf(tx, ledger.provider, log))
  await recordCommand(ledger, log, {
    type: 'checkpoint.key-rotated',
    expectedVersion: 0,
    actor,
    data: { before: before.vkey },
  })
  return (await reading(ledger, log, (tx) => identityOf(tx, ledger.provider, log))).vkey
}
