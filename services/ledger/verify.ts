import type { Pool, PoolClient } from 'pg'
import { copyOut } from '../db/copy-out.ts'
import { withController } from '../db/transaction.ts'
import type { LogIdentity } from './checkpoints-key.ts'
import type { Log } from './ledger.ts'
import { hashSize, leafHash } from './tree/hash.ts'
import { checkAfterwards, checkDestruction } from './verify-destruction.ts'
import { eventChecker, eventSelect } from './verify-event.ts'
import { type Finding, findings, type Report } from './verify-finding.ts'
import { checkLookups } from './verify-lookups.ts'
import { checkUnsealed, type Parts, readParts } from './verify-parts.ts'
import { type PartsThread, partsThread } from './verify-parts-thread.ts'
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
  const run: Run = {
    log,
    report,
    sealed: options.sealed,
    tree: treeChecker(controller, identity, options.outside ?? [], state, report),
  }
  const known = await inLog((tx) => headOf(tx, controller))
  let at = from
  let last = Number.NEGATIVE_INFINITY
  const thread = openThread(pool, controller, options.sealed, known.size - from, report)
  const read = (begin: number, to: number) =>
    thread?.read(begin, to) ?? inLog((tx) => readParts(tx, controller, begin, to, options.sealed, report))
  try {
    let ahead: Promise<Parts> | undefined
    while (at < known.size) {
      const end = Math.min(known.size, endOf(at))
      const parts = await (ahead ?? read(at, end))
      // The next parts are read while these events are checked: contents are half of the work.
      ahead = end < known.size ? read(end, Math.min(known.size, endOf(end))) : undefined
      // Whoever awaits it meets its error; nobody does if the run fails before.
      ahead?.catch(() => {})
      last = await inLog((tx) => verifyBatch(tx, run, parts, last))
      at = end
      options.onProgress?.(at, known.size)
    }
  } finally {
    await thread?.close()
  }
  // What has been appended meanwhile and what is said of the whole, in one snapshot: else a checkpoint might be newer.
  await inLog(async (tx) => {
    const head = await headOf(tx, controller)
    while (at < head.size) {
      const end = Math.min(head.size, endOf(at))
      const parts = await readParts(tx, controller, at, end, options.sealed, report)
      last = await verifyBatch(tx, run, parts, last)
      at = end
    }
    await verifyEnd(tx, run, head)
  })
  return { controller: log.slug, from, size: at, findings: found.list, count: found.count() }
}

/** A short log is read before a thread would have started. */
function openThread(
  pool: Pool,
  controller: number,
  sealed: boolean,
  events: number,
  report: Report,
): PartsThread | undefined {
  const url = pool.options.connectionString
  if (url === undefined || events <= 4 * batchSize) return undefined
  return partsThread({ url, controller, sealed }, report)
}

const endOf = (position: number) => position - (position % batchSize) + batchSize

type Run = {
  readonly log: Log
  readonly report: Report
  readonly sealed: boolean
  readonly tree: TreeChecker
}

/** Answers when its last event was recorded, for the next batch not to go back behind it. */
async function verifyBatch(tx: PoolClient, run: Run, parts: Parts, last: number): Promise<number> {
  const { report } = run
  const { controller, slug } = run.log
  const { from, to } = parts
  const checker = eventChecker(slug, parts, last, report)
  const leaves = Buffer.alloc((to - from) * hashSize)
  const missing = new Set<number>()
  let expected = from
  const lostUpTo = (position: number) => {
    for (; expected < position; expected += 1) {
      missing.add(expected)
      report('event-missing', expected, 'no event stands at this position')
    }
  }
  await copyOut(tx, eventSelect(controller, from, to), (chunk, at) => {
    const position = checker.check(chunk, at)
    lostUpTo(position)
    expected = position + 1
    leafHash(checker.entry()).copy(leaves, (position - from) * hashSize)
  })
  lostUpTo(to)
  for (const event of checker.noted) await checkDestruction(tx, controller, event, report)
  await checkUnsealed(tx, controller, parts, report)
  await run.tree.add(tx, leaves, missing)
  return checker.last()
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
  const beyond = await tx.query<{ position: string }>(
    'select distinct position from ledger.event_part where controller_id = $1 and position >= $2 order by position limit 100',
    [log.controller, head.size],
  )
  for (const row of beyond.rows) {
    report('part-row-altered', row.position, `a part's row stands behind the log's ${head.size} events`)
  }
  for (const row of rows) {
    if (Number(row.position) >= head.size) {
      report('event-surplus', row.position, `the log's head says ${head.size} events`)
    } else if (row.last !== head.last) {
      report('head-altered', row.position, "the head's last recording is not that of the last event")
    }
  }
  await checkAfterwards(tx, log.controller, run.sealed, report)
  if (run.sealed) await checkLookups(tx, log.controller, head.size, report)
  await run.tree.finish(tx)
}
