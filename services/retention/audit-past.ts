import { Capacity } from '../events/interaction.ts'
import type { Day } from '../events/vocabulary.ts'
import type { StoredEvent } from '../ledger/read.ts'
import { localDay } from '../platform/clock.ts'
import type { IntentRow } from './audit-queries.ts'
import type { AuditedPurge, PastHold } from './audit-rules.ts'
import type { HoldKind } from './hold-queries.ts'

/** Every hold there ever was, with the span of the log in which it stood. */
export function pastHolds(events: readonly StoredEvent[]): PastHold[] {
  const lifted = new Map<string, StoredEvent>()
  for (const event of events) {
    if (event.type === 'hold.lifted' && !lifted.has(event.streamId)) lifted.set(event.streamId, event)
  }
  return events
    .filter(({ type }) => type === 'hold.placed')
    .map(({ streamId, position, data }) => {
      const end = lifted.get(streamId)
      return {
        kind: data['kind'] as HoldKind,
        target: data['target'] as string,
        verb: data['verb'] as string | undefined,
        firstOn: data['from'] as string | undefined,
        lastOn: data['to'] as string | undefined,
        from: BigInt(position),
        to: end === undefined ? undefined : BigInt(end.position),
        liftedOn: end === undefined ? undefined : localDay(end.recordedAt),
      }
    })
}

/** A ruling on the capacity of an object, and when another than who ruled said that its content be destroyed. */
export type PastRuling = {
  readonly position: bigint
  readonly capacity: Capacity
  readonly approved: { readonly position: bigint; readonly on: Day } | undefined
}

/** The rulings on each object, in the order of the log. */
export function pastRulings(
  events: readonly StoredEvent[],
  actors: ReadonlyMap<string, string>,
): Map<string, PastRuling[]> {
  const rulings = new Map<string, PastRuling[]>()
  const streams = Map.groupBy(
    events.filter(({ type }) => type.startsWith('capacity.')),
    ({ streamId }) => streamId,
  )
  for (const steps of streams.values()) {
    for (const [index, step] of steps.entries()) {
      if (step.type !== 'capacity.ruled') continue
      const next = steps.findIndex((it, at) => at > index && it.type === 'capacity.ruled')
      const approval = steps
        .slice(index + 1, next < 0 ? steps.length : next)
        .find(
          (it) =>
            it.type === 'capacity.destruction-approved' &&
            actors.get(it.position) !== actors.get(step.position),
        )
      const ruling = {
        position: BigInt(step.position),
        capacity: Capacity.parse(step.data['capacity']),
        approved: approval && { position: BigInt(approval.position), on: localDay(approval.recordedAt) },
      }
      for (const object of (step.data['objects'] as string[] | undefined) ?? []) {
        rulings.set(object, [...(rulings.get(object) ?? []), ruling])
      }
    }
  }
  for (const each of rulings.values()) each.sort((a, b) => (a.position < b.position ? -1 : 1))
  return rulings
}

/** Every purge that was ordered, or has condemned anything without an order. */
export function pastPurges(
  events: readonly StoredEvent[],
  intents: readonly IntentRow[],
  actors: ReadonlyMap<string, string>,
): AuditedPurge[] {
  const streams = Map.groupBy(
    events.filter(({ type }) => type.startsWith('purge.')),
    ({ streamId }) => streamId,
  )
  const intended = Map.groupBy(intents, ({ purge }) => purge)
  return [...new Set([...streams.keys(), ...intended.keys()])].map((purge) => {
    const steps = streams.get(purge) ?? []
    const first = (type: string) => steps.find((event) => event.type === `purge.${type}`)
    const at = (event: StoredEvent | undefined) => (event === undefined ? undefined : BigInt(event.position))
    const ordered = first('ordered')
    const by = (event: StoredEvent) => actors.get(event.position)
    const approved = steps.find(
      (event) =>
        event.type === 'purge.approved' &&
        by(event) !== undefined &&
        (ordered === undefined || by(event) !== by(ordered)),
    )
    return {
      ordered: at(ordered),
      approval: ordered?.data['approval'] !== false,
      limit: Number(ordered?.data['limit'] ?? 0),
      waitDays: Math.ceil(Number(ordered?.data['waitHours'] ?? 0) / 24),
      approved: at(approved),
      aborted: at(first('aborted')),
      executed: at(first('executed')),
      intents: (intended.get(purge) ?? []).map((row) => ({
        position: BigInt(row.position),
        objects: row.objects,
        on: localDay(row.recordedAt),
      })),
    }
  })
}
