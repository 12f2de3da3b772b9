import type { PoolClient } from 'pg'
import type { JsonObject } from '../platform/json.ts'

/** An event as it stands in the log: the open side only. Positions are text: they outgrow a number. */
export type StoredEvent = {
  readonly position: string
  readonly eventId: string
  readonly streamId: string
  readonly streamVersion: number
  readonly type: string
  readonly channelId: string | null
  readonly threadId: string | null
  readonly capacity: string | null
  readonly occurredOn: string
  readonly recordedAt: Date
  /** The open payload of the header. */
  readonly data: JsonObject
}

type EventRow = {
  position: string
  event_id: string
  stream_id: string
  stream_version: number
  type: string
  channel_id: string | null
  thread_id: string | null
  capacity: string | null
  occurred_on: string
  recorded_at: Date
  header: string
}

export const eventColumns =
  'e.position, e.event_id, e.stream_id, e.stream_version, e.type, e.channel_id, e.thread_id, e.capacity, e.occurred_on, e.recorded_at, e.header'

export function toStoredEvent(row: EventRow): StoredEvent {
  const header = JSON.parse(row.header) as { data: JsonObject }
  return {
    position: row.position,
    eventId: row.event_id,
    streamId: row.stream_id,
    streamVersion: row.stream_version,
    type: row.type,
    channelId: row.channel_id,
    threadId: row.thread_id,
    capacity: row.capacity,
    occurredOn: row.occurred_on,
    recordedAt: row.recorded_at,
    data: header.data,
  }
}

export type EventFilter = {
  readonly controller: number
  /** First position, and the one after the last. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly channelId?: string
  readonly streamId?: string
  readonly eventId?: string
  /** Prefix of the type: `interaction.` */
  readonly typePrefix?: string
  readonly limit: number
}

/** Events in the order of the log. Filters on typed columns by plain comparisons only: below row-level security nothing else uses an index. */
export async function readEvents(tx: PoolClient, filter: EventFilter): Promise<StoredEvent[]> {
  const values: unknown[] = [filter.controller]
  const where = ['e.controller_id = $1']
  const add = (condition: (parameter: string) => string, value: unknown) => {
    if (value === undefined) return
    values.push(value)
    where.push(condition(`$${values.length}`))
  }
  add((p) => `e.position >= ${p}`, filter.from)
  add((p) => `e.position < ${p}`, filter.to)
  add((p) => `e.channel_id = ${p}`, filter.channelId)
  add((p) => `e.stream_id = ${p}`, filter.streamId)
  add((p) => `e.event_id = ${p}`, filter.eventId)
  add((p) => `starts_with(e.type, ${p})`, filter.typePrefix)
  values.push(filter.limit)
  const { rows } = await tx.query<EventRow>(
    `select ${eventColumns} from ledger.event e where ${where.join(' and ')} order by e.position limit $${values.length}`,
    values,
  )
  return rows.map(toStoredEvent)
}

/** The size of the log: the position that the next event gets. */
export async function logSize(tx: PoolClient, controller: number): Promise<string> {
  const { rows } = await tx.query<{ size: string }>(
    'select size from ledger.log_head where controller_id = $1',
    [controller],
  )
  return rows[0]?.size ?? '0'
}
