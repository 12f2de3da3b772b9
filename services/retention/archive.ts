import type { PoolClient } from 'pg'
import type { Capacity, Verb } from '../events/interaction.ts'
import type { Day } from '../events/vocabulary.ts'
import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { factsOf, retentionBasis, retentionClasses } from './basis-queries.ts'
import { readMark } from './class-rules.ts'
import { deliveryDay } from './cutoff.ts'
import { ofClass } from './due.ts'
import type { ObjectScope } from './named-objects.ts'
import { resolve } from './resolve.ts'
import { triggerColumn } from './rules.ts'
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

/** Everything that rules in force want preserved and delivered on a day: by rule and class, the oldest first. */
export async function toDeliver(tx: PoolClient, controller: number, on: Day): Promise<ToDeliver[]> {
  const basis = await retentionBasis(tx, controller)
  const found: ToDeliver[] = []
  for (const it of await retentionClasses(tx, controller)) {
    const { verdicts } = resolve(basis.rules, factsOf(basis, it), on, basis.setting)
    for (const verdict of verdicts) {
      const version = basis.rules.find(
        (rule) => rule.id === verdict.ruleId && rule.version === verdict.version,
      )
      const applies = verdict.code === 'wins' || verdict.code === 'preservedUntilDelivery'
      if (version === undefined || !applies || version.rule.archiveDeliveryDays === undefined) continue
      const { rule } = version
      const closedOn = basis.closed.get(it.channelId)
      if (rule.start === 'channelClosed' && closedOn === undefined) continue
      const start = rule.start === 'channelClosed' ? '$4::date' : columns[triggerColumn(rule.start)]
      if (start === undefined) continue
      const values = [controller, it.classId, it.mark, ...(rule.start === 'channelClosed' ? [closedOn] : [])]
      const counted = await undelivered(tx, values, start)
      const days = counted.map(({ day, objects }) => ({ by: deliveryDay(rule, day), objects }))
      const due = days.filter(({ by }) => by !== undefined && by <= on)
      const first = days.flatMap(({ by }) => by ?? []).toSorted()[0]
      if (first === undefined) continue
      found.push({
        rule: version.id,
        version: version.version,
        name: rule.name,
        channel: it.channelId,
        verb: it.verb,
        capacity: it.capacity,
        tags: readMark(it.mark).tags,
        objects: days.reduce((sum, { objects }) => sum + objects, 0),
        due: due.reduce((sum, { objects }) => sum + objects, 0),
        first,
      })
    }
  }
  return found.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))
}

/** Objects of a class that are not delivered, counted by the day from which the rule counts. */
async function undelivered(tx: PoolClient, values: readonly unknown[], start: string) {
  const { rows } = await tx.query<{ day: Day; objects: string }>(
    `select ${start} as day, count(*) as objects from model.object o
      where ${ofClass} and o.delivered_on is null and ${start} is not null
      group by 1`,
    [...values],
  )
  return rows.map(({ day, objects }) => ({ day, objects: Number(objects) }))
}
