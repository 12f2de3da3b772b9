import type { Transaction } from '../db/transaction.ts'
import type { Day } from '../events/vocabulary.ts'

export type Restriction = {
  readonly hold: string
  readonly kind: 'subject' | 'object'
  readonly target: string
  readonly ground: string
  /** When the person was told that it is going to be lifted. */
  readonly toldOn?: Day
  readonly liftedPosition?: string
}

/** The restrictions that a case has placed, lifted ones too. */
export async function restrictionsOfCase(
  tx: Transaction,
  controller: number,
  id: string,
): Promise<Restriction[]> {
  const { rows } = await tx.query<{
    hold_id: string
    kind: 'subject' | 'object'
    target_id: string
    ground: string | null
    told_on: Day | null
    lifted_position: string | null
  }>(
    `select h.hold_id, h.kind, h.target_id, e.header::jsonb -> 'data' ->> 'restriction' as ground, t.occurred_on as told_on, h.lifted_position
       from model.hold h
       join ledger.event e on e.controller_id = $1 and e.position = h.placed_position
       left join ledger.event t on t.controller_id = $1 and t.stream_id = h.hold_id and t.type = 'restriction.told'
      where h.controller_id = $1 and h.case_id = $2 and h.ground = 'restriction' order by h.placed_position`,
    [controller, id],
  )
  return rows.map((row) => ({
    hold: row.hold_id,
    kind: row.kind,
    target: row.target_id,
    ground: row.ground ?? '',
    ...(row.told_on === null ? {} : { toldOn: row.told_on }),
    ...(row.lifted_position === null ? {} : { liftedPosition: row.lifted_position }),
  }))
}

/** The living object of an event in which one of some persons stands, and who of them. */
export async function objectOf(
  tx: Transaction,
  controller: number,
  event: string,
  subjects: readonly string[],
): Promise<{ readonly object: string; readonly subject: string } | undefined> {
  const { rows } = await tx.query<{ object: string; subject: string }>(
    `select e.stream_id as object, p.subject_id as subject from ledger.event e
       join ledger.event f on f.controller_id = $1 and f.stream_id = e.stream_id
       join ledger.event_part p on p.controller_id = $1 and p.position = f.position and p.subject_id = any ($3::uuid[])
       join model.object o on o.controller_id = $1 and o.object_id = e.stream_id and o.condemned_position is null
      where e.controller_id = $1 and e.event_id = $2 and starts_with(e.type, 'interaction.')
      order by f.position limit 1`,
    [controller, event, subjects],
  )
  return rows[0]
}

/** The living objects in which some persons stand. */
export async function objectsOfSubjects(
  tx: Transaction,
  controller: number,
  subjects: readonly string[],
): Promise<string[]> {
  const { rows } = await tx.query<{ object_id: string }>(
    `select distinct e.stream_id as object_id from ledger.event_part p
       join ledger.event e on e.controller_id = $1 and e.position = p.position and starts_with(e.type, 'interaction.')
      where p.controller_id = $1 and p.subject_id = any ($2::uuid[]) order by 1`,
    [controller, subjects],
  )
  return rows.map((row) => row.object_id)
}
