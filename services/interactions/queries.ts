import { sql } from 'kysely'
import { logSize, readEvents, type StoredEvent, selectEvents, toStoredEvent } from '../ledger/read.ts'
import type { InteractionHeader, InteractionPage, ListQuery, Receipt } from './schemas.ts'

type Tx = Parameters<typeof readEvents>[0]

const prefix = 'interaction.'

/** How many positions one page looks through for a verb, which no index holds. A page may be short of what is still to come. */
const window = 50_000n

/** Receipts of the events at some positions, in the order of the log. */
export async function receiptsAt(
  tx: Tx,
  controller: number,
  positions: readonly string[],
): Promise<Receipt[]> {
  const { rows } = await tx.query<{
    position: string
    event_id: string
    stream_id: string
    stream_version: number
    recorded_at: Date
  }>(
    `select e.position, e.event_id, e.stream_id, e.stream_version, e.recorded_at from ledger.event e
      where e.controller_id = $1 and e.position = any ($2::bigint[]) order by e.position`,
    [controller, positions],
  )
  return rows.map((row) => ({
    id: row.event_id,
    position: row.position,
    stream: row.stream_id,
    version: row.stream_version,
    recordedAt: row.recorded_at.toISOString(),
  }))
}

/** Interactions in the order of the log, a page at a time. */
export async function listInteractions(
  tx: Tx,
  controller: number,
  query: Partial<ListQuery> & Pick<ListQuery, 'limit'>,
): Promise<InteractionPage> {
  const size = BigInt(await logSize(tx, controller))
  const from = query.after === undefined ? 0n : BigInt(query.after) + 1n
  const to = query.verb === undefined || from + window > size ? size : from + window
  const events = await readEvents(tx, {
    controller,
    from: String(from),
    to: String(to),
    ...(query.channel === undefined ? {} : { channelId: query.channel }),
    typePrefix: prefix + (query.verb ?? ''),
    limit: query.limit,
  })
  const full = events.length === query.limit
  const end = full ? BigInt(events.at(-1)?.position ?? 0) + 1n : to > from ? to : from
  return {
    items: events.map(headerOf),
    ...(end === 0n ? {} : { next: String(end - 1n) }),
    more: end < size,
  }
}

/** The interactions among some events, in the order of the log; what is not there is left out. */
export async function interactionsBy(
  tx: Tx,
  controller: number,
  by:
    | { readonly ids: readonly string[] }
    | { readonly positions: readonly string[] }
    | { readonly stream: string },
): Promise<InteractionHeader[]> {
  const events = selectEvents(tx, controller).where((e) => e.fn('starts_with', ['e.type', e.val(prefix)]))
  // One parameter whatever their number: a list would be another statement for each length.
  const named =
    'ids' in by
      ? events.where('e.event_id', '=', sql<string>`any (${by.ids}::uuid[])`)
      : 'stream' in by
        ? events.where('e.stream_id', '=', by.stream)
        : events.where('e.position', '=', sql<string>`any (${by.positions}::bigint[])`)
  return (await named.execute()).map((row) => headerOf(toStoredEvent(row)))
}

function headerOf(event: StoredEvent): InteractionHeader {
  const { data } = event
  return {
    id: event.eventId,
    position: event.position,
    stream: event.streamId,
    version: event.streamVersion,
    ...(event.channelId === null ? {} : { channel: event.channelId }),
    verb: event.type.slice(prefix.length) as InteractionHeader['verb'],
    occurredOn: event.occurredOn,
    recordedAt: event.recordedAt.toISOString(),
    ...textOf('precision', data['precision']),
    ...textOf('basis', data['basis']),
    ...(event.capacity === null
      ? {}
      : { capacity: event.capacity as NonNullable<InteractionHeader['capacity']> }),
    ...(event.threadId === null ? {} : { thread: event.threadId }),
    ...textOf('inReplyTo', data['inReplyTo']),
    ...textOf('derivedFrom', data['derivedFrom']),
    ...textOf('delivery', data['delivery']),
  }
}

function textOf<K extends string>(name: K, value: unknown): { [P in K]?: string } {
  return (typeof value === 'string' ? { [name]: value } : {}) as { [P in K]?: string }
}

/** Where it was decided that an object or a person be destroyed, by their ids. */
export async function decisionsOn(
  tx: Tx,
  controller: number,
  objects: readonly string[],
  subjects: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ id: string; position: string }>(
    `select o.object_id as id, o.condemned_position as position from model.object o
      where o.controller_id = $1 and o.object_id = any ($2::uuid[]) and o.condemned_position is not null
     union all
     select s.subject_id, s.erased_position from ledger.subject s
      where s.controller_id = $1 and s.subject_id = any ($3::uuid[]) and s.erased_position is not null`,
    [controller, objects, subjects],
  )
  return new Map(rows.map((row) => [row.id, row.position]))
}

/**
 * Those of some objects that are ruled private: they are in nobody's answer, and their content is quarantined. As ruled
 * now, or as it was ruled last before a position of the log.
 */
export async function privateObjects(
  tx: Tx,
  controller: number,
  objects: readonly string[],
  before?: string,
): Promise<Set<string>> {
  if (objects.length === 0) return new Set()
  const { rows } = await tx.query<{ object_id: string }>(
    `select r.object_id from model.capacity_ruling r
      where r.controller_id = $1 and r.object_id = any ($2::uuid[])
        and case when $3::bigint is null or r.position < $3 then r.capacity else (
          select e.header::jsonb -> 'data' ->> 'capacity' from ledger.event e
           where e.controller_id = $1 and e.stream_id = r.ruling_id and e.position < $3 and e.type = 'capacity.ruled'
           order by e.stream_version desc limit 1) end = 'private'`,
    [controller, objects, before ?? null],
  )
  return new Set(rows.map((row) => row.object_id))
}
