import type { Database } from '../db/tables.ts'
import { kyselyFor, type Transaction } from '../db/transaction.ts'
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

const columns = [
  'position',
  'event_id',
  'stream_id',
  'stream_version',
  'type',
  'channel_id',
  'thread_id',
  'capacity',
  'occurred_on',
  'recorded_at',
  'header',
] as const
export type EventRow = Pick<Database['ledger.event'], (typeof columns)[number]>

/** The same for statements that are written out, with the event as `e`. */
export const eventColumns = columns.map((column) => `e.${column}`).join(', ')

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

/** Events of a log in its order, for statements that are put together when they run. */
export function selectEvents(tx: Transaction, controller: number) {
  return kyselyFor(tx)
    .selectFrom('ledger.event as e')
    .select(columns)
    .where('e.controller_id', '=', controller)
    .orderBy('e.position')
}

/** Filters on typed columns by plain comparisons only: below row-level security nothing else uses an index. */
export async function readEvents(tx: Transaction, filter: EventFilter): Promise<StoredEvent[]> {
  const { from, to, channelId, streamId, eventId, typePrefix } = filter
  let query = selectEvents(tx, filter.controller)
  if (from !== undefined) query = query.where('e.position', '>=', from)
  if (to !== undefined) query = query.where('e.position', '<', to)
  if (channelId !== undefined) query = query.where('e.channel_id', '=', channelId)
  if (streamId !== undefined) query = query.where('e.stream_id', '=', streamId)
  if (eventId !== undefined) query = query.where('e.event_id', '=', eventId)
  if (typePrefix !== undefined) query = query.where((e) => e.fn('starts_with', ['e.type', e.val(typePrefix)]))
  return (await query.limit(filter.limit).execute()).map(toStoredEvent)
}

/** The size of the log: the position that the next event gets. */
export async function logSize(tx: Transaction, controller: number): Promise<string> {
  const { rows } = await tx.query<{ size: string }>(
    'select size from ledger.log_head where controller_id = $1',
    [controller],
  )
  return rows[0]?.size ?? '0'
}
