import type { PoolClient } from 'pg'
import { Capacity, Verb } from '../events/interaction.ts'
import type { Day } from '../events/vocabulary.ts'
import { type EventRow, eventColumns, type StoredEvent, toStoredEvent } from '../ledger/read.ts'
import { localDay } from '../platform/clock.ts'
import type { ObjectEvent, Said, TriggeredOn } from './audit-rules.ts'

/** The events that decide about retention, but for those that name objects: as few as there were decisions. */
export async function decidingEvents(
  tx: PoolClient,
  controller: number,
  size: string,
): Promise<StoredEvent[]> {
  const { rows } = await tx.query<EventRow>(
    `select ${eventColumns} from ledger.event e
      where e.controller_id = $1 and e.position < $2 and e.type in ('rule.declared', 'rule.approved', 'activity.declared', 'channel.declared',
        'controller.declared', 'hold.placed', 'hold.lifted', 'purge.ordered', 'purge.approved', 'purge.aborted', 'purge.executed',
        'capacity.ruled', 'capacity.destruction-approved')
      order by e.position`,
    [controller, size],
  )
  return rows.map(toStoredEvent)
}

export type IntentRow = { position: string; purge: string; objects: number; recordedAt: Date }

/**
 * Lays out, for this transaction, which objects intents and declarations name: on the server's disk, not in our memory.
 * Answers the intents.
 */
export async function layOutNamed(tx: PoolClient, controller: number, size: string): Promise<IntentRow[]> {
  await tx.query(
    // OFFSET 0: a header that names 1,000 objects is read once, not once for each of them.
    `create temporary table audit_named on commit drop as
     select d.position, d.type, d.recorded_at, d.tags, d.capacity, d.trigger, d.day, jsonb_array_elements_text(d.objects)::uuid as object_id
     from (
       select c.position, c.type, c.recorded_at, c.data -> 'objects' as objects, c.data -> 'tags' as tags, c.data ->> 'capacity' as capacity,
         case c.type when 'archive.delivered' then 'archiveDelivered' else c.data ->> 'trigger' end as trigger, c.data ->> 'day' as day
       from (
         select e.position, e.type, e.recorded_at, e.header::jsonb -> 'data' as data
         from ledger.event e
         where e.controller_id = ${controller} and e.position < ${BigInt(size)}
           and e.type in ('purge.intended', 'retention.triggered', 'archive.delivered', 'object.tagged', 'object.untagged', 'capacity.ruled')
           and not (e.type = 'purge.intended' and e.position in (${releasedBefore(controller, size)}))
         offset 0) c
       offset 0) d`,
  )
  await tx.query('create index on pg_temp.audit_named (object_id)')
  await tx.query('analyze pg_temp.audit_named')
  const { rows } = await tx.query<{ position: string; purge: string; objects: string; recorded_at: Date }>(
    `select e.position, e.stream_id as purge, jsonb_array_length(e.header::jsonb -> 'data' -> 'objects') as objects, e.recorded_at
       from ledger.event e where e.controller_id = $1 and e.position < $2 and e.type = 'purge.intended'
        and e.position not in (${releasedBefore(controller, size)}) order by e.position`,
    [controller, size],
  )
  return rows.map((row) => ({
    position: row.position,
    purge: row.purge,
    objects: Number(row.objects),
    recordedAt: row.recorded_at,
  }))
}

/** Intents whose objects were given back, as a subquery: nothing was destroyed by them. */
function releasedBefore(controller: number, size: string): string {
  return `select (r.header::jsonb -> 'data' ->> 'intent')::bigint from ledger.event r
    where r.controller_id = ${controller} and r.position < ${BigInt(size)} and r.type = 'purge.released'`
}

/** Since when parts of a category are seen for a channel and verb. */
export type Seen = { readonly key: string; readonly category: string; readonly since: bigint }

export async function seenSince(tx: PoolClient, controller: number, size: string): Promise<Seen[]> {
  const { rows } = await tx.query<{ channel_id: string; verb: string; category: string; since: string }>(
    `select e.channel_id, substr(e.type, 13) as verb, p.category, min(e.position) as since
       from ledger.event e join ledger.event_part p on p.controller_id = $1 and p.position = e.position
      where e.controller_id = $1 and e.position < $2 and starts_with(e.type, 'interaction.') group by 1, 2, 3`,
    [controller, size],
  )
  return rows.map((row) => ({
    key: `${row.channel_id} ${row.verb}`,
    category: row.category,
    since: BigInt(row.since),
  }))
}

/** Who caused some events, by position. */
export async function actorsAt(tx: PoolClient, controller: number, positions: readonly string[]) {
  const { rows } = await tx.query<{ position: string; subject_id: string }>(
    "select position, subject_id from ledger.event_part where controller_id = $1 and position = any ($2::bigint[]) and role = 'actor'",
    [controller, positions],
  )
  return new Map(rows.map((row) => [row.position, row.subject_id]))
}

