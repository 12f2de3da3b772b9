import type { PoolClient } from 'pg'
import type { Capacity, Verb } from '../events/interaction.ts'
import type { Day } from '../events/vocabulary.ts'
import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { factsOf, retentionBasis, retentionClasses } from './basis-queries.ts'
import { type RetentionClass, readMark } from './class-rules.ts'
import { deliveryCutoff, deliveryDay } from './cutoff.ts'
import { ofClass } from './due.ts'
import type { ObjectScope } from './named-objects.ts'
import { resolve } from './resolve.ts'
import { type RuleVersion, triggerColumn } from './rules.ts'
import { type Named, requirePast, sayOfObjects } from './triggers.ts'

export type DeliveryWish = {
  /** The day of the archive authority's receipt: what rules that start with `archiveDelivered` count from. */
  readonly day: Day
  readonly authority: string
  readonly receipt: string
  readonly scope: ObjectScope
  readonly text?: string | undefined
}

/** Records that objects were delivered to the archive authority, with its receipt. It destroys nothing: that is a rule's. */
export function recordDelivery(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  wish: DeliveryWish,
  onProgress: (objects: number) => void = () => {},
): Promise<Named> {
  const { day, authority, receipt, scope, text } = wish
  requirePast(ledger, day)
  return sayOfObjects(ledger, log, actor, {
    scope,
    undone: { sql: 'o.delivered_on is null' },
    eventOf: (objects) => ({
      type: 'archive.delivered',
      data: { day, authority, receipt, objects },
      ...(text === undefined ? {} : { sealed: { text } }),
    }),
    onProgress,
  })
}

/** What of a class one rule wants delivered, and by when. */
export type ToDeliver = {
  readonly rule: string
  readonly version: number
  readonly name: string
  readonly channel: string
  readonly verb: Verb
  readonly capacity: Capacity
  readonly tags: readonly string[]
  /** Not delivered yet; of these, those whose day has come. */
  readonly objects: number
  readonly due: number
  /** The day by which the first of them should be delivered. */
  readonly first: Day
}

const columns: Readonly<Record<string, string>> = {
  occurredOn: 'o.occurred_on',
  publishedOn: 'o.occurred_on',
  receivedOn: 'o.received_on',
  closedOn: 'o.closed_on',
  obsoleteOn: 'o.obsolete_on',
  withdrawnOn: 'o.withdrawn_on',
}

/** A rule in force that wants a class delivered, with the column it counts from, as SQL, and its parameter if it has one. */
type Wanted = {
  readonly it: RetentionClass
  readonly version: RuleVersion
  readonly start: string
  readonly values: readonly unknown[]
}

async function wantedDeliveries(tx: PoolClient, controller: number, on: Day): Promise<Wanted[]> {
  const basis = await retentionBasis(tx, controller)
  const wanted: Wanted[] = []
  for (const it of await retentionClasses(tx, controller)) {
    const closedOn = basis.closed.get(it.channelId)
    const { verdicts } = resolve(basis.rules, factsOf(basis, it), on, basis.setting)
    for (const { ruleId, version, code } of verdicts) {
      const found = basis.rules.find((rule) => rule.id === ruleId && rule.version === version)
      const applies = code === 'wins' || code === 'preservedUntilDelivery'
      if (found === undefined || !applies || found.rule.archiveDeliveryDays === undefined) continue
      const ofChannel = found.rule.start === 'channelClosed'
      const start = ofChannel ? '$4::date' : columns[triggerColumn(found.rule.start)]
      if (start === undefined || (ofChannel && closedOn === undefined)) continue
      const values = [controller, it.classId, it.mark, ...(ofChannel ? [closedOn] : [])]
      wanted.push({ it, version: found, start, values })
    }
  }
  return wanted
}

/** Everything that rules in force want preserved and delivered: by rule and class, the oldest first. Counts what is kept. */
export async function toDeliver(tx: PoolClient, controller: number, on: Day): Promise<ToDeliver[]> {
  const found: ToDeliver[] = []
  for (const wanted of await wantedDeliveries(tx, controller, on)) {
    const { it, version, start, values } = wanted
    const { rows } = await tx.query<{ objects: string; oldest: Day | null }>(
      `select count(*) as objects, min(${start}) as oldest from model.object o
        where ${ofClass} and o.delivered_on is null and ${start} is not null`,
      [...values],
    )
    const oldest = rows[0]?.oldest ?? undefined
    const first = oldest === undefined ? undefined : deliveryDay(version.rule, oldest)
    if (first === undefined) continue
    found.push({
      rule: version.id,
      version: version.version,
      name: version.rule.name,
      channel: it.channelId,
      verb: it.verb,
      capacity: it.capacity,
      tags: readMark(it.mark).tags,
      objects: Number(rows[0]?.objects),
      due: await dueOf(tx, wanted, on),
      first,
    })
  }
  return found.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))
}

/** How many objects should be with the archive by now: costs what is due, not what is kept. */
export async function countDeliveriesDue(tx: PoolClient, controller: number, on: Day): Promise<number> {
  let due = 0
  for (const wanted of await wantedDeliveries(tx, controller, on)) due += await dueOf(tx, wanted, on)
  return due
}

async function dueOf(tx: PoolClient, { version, start, values }: Wanted, on: Day): Promise<number> {
  const cutoff = deliveryCutoff(version.rule, on)
  if (cutoff === undefined) return 0
  const { rows } = await tx.query<{ due: string }>(
    `select count(*) as due from model.object o
      where ${ofClass} and o.delivered_on is null and ${start} <= $${values.length + 1}::date`,
    [...values, cutoff],
  )
  return Number(rows[0]?.due)
}
