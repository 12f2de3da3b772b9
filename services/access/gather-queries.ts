import type { Transaction } from '../db/transaction.ts'
import type { KindName } from '../declarations/kinds.ts'
import { type EventRow, eventColumns, type StoredEvent, toStoredEvent } from '../ledger/read.ts'

/** The positions where a person stands, before a position of the log. */
export async function positionsOf(
  tx: Transaction,
  controller: number,
  subjects: readonly string[],
  before: string,
): Promise<StoredEvent[]> {
  const { rows } = await tx.query<EventRow>(
    `select ${eventColumns} from ledger.event e
      where e.controller_id = $1 and e.position < $3 and e.position = any (
        array(select p.position from ledger.event_part p where p.controller_id = $1 and p.subject_id = any ($2::uuid[]) and p.position < $3))
      order by e.position`,
    [controller, subjects, before],
  )
  return rows.map(toStoredEvent)
}

/** All events of some objects, before a position of the log. */
export async function eventsOfStreams(
  tx: Transaction,
  controller: number,
  streams: readonly string[],
  before: string,
): Promise<StoredEvent[]> {
  if (streams.length === 0) return []
  const { rows } = await tx.query<EventRow>(
    `select ${eventColumns} from ledger.event e
      where e.controller_id = $1 and e.stream_id = any ($2::uuid[]) and e.position < $3 order by e.position`,
    [controller, streams, before],
  )
  return rows.map(toStoredEvent)
}

/** The objects that the events at some positions are about. */
export async function streamsAt(
  tx: Transaction,
  controller: number,
  positions: readonly string[],
): Promise<string[]> {
  if (positions.length === 0) return []
  const { rows } = await tx.query<{ stream_id: string }>(
    'select e.stream_id from ledger.event e where e.controller_id = $1 and e.position = any ($2::bigint[])',
    [controller, positions],
  )
  return rows.map((row) => row.stream_id)
}

/** Objects that answer one of the given ones directly, in the threads where those stand. */
export async function repliesTo(
  tx: Transaction,
  controller: number,
  objects: readonly string[],
  threads: readonly string[],
  before: string,
): Promise<string[]> {
  const { rows } = await tx.query<{ stream_id: string }>(
    `select distinct e.stream_id from model.object o
      join ledger.event e on e.controller_id = $1 and e.position = o.first_position
      where o.controller_id = $1 and o.thread_id = any ($2::uuid[]) and o.first_position < $4
        and e.type in ('interaction.commented', 'interaction.replied', 'interaction.messaged')
        and (e.header::jsonb -> 'data' ->> 'inReplyTo')::uuid = any ($3::uuid[])`,
    [controller, threads, objects, before],
  )
  return rows.map((row) => row.stream_id)
}

/** An object that was condemned before a position: by which intent, under which rules, and when it was executed. */
export type Disposal = {
  readonly objectId: string
  readonly condemned: string
  readonly rules: readonly { readonly rule: string; readonly version: number }[]
  readonly condemnedOn: string
}

export async function disposalsOf(
  tx: Transaction,
  controller: number,
  objects: readonly string[],
  before: string,
): Promise<Map<string, Disposal>> {
  const { rows } = await tx.query<{
    object_id: string
    position: string
    occurred_on: string
    header: string
  }>(
    `select o.object_id, e.position, e.occurred_on, e.header from model.object o
      join ledger.event e on e.controller_id = $1 and e.position = o.condemned_position
      where o.controller_id = $1 and o.object_id = any ($2::uuid[]) and o.condemned_position < $3`,
    [controller, objects, before],
  )
  return new Map(
    rows.map((row) => {
      const { data } = JSON.parse(row.header) as { data: { rules?: Disposal['rules'] } }
      const disposal = {
        objectId: row.object_id,
        condemned: row.position,
        condemnedOn: row.occurred_on,
        rules: data.rules ?? [],
      }
      return [row.object_id, disposal]
    }),
  )
}

/** A declared document as it stood at a position of the log. */
export type DeclaredThen = {
  readonly kind: KindName
  readonly id: string
  readonly version: number
  readonly document: Readonly<Record<string, unknown>>
}

export async function declaredBefore(
  tx: Transaction,
  controller: number,
  before: string,
): Promise<DeclaredThen[]> {
  const { rows } = await tx.query<{ kind: KindName; id: string; stream_version: number; header: string }>(
    `select d.kind, d.id, e.stream_version, e.header from model.declaration d
      cross join lateral (
        select e.stream_version, e.header from ledger.event e
        where e.controller_id = $1 and e.stream_id = d.id and e.position < $2 and e.type = d.kind || '.declared'
        order by e.stream_version desc limit 1) e
      where d.controller_id = $1 order by d.kind, d.id`,
    [controller, before],
  )
  return rows.map((row) => ({
    kind: row.kind,
    id: row.id,
    version: row.stream_version,
    document: documentIn(row.header),
  }))
}

/** Retention rules in the versions under which something was disposed of, each once. */
export async function rulesAt(
  tx: Transaction,
  controller: number,
  wanted: readonly { readonly rule: string; readonly version: number }[],
): Promise<DeclaredThen[]> {
  const distinct = [...new Map(wanted.map((it) => [`${it.rule} ${it.version}`, it])).values()]
  if (distinct.length === 0) return []
  const { rows } = await tx.query<{ id: string; version: number; header: string }>(
    `select e.stream_id as id, e.stream_version as version, e.header from unnest($2::uuid[], $3::int[]) w(id, version)
      join ledger.event e on e.controller_id = $1 and e.stream_id = w.id and e.stream_version = w.version and e.type = 'rule.declared'
      order by 1, 2`,
    [controller, distinct.map(({ rule }) => rule), distinct.map(({ version }) => version)],
  )
  return rows.map(({ id, version, header }) => ({ kind: 'rule', id, version, document: documentIn(header) }))
}

function documentIn(header: string): Record<string, unknown> {
  return (JSON.parse(header) as { data: { document: Record<string, unknown> } }).data.document
}

/** A look-up, by what it says it was about. */
export type LookUpHeader = {
  readonly position: string
  readonly on: string
  readonly kind: string
  readonly scope: Readonly<Record<string, unknown>>
}

/** All look-ups between two positions, a page at a time. */
export async function lookUpsBetween(
  tx: Transaction,
  controller: number,
  from: string,
  before: string,
  limit: number,
): Promise<LookUpHeader[]> {
  const { rows } = await tx.query<{ position: string; occurred_on: string; header: string }>(
    `select e.position, e.occurred_on, e.header from ledger.event e
      where e.controller_id = $1 and e.type = 'lookup.recorded' and e.position >= $2 and e.position < $3
      order by e.position limit $4`,
    [controller, from, before, limit],
  )
  return rows.map((row) => {
    const { data } = JSON.parse(row.header) as { data: Pick<LookUpHeader, 'kind' | 'scope'> }
    return { position: row.position, on: row.occurred_on, kind: data.kind, scope: data.scope }
  })
}

/** The time at which a position of the log was written, as RFC 3339. */
export async function recordedAt(tx: Transaction, controller: number, position: string): Promise<string> {
  const { rows } = await tx.query<{ recorded_at: Date }>(
    'select e.recorded_at from ledger.event e where e.controller_id = $1 and e.position = $2',
    [controller, position],
  )
  return rows[0]?.recorded_at.toISOString() ?? ''
}
