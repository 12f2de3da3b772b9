import { type Actor, draftOfCommand, recordCommand, recordCommands, recordDrafts } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { readEvents } from '../ledger/read.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { uuidv7 } from '../platform/ids.ts'
import type { AccessFile } from './case-file.ts'
import { loadCase, requireOpen, startedCase } from './case-steps.ts'
import { objectOf, type Restriction, restrictionsOfCase } from './rights-queries.ts'
import type { RequestedRight } from './states.ts'

/** Why processing is restricted: art. 18.1 a–d. */
export const restrictionGrounds = ['accuracy', 'unlawful', 'legalClaims', 'objection'] as const
export type RestrictionGround = (typeof restrictionGrounds)[number]

async function startedUnder(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  ...rights: readonly RequestedRight[]
): Promise<AccessFile> {
  const file = await loadCase(ledger, log, id)
  requireOpen(file)
  if (!rights.includes(file.state.right)) {
    throw new DomainError('state-conflict', `The case is about ${file.state.right}`)
  }
  return startedCase(ledger, log, actor, id)
}

/** A record as the one who rectifies names it, if a person linked to the case stands in its object. */
async function recordOfCase(ledger: Ledger, log: Log, file: AccessFile, record: string) {
  const subjects = file.links.map(({ subject }) => subject)
  const object = await reading(ledger, log, (tx) => objectOf(tx, log.controller, record, subjects))
  if (object === undefined)
    throw new DomainError('not-found', 'no such record of a person linked to the case')
  return object
}

/**
 * Rectifies (art. 16): the original stands as it was written; what the person states is appended and shown beside it
 * wherever it is shown. It lies in the object's own stream, so that it goes when the record goes.
 */
export async function appendStatement(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  { record, text }: { readonly record: string; readonly text: string },
): Promise<AccessFile> {
  const file = await startedUnder(ledger, log, actor, id, 'rectification')
  const { object, subject } = await recordOfCase(ledger, log, file, record)
  const data = { case: id, of: record }
  const draft = draftOfCommand(
    { type: 'statement.appended', streamId: object, actor, data },
    ledger.clock.now(),
  )
  await recordDrafts(ledger, log, [
    {
      ...draft,
      persons: [...draft.persons, { by: 'known', subjectId: subject }],
      parts: [...draft.parts, { person: 1, role: 'subject', category: 'content', content: { text } }],
    },
  ])
  return loadCase(ledger, log, id)
}

export type RestrictionTarget =
  | { readonly kind: 'subject'; readonly target: string }
  | { readonly kind: 'object'; readonly target: string }

/**
 * Restricts (art. 18): what is named is stored and shown nowhere until the restriction is lifted, and not destroyed. It
 * outlives the case. `objection`: while an objection is weighed.
 */
export async function restrict(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  { kind, target, ground }: RestrictionTarget & { readonly ground: RestrictionGround },
): Promise<Restriction[]> {
  const file = await startedUnder(
    ledger,
    log,
    actor,
    id,
    'restriction',
    'rectification',
    'objection',
    'erasure',
  )
  const linked = file.links.some(({ subject }) => subject === target)
  if (kind === 'subject' && !linked) {
    throw new DomainError('not-found', 'That person is not linked to the case')
  }
  const named = kind === 'subject' ? target : (await recordOfCase(ledger, log, file, target)).object
  const standing = await restrictionsOf(ledger, log, id)
  if (standing.some((it) => it.target === named && it.liftedPosition === undefined)) return standing
  await recordCommand(ledger, log, {
    type: 'hold.placed',
    streamId: uuidv7(),
    expectedVersion: 0,
    actor,
    data: { kind, target: named, ground: 'restriction', case: id, restriction: ground },
  })
  return restrictionsOf(ledger, log, id)
}

export async function restrictionsOf(ledger: Ledger, log: Log, id: string): Promise<Restriction[]> {
  await loadCase(ledger, log, id)
  return reading(ledger, log, (tx) => restrictionsOfCase(tx, log.controller, id))
}

async function standingRestriction(ledger: Ledger, log: Log, id: string, hold: string): Promise<Restriction> {
  const found = (await restrictionsOf(ledger, log, id)).find((it) => it.hold === hold)
  if (found === undefined) throw new DomainError('not-found', 'no such restriction')
  if (found.liftedPosition !== undefined) {
    throw new DomainError('state-conflict', `It was lifted at position ${found.liftedPosition}`)
  }
  return found
}

/** The person has been told that the restriction is going to be lifted (art. 18.3): when, and sealed how. */
export async function tellOfLifting(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  hold: string,
  how: string,
): Promise<Restriction[]> {
  const standing = await standingRestriction(ledger, log, id, hold)
  if (standing.toldOn !== undefined) return restrictionsOf(ledger, log, id)
  await recordCommand(ledger, log, {
    type: 'restriction.told',
    streamId: hold,
    expectedVersion: 1,
    actor,
    data: { case: id },
    sealed: { note: how },
  })
  return restrictionsOf(ledger, log, id)
}

/** Lifts a restriction of which the person was told before: it is shown again. */
export async function liftRestriction(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  hold: string,
): Promise<Restriction[]> {
  const { toldOn } = await standingRestriction(ledger, log, id, hold)
  if (toldOn === undefined) {
    throw new DomainError('decision-missing', 'The person is told before a restriction is lifted (art. 18.3)')
  }
  const events = await reading(ledger, log, (tx) =>
    readEvents(tx, { controller: log.controller, streamId: hold, limit: 10 }),
  )
  await recordCommands(ledger, log, [
    {
      type: 'hold.lifted',
      streamId: hold,
      expectedVersion: events.length,
      actor,
      data: { ground: 'restriction', case: id, on: localDay(ledger.clock.now()) },
    },
  ])
  return restrictionsOf(ledger, log, id)
}
