import { withController } from '../db/transaction.ts'
import { carryOut, type DestroyDeps } from '../ledger/carry-out.ts'
import { recordCommand } from '../ledger/command.ts'
import { destroyedTotals } from '../ledger/destroyed.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { writeAtLogTime } from '../ledger/stamped.ts'
import { DomainError } from '../platform/errors.ts'
import { type Pace, paceOf } from './pace.ts'
import { purgeState } from './purge-queries.ts'
import { type PurgeState, phaseOf } from './purge-state.ts'

type Deps = DestroyDeps & Pace

type Pending = { readonly position: string; readonly objects: number }

/** Intents of a purge whose objects are condemned and not destroyed. */
async function pendingIntents(deps: Deps, log: Log, purgeId: string): Promise<Pending[]> {
  const { rows } = await deps.purgePool.query<{ position: string; purge_id: string; objects: string }>(
    'select position, purge_id, objects from ledger.unexecuted_intents($1)',
    [log.controller],
  )
  return rows
    .filter((row) => row.purge_id === purgeId)
    .map(({ position, objects }) => ({ position, objects: Number(objects) }))
}

/** Destroys what is condemned already: after a waiting period, or what a crash left. False: halted between two intents. */
export async function carryOutIntents(
  deps: Deps,
  log: Log,
  purgeId: string,
  tell: (step: { objects: number; records: number }) => void,
): Promise<boolean> {
  const pace = paceOf(deps)
  for (const { position, objects } of await pendingIntents(deps, log, purgeId)) {
    if (deps.stopping?.() === true) return false
    const state = await reading(deps.ledger, log, (tx) => purgeState(tx, log.controller, purgeId))
    if (phaseOf(state) === 'paused') return false
    const records = await carryOut(deps, log, purgeId, position)
    tell({ objects, records })
    await pace(records)
  }
  return true
}

const hourMs = 3_600_000

/**
 * Ends the condemning of a purge with a waiting period: from now on nothing is added to it, and until the instant in the
 * event nothing destroyed. False if there is nothing to wait with, because nothing was condemned.
 */
export async function deferPurge(ledger: Ledger, log: Log, id: string, actor: string): Promise<boolean> {
  const state = await reading(ledger, log, (tx) => purgeState(tx, log.controller, id))
  // Revoked while it was being condemned: whoever looks next gives everything back.
  if (state.revokedPosition !== null) return true
  if (state.intents === 0) return false
  const until = new Date(ledger.clock.now().getTime() + state.waitHours * hourMs).toISOString()
  await recordCommand(ledger, log, {
    type: 'purge.deferred',
    streamId: id,
    actor: { name: actor },
    data: { until },
  })
  return true
}

/**
 * Begins the execution of a deferred purge. The event stands at the version that was looked at, so that of this and a
 * decision that revokes it one is first and the other is refused. False: the other was.
 */
export async function beginPurge(ledger: Ledger, log: Log, id: string, actor: string): Promise<boolean> {
  for (;;) {
    const { state, version } = await reading(ledger, log, async (tx) => ({
      state: await purgeState(tx, log.controller, id),
      version: await streamVersion(tx, log.controller, id),
    }))
    if (phaseOf(state) !== 'revocable') return state.begunPosition !== null && state.pausedPosition === null
    try {
      await recordCommand(ledger, log, {
        type: 'purge.begun',
        streamId: id,
        expectedVersion: version,
        actor: { name: actor },
        data: {},
      })
      return true
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'version-conflict')) throw error
    }
  }
}

export async function streamVersion(
  tx: Parameters<typeof purgeState>[0],
  controller: number,
  stream: string,
): Promise<number> {
  const { rows } = await tx.query<{ version: number }>(
    'select coalesce(max(stream_version), 0)::int as version from ledger.event where controller_id = $1 and stream_id = $2',
    [controller, stream],
  )
  return rows[0]?.version ?? 0
}

/** Gives back what a revoked purge has condemned, intent by intent, each with an event. Killed on the way, it goes on. */
export async function releaseIntents(deps: Deps, log: Log, { id }: PurgeState): Promise<void> {
  const pending = await pendingIntents(deps, log, id)
  for (const [index, { position, objects }] of pending.entries()) {
    if (deps.stopping?.() === true) return
    await writeAtLogTime(
      deps,
      log,
      {
        streamId: id,
        type: 'purge.released',
        data: { intent: Number(position), objects, left: pending.length - index - 1 },
      },
      async (it) => {
        await deps.purgePool.query('select ledger.release($1, $2, $3, $4, $5, $6, $7, $8)', [
          log.controller,
          it.recordedAt,
          it.eventId,
          id,
          it.occurredOn,
          it.header,
          it.entry,
          position,
        ])
      },
    )
  }
}

/** Ends a purge, unless it was called off before anything was condemned: its totals and the digest of what it destroyed, so that a certificate can be checked against the log. */
export async function closePurge(deps: Deps, log: Log, purgeId: string, actor: string): Promise<void> {
  const { state, totals } = await withController(deps.purgePool, log.controller, async (tx) => ({
    state: await purgeState(tx, log.controller, purgeId),
    totals: await destroyedTotals(tx, log.controller, purgeId),
  }))
  if (phaseOf(state) === 'aborted' || state.revokedPosition !== null) return
  const { objects, records, positions } = totals
  await recordCommand(deps.ledger, log, {
    type: 'purge.executed',
    streamId: purgeId,
    actor: { name: actor },
    data: { objects, records, positions },
  })
}
