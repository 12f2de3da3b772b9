import type { Pool } from 'pg'
import { withControllerWriting } from '../db/transaction.ts'
import type { Day } from '../events/vocabulary.ts'
import type { Log } from '../ledger/ledger.ts'
import { logSize } from '../ledger/read.ts'
import { localDay } from '../platform/clock.ts'
import { judgeOf } from './audit-basis.ts'
import { pastHolds, pastPurges, pastRulings } from './audit-past.ts'
import {
  actorsAt,
  decidingEvents,
  layOutNamed,
  type ObjectHistory,
  objectHistories,
  objectsOfSubjects,
  seenSince,
} from './audit-queries.ts'
import { type AuditFinding, auditObject, auditPurge, foundingEvent, type PastHold } from './audit-rules.ts'

export type AuditReport = {
  readonly controller: string
  readonly on: Day
  /** Events of the log that the audit covers. */
  readonly size: string
  readonly objects: number
  readonly destroyed: number
  readonly findings: readonly AuditFinding[]
  /** All findings, also those beyond the first thousand. */
  readonly count: number
}

export type AuditOptions = {
  readonly now: Date
  /** How many days after its day an object may stand. */
  readonly graceDays: number
  readonly onProgress?: (objects: number) => void
}

const mostFindings = 1_000

/** Recomputes every due day and every destruction from the events: no read model is asked, so that none can hide anything. */
export function auditRetention(pool: Pool, log: Log, options: AuditOptions): Promise<AuditReport> {
  const { controller } = log
  return withControllerWriting(pool, controller, async (tx) => {
    await tx.query('set local statement_timeout = 0; set local jit = off')
    const size = await logSize(tx, controller)
    const now = { position: BigInt(size), on: localDay(options.now) }
    const deciding = await decidingEvents(tx, controller, size)
    const intents = await layOutNamed(tx, controller, size)
    const actors = await actorsAt(
      tx,
      controller,
      deciding.filter(({ type }) => /^(purge|rule|capacity)\./.test(type)).map(({ position }) => position),
    )
    const holds = pastHolds(deciding)
    const persons = await objectsOfSubjects(
      tx,
      controller,
      holds.filter(({ kind }) => kind === 'subject').map(({ target }) => target),
      size,
    )
    const judge = judgeOf(
      deciding,
      await seenSince(tx, controller, size),
      actors,
      pastRulings(deciding, actors),
    )
    const found: AuditFinding[] = []
    let count = 0
    const report = (findings: readonly AuditFinding[]) => {
      count += findings.length
      found.push(...findings.slice(0, mostFindings - found.length))
    }
    for (const purge of pastPurges(deciding, intents, actors))
      report(auditPurge(purge, now, options.graceDays))
    let objects = 0
    let destroyed = 0
    for await (const histories of objectHistories(tx, controller, size)) {
      for (const it of histories) {
        const covering = holds.filter((hold) => covers(hold, it, persons.get(it.object)))
        report(auditObject({ ...judge(it, now), holds: covering }, now, options.graceDays))
        if (it.condemned !== undefined) destroyed += 1
      }
      objects += histories.length
      options.onProgress?.(objects)
    }
    return { controller: log.slug, on: now.on, size, objects, destroyed, findings: found, count }
  })
}

function covers(hold: PastHold, it: ObjectHistory, persons: ReadonlySet<string> | undefined): boolean {
  const founding = foundingEvent(it.events)
  switch (hold.kind) {
    case 'object':
      return hold.target === it.object
    case 'thread':
      return hold.target === it.object || hold.target === founding.thread
    case 'channel':
      return hold.target === founding.channel
    case 'query':
      return (
        hold.target === founding.channel &&
        (hold.verb ?? founding.verb) === founding.verb &&
        (hold.firstOn ?? '') <= founding.occurredOn &&
        founding.occurredOn <= (hold.lastOn ?? '9999-12-31')
      )
    case 'subject':
      return persons?.has(hold.target) ?? false
  }
}
