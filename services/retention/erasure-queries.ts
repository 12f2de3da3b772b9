import type { PoolClient } from 'pg'
import { Capacity, Verb } from '../events/interaction.ts'
import { type RetentionClass, readMark } from './class-rules.ts'

/** A case about erasure (art. 17), as its events and holds tell it. */
export type ErasureCase = {
  readonly open: boolean
  readonly protected: boolean
  readonly version: number
  /** The persons linked to it, while it holds what is theirs. */
  readonly subjects: readonly string[]
}

/** Undefined where there is no such case about erasure. */
export async function erasureCase(
  tx: PoolClient,
  controller: number,
  id: string,
): Promise<ErasureCase | undefined> {
  const { rows } = await tx.query<{ types: string[]; right: string; protected: boolean; version: number }>(
    `select array_agg(e.type) as types, max(e.header::jsonb -> 'data' ->> 'right') as right,
        coalesce(bool_or(e.type = 'access.protected' or (e.header::jsonb -> 'data' ->> 'protected')::boolean), false) as protected,
        max(e.stream_version) as version
       from ledger.event e where e.controller_id = $1 and e.stream_id = $2`,
    [controller, id],
  )
  const [row] = rows
  if (row?.right !== 'erasure' || !row.types.includes('access.received')) return undefined
  const holds = await tx.query<{ target_id: string }>(
    `select h.target_id from model.hold h where h.controller_id = $1 and h.case_id = $2 and h.kind = 'subject'
        and h.ground = 'access-request' and h.lifted_position is null`,
    [controller, id],
  )
  const closing = ['access.answered', 'access.refused', 'access.withdrawn']
  return {
    open: !row.types.some((type) => closing.includes(type)),
    protected: row.protected,
    version: row.version,
    subjects: holds.rows.map((it) => it.target_id),
  }
}

/** A living object that a person brought into being. */
export type OwnObject = { readonly objectId: string; readonly facts: RetentionClass }

export async function ownObjects(
  tx: PoolClient,
  controller: number,
  subjects: readonly string[],
): Promise<OwnObject[]> {
  const { rows } = await tx.query<{
    object_id: string
    class_id: number
    channel_id: string
    verb: string
    capacity: string
    mark: string
  }>(
    `select distinct o.object_id, c.class_id, c.channel_id, c.verb, c.capacity, o.mark
       from ledger.event_part p
       join ledger.event e on e.controller_id = $1 and e.position = p.position
       join model.object o on o.controller_id = $1 and o.object_id = e.stream_id and o.condemned_position is null
       join model.retention_class c on c.controller_id = $1 and c.class_id = o.class_id
      where p.controller_id = $1 and p.subject_id = any ($2::uuid[]) and p.role = 'author' and e.type = 'interaction.' || c.verb
      order by o.object_id`,
    [controller, subjects],
  )
  return rows.flatMap((row) => {
    const verb = Verb.safeParse(row.verb)
    if (!verb.success) return []
    const capacity = readMark(row.mark).capacity ?? Capacity.parse(row.capacity)
    const facts = {
      classId: row.class_id,
      channelId: row.channel_id,
      verb: verb.data,
      capacity,
      mark: row.mark,
    }
    return [{ objectId: row.object_id, facts }]
  })
}

/** Living objects of others in which one of the persons stands: named, answered, reacting. */
export async function othersObjects(
  tx: PoolClient,
  controller: number,
  subjects: readonly string[],
  own: readonly string[],
): Promise<number> {
  const { rows } = await tx.query<{ objects: number }>(
    `select count(distinct o.object_id)::int as objects from ledger.event_part p
       join ledger.event e on e.controller_id = $1 and e.position = p.position
       join model.object o on o.controller_id = $1 and o.object_id = e.stream_id and o.condemned_position is null
      where p.controller_id = $1 and p.subject_id = any ($2::uuid[]) and not o.object_id = any ($3::uuid[])`,
    [controller, subjects, own],
  )
  return rows[0]?.objects ?? 0
}

/** By which ground each of some objects is held, but for what the case itself holds. */
export async function heldOtherwise(
  tx: PoolClient,
  controller: number,
  objects: readonly string[],
  caseId: string,
): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ object_id: string; ground: string }>(
    `select o.object_id, h.ground from model.object o
       join model.retention_class c on c.controller_id = $1 and c.class_id = o.class_id
       join model.hold h on h.controller_id = $1 and h.lifted_position is null
        and (h.case_id is distinct from $3 or h.ground <> 'access-request')
        and ((h.kind = 'object' and h.target_id = o.object_id)
          or (h.kind = 'thread' and h.target_id in (o.thread_id, o.object_id))
          or (h.kind = 'channel' and h.target_id = c.channel_id)
          or (h.kind = 'query' and h.target_id = c.channel_id and c.verb = coalesce(h.verb, c.verb)
            and o.occurred_on between coalesce(h.from_on, '-infinity') and coalesce(h.to_on, 'infinity'))
          or (h.kind = 'subject' and exists (select from ledger.event e
              join ledger.event_part p on p.controller_id = $1 and p.position = e.position and p.subject_id = h.target_id
             where e.controller_id = $1 and e.stream_id = o.object_id)))
      where o.controller_id = $1 and o.object_id = any ($2::uuid[]) order by h.placed_position`,
    [controller, objects, caseId],
  )
  return new Map(rows.map((row) => [row.object_id, row.ground]))
}

/** How far the erasure that a case granted has come. */
export async function erasureProgress(
  tx: PoolClient,
  controller: number,
  id: string,
): Promise<{ granted: number; condemned: number; destroyed: number; purges: string[]; forgotten: number }> {
  const { rows } = await tx.query<{
    granted: number
    condemned: number
    destroyed: number
    purges: string[] | null
  }>(
    `with granted as (
        select distinct x.object_id::uuid as object_id from ledger.event e
          cross join lateral jsonb_array_elements_text(e.header::jsonb -> 'data' -> 'objects') x(object_id)
         where e.controller_id = $1 and e.stream_id = $2 and e.type = 'erasure.granted')
      select count(*)::int as granted, count(o.condemned_position)::int as condemned, count(d.disposed_position)::int as destroyed,
        array_agg(distinct i.stream_id) filter (where i.stream_id is not null) as purges
       from granted g
       join model.object o on o.controller_id = $1 and o.object_id = g.object_id
       left join ledger.event i on i.controller_id = $1 and i.position = o.condemned_position
       left join model.intent d on d.controller_id = $1 and d.position = o.condemned_position`,
    [controller, id],
  )
  const forgotten = await tx.query<{ persons: number }>(
    `select count(distinct s.subject_id)::int as persons from model.hold h
       join ledger.subject s on s.controller_id = $1 and s.subject_id = h.target_id and s.erased_position is not null
      where h.controller_id = $1 and h.case_id = $2 and h.kind = 'subject'`,
    [controller, id],
  )
  const { purges, ...counts } = rows[0] ?? { granted: 0, condemned: 0, destroyed: 0, purges: null }
  return { ...counts, purges: purges ?? [], forgotten: forgotten.rows[0]?.persons ?? 0 }
}
