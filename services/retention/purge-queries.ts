import type { PoolClient } from 'pg'
import { DomainError } from '../platform/errors.ts'
import type { PurgeState } from './purge-state.ts'

type Row = {
  purge_id: string
  ordered_position: string
  planned: number
  object_limit: number
  approval: boolean
  wait_hours: number
  approved_position: string | null
  paused_position: string | null
  aborted_position: string | null
  intents: number
  objects: number
  deferred_position: string | null
  deferred_until: Date | null
  revoked_position: string | null
  released: number
  released_position: string | null
  begun_position: string | null
  executed_position: string | null
  swept_position: string | null
}

const columns =
  'p.purge_id, p.ordered_position, p.planned, p.object_limit, p.approval, p.wait_hours, p.approved_position, p.paused_position, p.aborted_position, p.intents, p.objects, p.deferred_position, p.deferred_until, p.revoked_position, p.released, p.released_position, p.begun_position, p.executed_position, p.swept_position'

function stateOf(row: Row): PurgeState {
  return {
    id: row.purge_id,
    orderedPosition: row.ordered_position,
    planned: row.planned,
    limit: row.object_limit,
    approval: row.approval,
    waitHours: row.wait_hours,
    approvedPosition: row.approved_position,
    pausedPosition: row.paused_position,
    abortedPosition: row.aborted_position,
    intents: row.intents,
    objects: row.objects,
    deferredPosition: row.deferred_position,
    deferredUntil: row.deferred_until,
    revokedPosition: row.revoked_position,
    released: row.released,
    releasedPosition: row.released_position,
    begunPosition: row.begun_position,
    executedPosition: row.executed_position,
    sweptPosition: row.swept_position,
  }
}

/** A purge by its id, or `not-found`. */
export async function purgeState(tx: PoolClient, controller: number, id: string): Promise<PurgeState> {
  const { rows } = await tx.query<Row>(
    `select ${columns} from model.purge p where p.controller_id = $1 and p.purge_id = $2`,
    [controller, id],
  )
  const [row] = rows
  if (row === undefined) throw new DomainError('not-found', 'There is no such purge.')
  return stateOf(row)
}

/** The newest first. */
export async function listPurges(
  tx: PoolClient,
  controller: number,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ items: PurgeState[]; total: number }> {
  const { rows } = await tx.query<Row>(
    `select ${columns} from model.purge p where p.controller_id = $1 order by p.ordered_position desc limit $2 offset $3`,
    [controller, page.limit, page.offset],
  )
  const counted = await tx.query<{ total: number }>(
    'select count(*)::int as total from model.purge where controller_id = $1',
    [controller],
  )
  return { items: rows.map(stateOf), total: counted.rows[0]?.total ?? 0 }
}

/** Purges that have not come to their end: executed, revoked, or called off before anything was condemned. */
export async function unfinishedPurges(tx: PoolClient, controller: number): Promise<PurgeState[]> {
  const { rows } = await tx.query<Row>(
    `select ${columns} from model.purge p
      where p.controller_id = $1 and p.executed_position is null and (p.aborted_position is null or p.intents > 0)
        and (p.revoked_position is null or (p.intents > 0 and p.released_position is null))
      order by p.ordered_position`,
    [controller],
  )
  return rows.map(stateOf)
}

/** Who caused an event, by the id under which their name stands sealed. */
export async function actorAt(
  tx: PoolClient,
  controller: number,
  position: string,
): Promise<string | undefined> {
  const { rows } = await tx.query<{ subject_id: string }>(
    "select subject_id from ledger.event_part where controller_id = $1 and position = $2 and role = 'actor'",
    [controller, position],
  )
  return rows[0]?.subject_id
}

/** The id of an actor who has acted in this log before, by the digest of who they are. */
export async function actorByDigest(
  tx: PoolClient,
  controller: number,
  digest: Buffer,
): Promise<string | undefined> {
  const { rows } = await tx.query<{ id: string }>(
    'select id from ledger.identity where controller_id = $1 and digest = $2',
    [controller, digest],
  )
  return rows[0]?.id
}
