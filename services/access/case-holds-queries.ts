import type { Transaction } from '../db/transaction.ts'

export type CaseHold = {
  readonly hold: string
  readonly kind: string
  readonly target: string
  readonly ground: string
}

/** What a case holds now. */
export async function holdsOfCase(tx: Transaction, controller: number, id: string): Promise<CaseHold[]> {
  const { rows } = await tx.query<{ hold_id: string; kind: string; target_id: string; ground: string }>(
    `select h.hold_id, h.kind, h.target_id, h.ground from model.hold h
      where h.controller_id = $1 and h.case_id = $2 and h.lifted_position is null order by h.placed_position`,
    [controller, id],
  )
  return rows.map((row) => ({
    hold: row.hold_id,
    kind: row.kind,
    target: row.target_id,
    ground: row.ground,
  }))
}

/** The threads that the objects of some persons stand in, root or answer, and what those answer, share or react to. */
export async function contextOfSubjects(
  tx: Transaction,
  controller: number,
  subjects: readonly string[],
): Promise<string[]> {
  if (subjects.length === 0) return []
  const { rows } = await tx.query<{ target: string }>(
    `with theirs as materialized (
        select distinct e.stream_id from ledger.event_part p
          join ledger.event e on e.controller_id = $1 and e.position = p.position and starts_with(e.type, 'interaction.')
         where p.controller_id = $1 and p.subject_id = any ($2::uuid[])),
      named as (
        select e.thread_id as target, e.header::jsonb -> 'data' as data from theirs t
          join ledger.event e on e.controller_id = $1 and e.stream_id = t.stream_id)
      select distinct n.target from (
        select target from named
        union all select (data ->> 'inReplyTo')::uuid from named
        union all select (data ->> 'derivedFrom')::uuid from named
        union all select t.stream_id from theirs t
          where exists (select from model.object o where o.controller_id = $1 and o.thread_id = t.stream_id and o.object_id <> t.stream_id)) n
      where n.target is not null order by 1`,
    [controller, subjects],
  )
  return rows.map((row) => row.target)
}

/** Closed cases that still hold something of what they held while open: a crash came between. */
export async function withLooseHolds(tx: Transaction, controller: number): Promise<string[]> {
  const { rows } = await tx.query<{ case_id: string }>(
    `select distinct h.case_id from model.hold h
      where h.controller_id = $1 and h.lifted_position is null and h.ground = 'access-request' and h.case_id is not null
        and exists (select from ledger.event e where e.controller_id = $1 and e.stream_id = h.case_id
          and e.type in ('access.answered', 'access.refused', 'access.withdrawn'))
      order by 1`,
    [controller],
  )
  return rows.map((row) => row.case_id)
}