/** Objects in which one of some persons occurs. */
export async function objectsOfSubjects(
  tx: PoolClient,
  controller: number,
  subjects: readonly string[],
  size: string,
) {
  const found = new Map<string, Set<string>>()
  if (subjects.length === 0) return found
  const { rows } = await tx.query<{ stream_id: string; subject_id: string }>(
    `select distinct e.stream_id, p.subject_id from ledger.event_part p
       join ledger.event e on e.controller_id = $1 and e.position = p.position
      where p.controller_id = $1 and p.subject_id = any ($2::uuid[]) and p.position < $3 and starts_with(e.type, 'interaction.')`,
    [controller, subjects, size],
  )
  for (const { stream_id, subject_id } of rows) {
    const known = found.get(stream_id) ?? new Set()
    found.set(stream_id, known.add(subject_id))
  }
  return found
}

export type ObjectHistory = {
  readonly object: string
  readonly events: readonly ObjectEvent[]
  readonly triggered: readonly TriggeredOn[]
  /** Tags and ruled capacities, as long as it lived. */
  readonly said: readonly Said[]
  readonly condemned: { readonly position: bigint; readonly on: Day } | undefined
}

type StreamRow = {
  stream_id: string
  position: string
  type: string
  channel_id: string
  capacity: string | null
  thread_id: string | null
  occurred_on: Day
  recorded_at: Date
}

const batch = 10_000

/** Every object with its events, in the order of their ids, some thousand at a time: memory does not grow with the log. */
export async function* objectHistories(
  tx: PoolClient,
  controller: number,
  size: string,
): AsyncGenerator<ObjectHistory[]> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const { rows } = await tx.query<StreamRow>(
      `select e.stream_id, e.position, e.type, e.channel_id, e.capacity, e.thread_id, e.occurred_on, e.recorded_at
         from ledger.event e
        where e.controller_id = $1 and e.stream_id > $2
          and e.stream_id <= coalesce((select max(s.stream_id::text)::uuid from (select l.stream_id from ledger.event l
            where l.controller_id = $1 and l.stream_id > $2 order by l.stream_id, l.stream_version limit ${batch}) s), $2)
        order by e.stream_id, e.stream_version`,
      [controller, after],
    )
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.stream_id
    yield await named(tx, groupsOf(rows, BigInt(size)))
  }
}

function groupsOf(rows: readonly StreamRow[], size: bigint): Map<string, ObjectEvent[]> {
  const groups = new Map<string, ObjectEvent[]>()
  for (const row of rows) {
    const verb = Verb.safeParse(row.type.startsWith('interaction.') ? row.type.slice(12) : '')
    const position = BigInt(row.position)
    if (position >= size || !verb.success) continue
    const events = groups.get(row.stream_id) ?? []
    events.push({
      position,
      verb: verb.data,
      channel: row.channel_id,
      capacity: Capacity.parse(row.capacity ?? 'undetermined'),
      thread: row.thread_id,
      occurredOn: row.occurred_on,
      recordedOn: localDay(row.recorded_at),
    })
    groups.set(row.stream_id, events)
  }
  return groups
}

type NamedRow = {
  object_id: string
  position: string
  type: string
  trigger: string
  day: Day
  tags: string[] | null
  capacity: string | null
  recorded_at: Date
}

async function named(tx: PoolClient, groups: Map<string, ObjectEvent[]>): Promise<ObjectHistory[]> {
  const { rows } = await tx.query<NamedRow>(
    'select * from pg_temp.audit_named where object_id = any ($1::uuid[]) order by position',
    [[...groups.keys()]],
  )
  const byObject = Map.groupBy(rows, (row) => row.object_id)
  return [...groups].map(([object, events]) => {
    const names = byObject.get(object) ?? []
    const intent = names.find((row) => row.type === 'purge.intended')
    const first = events[0]?.position ?? 0n
    const condemned =
      intent === undefined
        ? undefined
        : { position: BigInt(intent.position), on: localDay(intent.recorded_at) }
    const living = names.filter(({ position }) => {
      const at = BigInt(position)
      return at > first && (condemned === undefined || at < condemned.position)
    })
    const triggered = living
      .filter(({ type }) => type === 'retention.triggered' || type === 'archive.delivered')
      .map((row) => ({
        position: BigInt(row.position),
        trigger: row.trigger,
        day: row.day,
        recordedOn: localDay(row.recorded_at),
      }))
    const said = living
      .filter(({ type }) => ['object.tagged', 'object.untagged', 'capacity.ruled'].includes(type))
      .map(({ type, tags, capacity, recorded_at }) => ({
        type,
        tags: tags ?? [],
        capacity: capacity === null ? undefined : Capacity.parse(capacity),
        recordedOn: localDay(recorded_at),
      }))
    return { object, events, triggered, said, condemned }
  })
}
