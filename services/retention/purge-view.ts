import type { PoolClient } from 'pg'
import { actorAt } from './purge-queries.ts'
import { type PurgeState, phaseOf } from './purge-state.ts'

/** A step of a purge: where it stands in the log, when it was taken, and by whom (a random id). */
export type Step = { readonly position: string; readonly at: string; readonly by: string | null }

/** A purge as the API shows it. */
export async function purgeView(tx: PoolClient, controller: number, it: PurgeState) {
  const step = (position: string | null) => stepAt(tx, controller, position)
  return {
    id: it.id,
    phase: phaseOf(it),
    planned: it.planned,
    limit: it.limit,
    approval: it.approval,
    intents: it.intents,
    objects: it.objects,
    destroyed: await destroyedSoFar(tx, controller, it),
    released: it.released,
    waitHours: it.waitHours,
    revocableUntil: it.deferredUntil?.toISOString() ?? null,
    ordered: (await step(it.orderedPosition)) as Step,
    approved: await step(it.approvedPosition),
    paused: await step(it.pausedPosition),
    revoked: await step(it.revokedPosition),
    begun: await step(it.begunPosition),
    aborted: await step(it.abortedPosition),
    executed: await step(it.executedPosition),
    swept: await step(it.sweptPosition),
  }
}

/** Objects of intents that have been carried out: a row for each intent, not for each object. */
async function destroyedSoFar(tx: PoolClient, controller: number, it: PurgeState): Promise<number> {
  if (it.intents === 0) return 0
  const { rows } = await tx.query<{ objects: number }>(
    `select coalesce(sum(i.objects), 0)::int as objects from model.intent i
      where i.controller_id = $1 and i.purge_id = $2
        and (select c.executed_at is not null from ledger.condemned c where c.controller_id = $1 and c.position = i.position limit 1)`,
    [controller, it.id],
  )
  return rows[0]?.objects ?? 0
}

async function stepAt(tx: PoolClient, controller: number, position: string | null): Promise<Step | null> {
  if (position === null) return null
  const { rows } = await tx.query<{ recorded_at: Date }>(
    'select recorded_at from ledger.event where controller_id = $1 and position = $2',
    [controller, position],
  )
  const [row] = rows
  if (row === undefined) return null
  return {
    position,
    at: row.recorded_at.toISOString(),
    by: (await actorAt(tx, controller, position)) ?? null,
  }
}
