import type { Pool, PoolClient } from 'pg'
import { withController } from '../db/transaction.ts'
import type { LogIdentity } from './checkpoints-key.ts'
import type { Log } from './ledger.ts'
import { hashSize, leafHash } from './tree/hash.ts'
import { checkAfterwards, checkDestruction, checkSealedParts } from './verify-destruction.ts'
import { type EventText, eventChecker, eventSelect } from './verify-event.ts'
import { type Finding, findings, type Report } from './verify-finding.ts'
import { treeAt } from './verify-resume.ts'
import { emptyTree, type OutsideCheckpoint, type TreeChecker, treeChecker } from './verify-tree.ts'

export type VerifyOptions = {
  /** Size of a stored checkpoint whose beginning is taken as verified; by default everything is read. */
  readonly from?: number
  /** Whether ciphertexts are compared with the digests in the log; not possible for the auditor, who may not read them. */
  readonly sealed: boolean
  readonly outside?: readonly OutsideCheckpoint[]
  readonly onProgress?: (position: number, size: number) => void
}

export type VerifyReport = {
  readonly controller: string
  readonly from: number
  /** The log's size at the end of the run. */
  readonly size: number
  readonly findings: readonly Finding[]
  /** All findings, also those beyond the first thousand. */
  readonly count: number
}

/** Positions in one snapshot: some megabytes of rows. A multiple of the tile's width. */
const batchSize = 10_240

/**
 * Recomputes a log from its rows, batch by batch in flat memory: what changes is checked in one snapshot a batch, so that
 * purges and appends go on meanwhile. Reads only. Not recomputed, because nothing outside the sealed parts could: the keyed digests.
 */
export async function verifyLog(
  pool: Pool,
  log: Log,
  identity: LogIdentity,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const found = findings()
  const { report } = found
  const { controller } = log
  const from = options.from ?? 0
  const inLog = <T>(work: (tx: PoolClient) => Promise<T>) =>
    withController(pool, controller, async (tx) => {
      await tx.query(`set local statement_timeout = 0; set local jit = off`)
      return work(tx)
    })
  const state = from === 0 ? emptyTree() : await inLog((tx) => treeAt(tx, controller, from, identity))
  const run = {
    log,
    sealed: options.sealed,
    report,
    check: eventChecker(log, report),
    tree: treeChecker(controller, identity, options.outside ?? [], state, report),
  }
  let at = from
  let ahead: Ahead | undefined
  for (;;) {
    const size = await inLog(async (tx) => {
      const head = await headOf(tx, controller)
      const end = Math.min(head.size, endOf(at))
      if (at < end) {
        const rows =
          ahead?.from === at && ahead.to === end ? await ahead.rows : await rowsOf(tx, controller, at, end)
        // The database prepares the next rows while these are checked.
        ahead =
          end < head.size ? readAhead(inLog, controller, end, Math.min(head.size, endOf(end))) : undefined
        await verifyBatch(tx, run, rows, at, end)
        at = end
      }
      if (at >= head.size) await verifyEnd(tx, run, head)
      return head.size
    })
    options.onProgress?.(at, size)
    if (at >= size) return { controller: log.slug, from, size, findings: found.list, count: found.count() }
  }
}

const endOf = (position: number) => position - (position % batchSize) + batchSize

type Rows = readonly EventText[]
type Ahead = { readonly from: number; readonly to: number; readonly rows: Promise<Rows> }

function readAhead(
  inLog: (work: (tx: PoolClient) => Promise<Rows>) => Promise<Rows>,
  controller: number,
  from: number,
  to: number,
): Ahead {
  const rows = inLog((tx) => rowsOf(tx, controller, from, to))
  // Whoever awaits it meets its error; nobody does if the run has failed before.
  rows.catch(() => {})
  return { from, to, rows }
}

async function rowsOf(tx: PoolClient, controller: number, from: number, to: number): Promise<Rows> {
  const { rows } = await tx.query<EventText & unknown[]>({
    text: eventSelect,
    values: [controller, from, to],
    rowMode: 'array',
  })
  return rows
}

type Run = {
  readonly log: Log
  readonly sealed: boolean
  readonly report: Report
  readonly check: ReturnType<typeof eventChecker>
  readonly tree: TreeChecker
}

async function verifyBatch(tx: PoolClient, run: Run, rows: Rows, from: number, to: number): Promise<void> {
  const { controller } = run.log
  const leaves = Buffer.alloc((to - from) * hashSize)
  const missing = new Set<number>()
  let expected = from
  for (const row of rows) {
    const position = Number(row[0])
    for (; expected < position; expected += 1) lost(expected, missing, run.report)
    expected = position + 1
    leafHash(Buffer.from(row[5], 'hex')).copy(leaves, (position - from) * hashSize)
    const event = run.check(row)
    if (event?.type.startsWith('purge.')) {
      await checkDestruction(tx, controller, row[0], event, run.report)
    }
  }
  for (; expected < to; expected += 1) lost(expected, missing, run.report)
  if (run.sealed) await checkSealedParts(tx, controller, from, to, run.report)
  await run.tree.add(tx, leaves, missing)
}

function lost(position: number, missing: Set<number>, report: Report): void {
  missing.add(position)
  report('event-missing', position, 'no event stands at this position')
}

type Head = { readonly size: number; readonly last: string }

async function headOf(tx: PoolClient, controller: number): Promise<Head> {
  const { rows } = await tx.query<{ size: string; last: string }>(
    'select size, last_recorded_at::text as last from ledger.log_head where controller_id = $1',
    [controller],
  )
  return { size: Number(rows[0]?.size ?? 0), last: rows[0]?.last ?? '-infinity' }
}

async function verifyEnd(tx: PoolClient, run: Run, head: Head): Promise<void> {
  const { log, report } = run
  const { rows } = await tx.query<{ position: string; last: string }>(
    `select position, recorded_at::text as last from ledger.event
      where controller_id = $1 and position >= $2 order by position limit 100`,
    [log.controller, Math.max(0, head.size - 1)],
  )
  for (const row of rows) {
    if (Number(row.position) >= head.size) {
      report('event-surplus', row.position, `the log's head says ${head.size} events`)
    } else if (row.last !== head.last) {
      report('head-altered', row.position, "the head's last recording is not that of the last event")
    }
  }
  await checkAfterwards(tx, log.controller, run.sealed, report)
  await run.tree.finish(tx)
}
