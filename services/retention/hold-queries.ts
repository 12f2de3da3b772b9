import type { PoolClient } from 'pg'
import type { Verb } from '../events/interaction.ts'
import type { Day } from '../events/vocabulary.ts'

export const holdKinds = ['object', 'thread', 'subject', 'channel', 'query'] as const
export type HoldKind = (typeof holdKinds)[number]

export type Hold = {
  readonly id: string
  readonly kind: HoldKind
  readonly target: string
  /** What narrows a query: nothing with other kinds. */
  readonly verb: Verb | null
  readonly from: Day | null
  readonly to: Day | null
  readonly ground: string
  readonly reviewOn: Day | null
  /** The case of a data subject that placed it, and alone lifts it. */
  readonly case: string | null
  readonly placedPosition: string
  readonly liftedPosition: string | null
}

type Row = {
  hold_id: string
  kind: HoldKind
  target_id: string
  verb: Verb | null
  from_on: Day | null
  to_on: Day | null
  ground: string
  review_on: Day | null
  case_id: string | null
  placed_position: string
  lifted_position: string | null
}

const columns =
  'h.hold_id, h.kind, h.target_id, h.verb, h.from_on, h.to_on, h.ground, h.review_on, h.case_id, h.placed_position, h.lifted_position'

function holdOf(row: Row): Hold {
  return {
    id: row.hold_id,
    kind: row.kind,
    target: row.target_id,
    verb: row.verb,
    from: row.from_on,
    to: row.to_on,
    ground: row.ground,
    reviewOn: row.review_on,
    case: row.case_id,
    placedPosition: row.placed_position,
    liftedPosition: row.lifted_position,
  }
}

export async function holdBy(tx: PoolClient, controller: number, id: string): Promise<Hold | undefined> {
  const { rows } = await tx.query<Row>(
    `select ${columns} from model.hold h where h.controller_id = $1 and h.hold_id = $2`,
    [controller, id],
  )
  return rows[0] === undefined ? undefined : holdOf(rows[0])
}

/** Which holds are asked for: lifted ones too, only those to be reviewed by a day. */
export type HoldsWanted = { readonly all: boolean; readonly reviewBy?: Day | undefined }

/** The newest first. */
export async function listHolds(
  tx: PoolClient,
  controller: number,
  { all, reviewBy }: HoldsWanted,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ items: Hold[]; total: number }> {
  const where = `h.controller_id = $1 and ($2::date is null or h.review_on <= $2)${all ? '' : ' and h.lifted_position is null'}`
  const { rows } = await tx.query<Row>(
    `select ${columns} from model.hold h where ${where} order by h.placed_position desc limit $3 offset $4`,
    [controller, reviewBy ?? null, page.limit, page.offset],
  )
  const counted = await tx.query<{ total: number }>(
    `select count(*)::int as total from model.hold h where ${where}`,
    [controller, reviewBy ?? null],
  )
  return { items: rows.map(holdOf), total: counted.rows[0]?.total ?? 0 }
}

/** What a hold would keep: its target by its own id, and for an object whether it is condemned. Undefined: nothing. */
export type HoldTarget = { readonly target: string; readonly condemned: string | null }

const nothingCondemned = 'null::bigint as condemned'

const targets: Readonly<Record<HoldKind, string>> = {
  // An object by its own id, or by that of one of its events.
  object: `select o.object_id as target, o.condemned_position as condemned from model.object o
    where o.controller_id = $1 and o.object_id in ($2,
      (select e.stream_id from ledger.event e where e.controller_id = $1 and e.event_id = $2 and starts_with(e.type, 'interaction.')))`,
  thread: `select $2::uuid as target, ${nothingCondemned} from model.object o
    where o.controller_id = $1 and (o.thread_id = $2 or o.object_id = $2)`,
  subject: `select s.subject_id as target, ${nothingCondemned} from ledger.subject s
    where s.controller_id = $1 and s.subject_id = $2 and s.erased_position is null`,
  channel: `select d.id as target, ${nothingCondemned} from model.declaration d
    where d.controller_id = $1 and d.kind = 'channel' and d.id = $2`,
  query: `select d.id as target, ${nothingCondemned} from model.declaration d
    where d.controller_id = $1 and d.kind = 'channel' and d.id = $2`,
}

export async function holdTarget(
  tx: PoolClient,
  controller: number,
  kind: HoldKind,
  target: string,
): Promise<HoldTarget | undefined> {
  const { rows } = await tx.query<HoldTarget>(`${targets[kind]} limit 1`, [controller, target])
  return rows[0]
}
