import type { Pool } from 'pg'
import { withControllerWriting } from '../db/transaction.ts'
import { ProcessingActivity } from '../events/activity.ts'
import { type ConflictPolicy, RetentionRule } from '../events/retention-rule.ts'
import type { Day } from '../events/vocabulary.ts'
import type { Log } from '../ledger/ledger.ts'
import { logSize, type StoredEvent } from '../ledger/read.ts'
import { localDay } from '../platform/clock.ts'
import { pastHolds, pastPurges } from './audit-past.ts'
import {
  actorsAt,
  decidingEvents,
  layOutNamed,
  type ObjectHistory,
  objectHistories,
  objectsOfSubjects,
  type Seen,
  seenSince,
} from './audit-queries.ts'
import {
  type AuditFinding,
  auditObject,
  auditPurge,
  daysOf,
  foundingEvent,
  type PastHold,
} from './audit-rules.ts'
import { factsOf, type RetentionBasis } from './basis-queries.ts'
import { type Resolution, resolve } from './resolve.ts'

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
      deciding.filter(({ type }) => type.startsWith('purge.')).map(({ position }) => position),
    )
    const holds = pastHolds(deciding)
    const persons = await objectsOfSubjects(
      tx,
      controller,
      holds.filter(({ kind }) => kind === 'subject').map(({ target }) => target),
      size,
    )
    const judge = judgeOf(deciding, await seenSince(tx, controller, size))
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
    case 'subject':
      return persons?.has(hold.target) ?? false
  }
}

type Declared = RetentionBasis & { readonly declaredOn: ReadonlyMap<string, Day> }

/** Judges an object by what was declared and seen when it was condemned, or is now. */
function judgeOf(deciding: readonly StoredEvent[], seen: readonly Seen[]) {
  const declared = deciding.filter(({ type }) => type.endsWith('.declared'))
  const bases = new Map<number, Declared>()
  const resolutions = new Map<string, Resolution>()
  const basisAt = (position: bigint): { basis: Declared; version: number } => {
    let version = declared.length
    while (version > 0 && BigInt(declared[version - 1]?.position ?? 0) >= position) version -= 1
    const basis = bases.get(version) ?? basisOf(declared.slice(0, version))
    bases.set(version, basis)
    return { basis, version }
  }
  return (it: ObjectHistory, now: { readonly position: bigint; readonly on: Day }) => {
    const at = it.condemned ?? now
    const { channel, verb, capacity } = foundingEvent(it.events)
    const { basis, version } = basisAt(at.position)
    const key = `${channel} ${verb}`
    const categories = seen.filter((row) => row.key === key && row.since < at.position)
    const known = `${version} ${at.on} ${key} ${capacity} ${categories.length}`
    const names = categories.map(({ category }) => category)
    const resolution =
      resolutions.get(known) ??
      resolve(
        basis.rules,
        factsOf(
          { ...basis, seen: new Map([[key, names]]) },
          { classId: 0, channelId: channel, verb, capacity },
        ),
        at.on,
        basis.setting,
      )
    if (resolutions.size > 10_000) resolutions.clear()
    resolutions.set(known, resolution)
    const days = daysOf(it.events, it.triggered, basis.closed.get(channel))
    const since = [
      it.events[0]?.recordedOn as Day,
      ...it.triggered.map(({ recordedOn }) => recordedOn),
      ...resolution.deciding.flatMap(({ id, rule }) => [rule.validFrom, basis.declaredOn.get(id) as Day]),
    ]
    const knownOn = since.toSorted().at(-1) as Day
    return { object: it.object, days, resolution, knownOn, condemned: it.condemned }
  }
}

function basisOf(events: readonly StoredEvent[]): Declared {
  const newest = new Map(events.map((event) => [`${event.type} ${event.streamId}`, event]))
  const documents = (kind: string) => [...newest.values()].filter(({ type }) => type === `${kind}.declared`)
  const closed = new Map<string, Day>()
  for (const { streamId, data } of documents('channel')) {
    const { closedOn } = data['document'] as { closedOn?: Day }
    if (closedOn !== undefined) closed.set(streamId, closedOn)
  }
  let setting: ConflictPolicy = 'longest'
  for (const { data } of documents('controller')) {
    const { conflictPolicy } = data['document'] as { conflictPolicy?: { policy: ConflictPolicy } }
    setting = conflictPolicy?.policy ?? setting
  }
  return {
    rules: documents('rule').map(({ streamId, streamVersion, data }) => ({
      id: streamId,
      version: streamVersion,
      rule: RetentionRule.parse(data['document']),
    })),
    activities: documents('activity').map(({ streamId, data }) => ({
      id: streamId,
      scope: ProcessingActivity.parse(data['document']).scope,
    })),
    declaredOn: new Map(documents('rule').map((event) => [event.streamId, localDay(event.recordedAt)])),
    rulesPosition: events.at(-1)?.position ?? '-1',
    closed,
    seen: new Map(),
    setting,
  }
}
