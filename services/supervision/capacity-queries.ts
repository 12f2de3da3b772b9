import type { Transaction } from '../db/transaction.ts'
import type { Capacity } from '../events/interaction.ts'
import type { Day } from '../events/vocabulary.ts'
import { eventColumns, type StoredEvent, toStoredEvent } from '../ledger/read.ts'
import type { RuledObject, RulingState } from './capacity-rules.ts'
import type { RulingGround } from './capacity-schemas.ts'

type EventRow = Parameters<typeof toStoredEvent>[0]

export type StandingRuling = RulingState & { readonly ground: RulingGround; readonly condemned: boolean }

type Row = {
  object_id: string
  ruling_id: string
  position: string
  version: number
  capacity: Capacity
  ground: RulingGround
  quarantine_until: Day | null
  hold_id: string | null
  contested_position: string | null
  contest_hold_id: string | null
  approved_position: string | null
  condemned: boolean
}

const select = `select r.object_id, r.ruling_id, r.position, r.version, r.capacity, r.ground, r.quarantine_until, r.hold_id,
    r.contested_position, r.contest_hold_id, r.approved_position, o.condemned_position is not null as condemned
  from model.capacity_ruling r join model.object o on o.controller_id = $1 and o.object_id = r.object_id
  where r.controller_id = $1`

function rulingOf(row: Row): StandingRuling {
  return {
    object: row.object_id,
    rulingId: row.ruling_id,
    position: row.position,
    version: row.version,
    capacity: row.capacity,
    ground: row.ground,
    quarantineUntil: row.quarantine_until,
    holdId: row.hold_id,
    contestedPosition: row.contested_position,
    contestHoldId: row.contest_hold_id,
    approvedPosition: row.approved_position,
    condemned: row.condemned,
  }
}

export async function rulingOn(
  tx: Transaction,
  controller: number,
  object: string,
): Promise<StandingRuling | undefined> {
  const { rows } = await tx.query<Row>(`${select} and r.object_id = $2`, [controller, object])
  return rows[0] === undefined ? undefined : rulingOf(rows[0])
}

/** The newest first; only those that wait for a word of somebody where `open` is asked for. */
export async function listRulings(
  tx: Transaction,
  controller: number,
  open: boolean,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ items: StandingRuling[]; total: number }> {
  const wanted = open
    ? ` and o.condemned_position is null and (r.contested_position is not null or (r.capacity = 'private' and r.approved_position is null))`
    : ''
  const { rows } = await tx.query<Row & { total: number }>(
    `${select}${wanted} order by r.position desc limit $2 offset $3`,
    [controller, page.limit, page.offset],
  )
  const counted = await tx.query<{ total: number }>(
    `select count(*)::int as total from (${select}${wanted}) x`,
    [controller],
  )
  return { items: rows.map(rulingOf), total: counted.rows[0]?.total ?? 0 }
}

/** The object behind an id (its own or that of one of its events), as it counts now. */
export async function ruledObject(
  tx: Transaction,
  controller: number,
  id: string,
): Promise<RuledObject | undefined> {
  const { rows } = await tx.query<RuledObject>(
    `select o.object_id as object, c.channel_id as channel,
        coalesce(nullif(split_part(o.mark, '/', 1), ''), c.capacity) as capacity, o.created, o.condemned_position is not null as condemned
       from model.object o join model.retention_class c on c.controller_id = $1 and c.class_id = o.class_id
      where o.controller_id = $1 and o.object_id = coalesce(
        (select e.stream_id from ledger.event e where e.controller_id = $1 and e.event_id = $2 and starts_with(e.type, 'interaction.')), $2)`,
    [controller, id],
  )
  return rows[0]
}

/** Rulings, contestations and words on an object, the oldest first. */
export async function rulingSteps(
  tx: Transaction,
  controller: number,
  rulingId: string,
): Promise<StoredEvent[]> {
  const { rows } = await tx.query<EventRow>(
    `select ${eventColumns} from ledger.event e where e.controller_id = $1 and e.stream_id = $2 order by e.stream_version`,
    [controller, rulingId],
  )
  return rows.map(toStoredEvent)
}

/** Under which id whoever caused an event stands in the log. */
export async function actorOfEvent(
  tx: Transaction,
  controller: number,
  position: string,
): Promise<string | undefined> {
  const { rows } = await tx.query<{ subject_id: string }>(
    "select p.subject_id from ledger.event_part p where p.controller_id = $1 and p.position = $2 and p.role = 'actor'",
    [controller, position],
  )
  return rows[0]?.subject_id
}
