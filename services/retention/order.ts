import type { Day } from '../events/vocabulary.ts'
import { type Actor, recordCommand } from '../ledger/command.ts'
import { identityDigestText } from '../ledger/digests.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { type Preview, previewOf } from './preview.ts'
import { actorAt, actorByDigest, purgeState, unfinishedPurges } from './purge-queries.ts'
import { isAbortable, type PurgeState, phaseOf } from './purge-state.ts'

/** Above so many objects nobody destroys alone. */
export const defaultApprovalSize = 1_000

/** What an order fixes: what it was planned for, how much it may take at the most, and whether another must approve it. */
export type OrderTerms = {
  readonly objects: number
  readonly limit: number
  readonly approval: boolean
  /** Hours in which a decision can revoke it between intent and execution. */
  readonly waitHours: number
}

/** Pure: the terms of a purge of `objects` unheld objects. Without approval it never takes more than the size. */
export function termsOf(objects: number, approvalSize: number, waitHours = 0): OrderTerms {
  const approval = objects > approvalSize
  return { objects, limit: approval ? objects : approvalSize, approval, waitHours }
}

/**
 * Orders a purge of everything due on `today`: an event with the planned counts, executed by whoever runs purges, once
 * it is approved if it has to be. Answers the purge's id. One purge of a controller at a time.
 */
export async function orderPurge(
  ledger: Ledger,
  log: Log,
  actor: string,
  today: Day,
  approvalSize = defaultApprovalSize,
  waitHours = 0,
): Promise<string> {
  const { preview, open } = await reading(ledger, log, async (tx) => ({
    preview: await previewOf(tx, log.controller, today),
    open: await unfinishedPurges(tx, log.controller),
  }))
  const [other] = open
  if (other !== undefined) {
    throw new DomainError('state-conflict', `Purge ${other.id} is ${phaseOf(other)}. It has to end first.`)
  }
  const ordered = await recordCommand(ledger, log, {
    type: 'purge.ordered',
    expectedVersion: 0,
    actor: { name: actor },
    data: { today, ...planOf(preview), ...termsOf(preview.objects - preview.held, approvalSize, waitHours) },
  })
  return ordered.streamId
}

function planOf({ classes, held, rulesPosition }: Preview) {
  const planned = classes.map(({ channel, verb, capacity, rules, ...it }) => ({
    channel,
    verb,
    capacity,
    rules: rules.map(({ rule, version }) => ({ rule, version })),
    objects: it.objects,
    held: it.held,
    oldest: it.oldest,
  }))
  return { rulesPosition, held, planned }
}

/** Somebody else's consent. `four-eyes-required` if it is who ordered it, `state-conflict` if it does not wait for any. */
export async function approvePurge(ledger: Ledger, log: Log, actor: Actor, id: string): Promise<PurgeState> {
  const digest = actorDigest(ledger, log, actor.name)
  const { state, orderer, approver } = await reading(ledger, log, async (tx) => {
    const found = await purgeState(tx, log.controller, id)
    return {
      state: found,
      orderer: await actorAt(tx, log.controller, found.orderedPosition),
      approver: await actorByDigest(tx, log.controller, digest),
    }
  })
  const phase = phaseOf(state)
  if (phase !== 'waiting') {
    throw new DomainError('state-conflict', `Purge ${id} is ${phase}: it does not wait for approval.`)
  }
  if (approver !== undefined && approver === orderer) {
    throw new DomainError(
      'four-eyes-required',
      `Purge ${id} has to be approved by another than who ordered it.`,
    )
  }
  // Nothing is condemned before the approval: the order is the only event of the stream.
  await recordCommand(ledger, log, {
    type: 'purge.approved',
    streamId: id,
    expectedVersion: 1,
    actor,
    data: { objects: state.planned },
  })
  return reading(ledger, log, (tx) => purgeState(tx, log.controller, id))
}

/** Under which digest an actor is known in the log. */
export function actorDigest(ledger: Ledger, log: Log, name: string): Buffer {
  return ledger.digests(log.controller).find(identityDigestText(JSON.stringify(['actor', name])))
}

/** Why a purge was called off. */
export type AbortReason = 'revoked' | 'rules-changed'

/** Calls a purge off: nothing more is condemned. What is condemned already is executed to its end. */
export async function abortPurge(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  reason: AbortReason = 'revoked',
): Promise<PurgeState> {
  const read = () => reading(ledger, log, (tx) => purgeState(tx, log.controller, id))
  const before = await read()
  if (!isAbortable(phaseOf(before))) throw overAlready(before)
  await recordCommand(ledger, log, { type: 'purge.aborted', streamId: id, actor, data: { reason } })
  const after = await read()
  // The purge was executed to its end while we looked: nothing was left to call off.
  if (after.abortedPosition === null) throw overAlready(after)
  return after
}

function overAlready(it: PurgeState): DomainError {
  return new DomainError('state-conflict', `Purge ${it.id} is ${phaseOf(it)}: there is nothing to call off.`)
}
