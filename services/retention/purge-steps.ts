import type { Decision } from '../events/vocabulary.ts'
import { type Actor, recordCommand } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import type { JsonObject } from '../platform/json.ts'
import { streamVersion } from './purge-finish.ts'
import { purgeState } from './purge-queries.ts'
import { isPausable, isRevocable, type PurgeState, phaseOf } from './purge-state.ts'

/** Halts a purge for a while: what is under way is brought to its end, nothing more is condemned or destroyed. */
export function pausePurge(ledger: Ledger, log: Log, actor: Actor, id: string): Promise<PurgeState> {
  return step(ledger, log, id, actor, 'purge.paused', {}, (it) => {
    if (!isPausable(phaseOf(it))) throw not(it, 'it cannot be paused')
  })
}

/** Lets a paused purge go on from where it stood. */
export function resumePurge(ledger: Ledger, log: Log, actor: Actor, id: string): Promise<PurgeState> {
  return step(ledger, log, id, actor, 'purge.resumed', {}, (it) => {
    if (phaseOf(it) !== 'paused') throw not(it, 'it is not paused')
  })
}

/**
 * Revokes a purge in its waiting period, by a decision that stands in the log: what it has condemned is given back, and
 * is due again for a later purge unless rules or holds say otherwise. `state-conflict` once its execution has begun:
 * after that there is no undo.
 */
export function revokePurge(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  decision: Decision,
): Promise<PurgeState> {
  return step(ledger, log, id, actor, 'purge.revoked', { decision: jsonOf(decision) }, (it) => {
    if (it.waitHours === 0) throw not(it, 'it has no waiting period in which it could be revoked')
    if (!isRevocable(it)) throw not(it, 'it can no longer be revoked')
  })
}

function jsonOf({ body, reference, paragraph, date, wording }: Decision): JsonObject {
  return { body, reference, ...(paragraph === undefined ? {} : { paragraph }), date, wording }
}

function not(it: PurgeState, why: string): DomainError {
  return new DomainError('state-conflict', `Purge ${it.id} is ${phaseOf(it)}: ${why}.`)
}

/** Records a step at the version on which it was decided: of two that exclude each other the later is decided anew. */
async function step(
  ledger: Ledger,
  log: Log,
  id: string,
  actor: Actor,
  type: string,
  data: JsonObject,
  decide: (it: PurgeState) => void,
): Promise<PurgeState> {
  const read = () => reading(ledger, log, (tx) => purgeState(tx, log.controller, id))
  for (;;) {
    const { state, version } = await reading(ledger, log, async (tx) => ({
      state: await purgeState(tx, log.controller, id),
      version: await streamVersion(tx, log.controller, id),
    }))
    decide(state)
    try {
      await recordCommand(ledger, log, { type, streamId: id, expectedVersion: version, actor, data })
      return read()
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'version-conflict')) throw error
    }
  }
}
