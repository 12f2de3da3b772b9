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
