import type { Day } from '../events/vocabulary.ts'
import { type Actor, recordCommand } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { type Hold, type HoldKind, type HoldTarget, holdBy, holdTarget } from './hold-queries.ts'

export type HoldWish = {
  readonly kind: HoldKind
  readonly target: string
  /** What narrows a query: the act that created the objects, and the days on which they occurred. */
  readonly verb?: string | undefined
  readonly from?: Day | undefined
  readonly to?: Day | undefined
  /** A code such as `appeal`: stands open, in previews and explanations. */
  readonly ground: string
  /** Why, in words: sealed. */
  readonly text?: string | undefined
  readonly reviewOn?: Day | undefined
}

/**
 * From its acknowledgement on nothing under it is condemned. `validation-failed` for a target that is not there,
 * `condemned` for an object whose purge was intended before.
 */
export async function placeHold(ledger: Ledger, log: Log, actor: Actor, wish: HoldWish): Promise<Hold> {
  const { kind, ground, text, reviewOn, verb, from, to } = wish
  refuse(
    reviewOn !== undefined && reviewOn < localDay(ledger.clock.now()) ? '/reviewOn' : undefined,
    'lies in the past',
  )
  const look = () => reading(ledger, log, (tx) => holdTarget(tx, log.controller, kind, wish.target))
  const found = await look()
  refuse(found === undefined ? '/target' : undefined, `is no ${kind} of this controller`)
  requireLiving(found)
  const target = found?.target as string
  const placed = await recordCommand(ledger, log, {
    type: 'hold.placed',
    expectedVersion: 0,
    actor,
    data: {
      kind,
      target,
      ground,
      ...(reviewOn === undefined ? {} : { reviewOn }),
      ...(verb === undefined ? {} : { verb }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    },
    ...(text === undefined ? {} : { sealed: { text } }),
  })
  // A purge may have condemned it between the look and the log: then the hold came too late, and says so.
  const now = await look()
  if (now?.condemned !== null && now?.condemned !== undefined) {
    const { streamId } = placed
    await recordCommand(ledger, log, {
      type: 'hold.lifted',
      streamId,
      expectedVersion: 1,
      actor,
      data: { ground: 'condemned' },
    })
  }
  requireLiving(now)
  return (await reading(ledger, log, (tx) => holdBy(tx, log.controller, placed.streamId))) as Hold
}

function refuse(pointer: string | undefined, reason: string): void {
  if (pointer === undefined) return
  throw new DomainError('validation-failed', '1 field does not fit', { violations: [{ pointer, reason }] })
}

function requireLiving(it: HoldTarget | undefined): void {
  if (it === undefined || it.condemned === null) return
  throw new DomainError('condemned', `The object was condemned at position ${it.condemned}.`)
}

/** Puts what is overdue back in line for the next purge. A hold of a data subject's case goes with the case. */
export async function liftHold(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  text?: string,
): Promise<Hold> {
  const read = () => reading(ledger, log, (tx) => holdBy(tx, log.controller, id))
  const hold = await read()
  if (hold === undefined) throw new DomainError('not-found', 'no such hold')
  if (hold.liftedPosition !== null) {
    throw new DomainError('state-conflict', `It was lifted at position ${hold.liftedPosition}.`)
  }
  if (hold.case !== null) {
    throw new DomainError('state-conflict', `It is lifted when case ${hold.case} is closed.`)
  }
  await recordCommand(ledger, log, {
    type: 'hold.lifted',
    streamId: id,
    expectedVersion: 1,
    actor,
    data: { ground: hold.ground },
    ...(text === undefined ? {} : { sealed: { text } }),
  })
  return (await read()) as Hold
}
