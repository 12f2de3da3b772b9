import type { Day } from '../events/vocabulary.ts'
import { type Actor, type Command, draftOfCommand, recordCommands, recordDrafts } from '../ledger/command.ts'
import { identityDigestText } from '../ledger/digests.ts'
import { noTraits } from '../ledger/draft.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { randomBytes, uuidv7 } from '../platform/ids.ts'
import type { JsonObject } from '../platform/json.ts'
import { type CaseCommand, decide } from './case-decide.ts'
import { type AccessFile, type Arrival, type Assurance, type Language, readCase } from './case-file.ts'
import { dayOfReceipt } from './clock.ts'
import { seenOf, subjectsByIdentity } from './find-queries.ts'
import { isOpen, noCase } from './states.ts'

export type Intake = {
  /** The day it reached one of the controller's official channels, read or not (EDPB 01/2022 § 159). */
  readonly arrivedOn: Day
  readonly foundAtFirstEmptying?: boolean | undefined
  readonly arrival: Arrival
  /** The language the answer is wanted in. */
  readonly language: Language
  readonly reviewRequired: boolean
  /** Name, address, identifiers as the person gave them: kept sealed, for a subject of the case's own. */
  readonly requester?: JsonObject | undefined
}

/** Who steps, as the case knows them: the id under which their name stands sealed. */
async function stepper(ledger: Ledger, log: Log, actor: Actor): Promise<string> {
  const digest = ledger
    .digests(log.controller)
    .find(identityDigestText(JSON.stringify(['actor', actor.name])))
  const [id] = await reading(ledger, log, (tx) => subjectsByIdentity(tx, log.controller, [digest]))
  return id ?? 'never seen before'
}

export function loadCase(ledger: Ledger, log: Log, id: string): Promise<AccessFile> {
  return reading(ledger, log, (tx) => readCase(tx, log.controller, id))
}

/**
 * Opens a case under art. 15. Sealed with what the requester said lies the key of the pseudonyms of this case's answer:
 * it goes when the case file goes.
 */
export async function openCase(ledger: Ledger, log: Log, actor: Actor, intake: Intake): Promise<string> {
  const now = ledger.clock.now()
  const { arrivedOn, arrival, language, reviewRequired, requester = {} } = intake
  if (arrivedOn > localDay(now)) {
    throw new DomainError('validation-failed', 'A request cannot have come in on a day to come', {
      violations: [{ pointer: '/arrivedOn', reason: 'lies in the future' }],
    })
  }
  const by = await stepper(ledger, log, actor)
  const on = dayOfReceipt(arrivedOn, intake.foundAtFirstEmptying ?? false)
  const received = decide({ type: 'Receive', by, on, right: 'access', reviewRequired }, noCase)
  const { type, by: _, ...data } = received
  const id = uuidv7()
  const draft = draftOfCommand(
    { type, streamId: id, expectedVersion: 0, actor, data: { ...data, arrival, language } },
    now,
  )
  const content = { requester, maskKey: randomBytes(32).toString('base64') }
  await recordDrafts(ledger, log, [
    {
      ...draft,
      persons: [...draft.persons, { by: 'unresolved', traits: noTraits }],
      parts: [...draft.parts, { person: 1, role: 'requester', category: 'contact', content }],
    },
  ])
  return id
}

type StepCommand = CaseCommand extends infer C ? (C extends unknown ? Omit<C, 'by' | 'on'> : never) : never

/** Takes a case one step on, if `decide` allows it; `note`: why, in words, sealed. Closing lifts the holds of the case. */
export async function stepCase(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  command: StepCommand,
  note?: string,
): Promise<AccessFile> {
  const file = await loadCase(ledger, log, id)
  const by = await stepper(ledger, log, actor)
  const on = localDay(ledger.clock.now())
  const { type, by: _, ...data } = decide({ ...command, by, on } as CaseCommand, file.state)
  const closes = type === 'access.answered' || type === 'access.refused' || type === 'access.withdrawn'
  const step: Command = {
    type,
    streamId: id,
    expectedVersion: file.version,
    actor,
    data,
    ...(note === undefined ? {} : { sealed: { note } }),
  }
  await recordCommands(ledger, log, [
    step,
    ...(closes ? file.links.map((link) => lift(id, actor, link)) : []),
  ])
  return loadCase(ledger, log, id)
}

const ground = 'access-request'

function lift(id: string, actor: Actor, link: { readonly hold: string }): Command {
  return { type: 'hold.lifted', streamId: link.hold, expectedVersion: 1, actor, data: { ground, case: id } }
}

/** The officer's decision that an account is the requester's. From now on nothing of that person is purged. */
export async function linkSubject(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  link: { readonly subject: string; readonly assurance: Assurance; readonly note?: string | undefined },
): Promise<AccessFile> {
  const { subject, assurance, note } = link
  const started = await startedCase(ledger, log, actor, id)
  if (started.links.some((it) => it.subject === subject)) return started
  const seen = await reading(ledger, log, (tx) => seenOf(tx, log.controller, [subject]))
  if (!seen.has(subject)) throw new DomainError('not-found', 'no such person')
  const hold = uuidv7()
  await recordCommands(ledger, log, [
    {
      type: 'access.linked',
      streamId: id,
      expectedVersion: started.version,
      actor,
      data: { subject, assurance, hold },
      ...(note === undefined ? {} : { sealed: { note } }),
    },
    {
      type: 'hold.placed',
      streamId: hold,
      expectedVersion: 0,
      actor,
      data: { kind: 'subject', target: subject, ground, case: id },
    },
  ])
  return loadCase(ledger, log, id)
}

/** Takes a link back: it was not their account after all. */
export async function unlinkSubject(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  subject: string,
): Promise<AccessFile> {
  const file = await loadCase(ledger, log, id)
  requireOpen(file)
  const link = file.links.find((it) => it.subject === subject)
  if (link === undefined) throw new DomainError('not-found', 'no such link')
  await recordCommands(ledger, log, [
    {
      type: 'access.unlinked',
      streamId: id,
      expectedVersion: file.version,
      actor,
      data: { subject, hold: link.hold },
    },
    lift(id, actor, link),
  ])
  return loadCase(ledger, log, id)
}

/** Fixes the answer to the log as it is now, unless nothing has changed since it last was fixed. */
export async function fixAnswer(ledger: Ledger, log: Log, actor: Actor, id: string): Promise<AccessFile> {
  const file = await loadCase(ledger, log, id)
  if (file.compiled !== undefined) return file
  const started = await startedCase(ledger, log, actor, id)
  await recordCommands(ledger, log, [
    { type: 'access.compiled', streamId: id, expectedVersion: started.version, actor, data: {} },
  ])
  return loadCase(ledger, log, id)
}

function requireOpen(file: AccessFile): void {
  if (!isOpen(file.state)) throw new DomainError('state-conflict', `The case is ${file.state.status}`)
}

async function startedCase(ledger: Ledger, log: Log, actor: Actor, id: string): Promise<AccessFile> {
  const file = await loadCase(ledger, log, id)
  requireOpen(file)
  return file.state.status === 'received' ? stepCase(ledger, log, actor, id, { type: 'Start' }) : file
}
