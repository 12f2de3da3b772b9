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
import {
  type AccessFile,
  type Arrival,
  type Language,
  readCase,
  readCases,
  reviewsCases,
} from './case-file.ts'
import { appealHolds, holdContext, liftContext, liftOf } from './case-holds.ts'
import { dayOfReceipt } from './clock.ts'
import { subjectsByIdentity } from './find-queries.ts'
import { type ActingFor, isOpen, noCase, type RequestedRight } from './states.ts'

export type Intake = {
  /** Access (art. 15) when left out. */
  readonly right?: RequestedRight | undefined
  readonly actingFor?: ActingFor | undefined
  /** The registered person is a child. */
  readonly minor?: boolean | undefined
  /** Known from the start to live under protected identity. */
  readonly protected?: boolean | undefined
  /** The day it reached one of the controller's official channels, read or not (EDPB 01/2022 § 159). */
  readonly arrivedOn: Day
  readonly foundAtFirstEmptying?: boolean | undefined
  readonly arrival: Arrival
  /** The language the answer is wanted in. */
  readonly language: Language
  /** A second person approves the answer; the controller may have declared it for all. */
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

const pageSize = 500

/** A page of cases in the order in which they came in; `next`: where the following one goes on. */
export async function listCases(
  ledger: Ledger,
  log: Log,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ readonly items: readonly AccessFile[]; readonly next?: string }> {
  const items = await reading(ledger, log, (tx) => readCases(tx, log.controller, page))
  const last = items.at(-1)?.receivedPosition
  return { items, ...(items.length === page.limit && last !== undefined ? { next: last } : {}) }
}

/** All open cases of a log: some tens. */
export async function openCases(ledger: Ledger, log: Log): Promise<AccessFile[]> {
  const open: AccessFile[] = []
  let after: string | undefined
  do {
    const page = await listCases(ledger, log, { after, limit: pageSize })
    open.push(...page.items.filter(({ state }) => isOpen(state)))
    after = page.next
  } while (after !== undefined)
  return open
}

/**
 * Opens a case under arts. 15–21. Sealed with what the requester said lies the key of the pseudonyms of this case's answer:
 * it goes when the case file goes.
 */
export async function openCase(ledger: Ledger, log: Log, actor: Actor, intake: Intake): Promise<string> {
  const now = ledger.clock.now()
  const { arrivedOn, arrival, language, requester = {} } = intake
  if (arrivedOn > localDay(now)) {
    throw new DomainError('validation-failed', 'A request cannot have come in on a day to come', {
      violations: [{ pointer: '/arrivedOn', reason: 'lies in the future' }],
    })
  }
  const bySetting = await reading(ledger, log, (tx) => reviewsCases(tx, log.controller))
  const reviewRequired = intake.reviewRequired || bySetting
  const by = await stepper(ledger, log, actor)
  const on = dayOfReceipt(arrivedOn, intake.foundAtFirstEmptying ?? false)
  const { right = 'access', actingFor = 'self', minor = false } = intake
  const facts = { right, actingFor, minor, protected: intake.protected ?? false }
  const received = decide({ type: 'Receive', by, on, ...facts, reviewRequired }, noCase)
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

export type StepCommand = CaseCommand extends infer C
  ? C extends unknown
    ? Omit<C, 'by' | 'on'>
    : never
  : never

/**
 * Takes a case one step on, if `decide` allows it; `note`: why, in words, sealed. Closing lifts the holds of the case,
 * and answering it answers the cases that ask the same.
 */
export async function stepCase(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  command: StepCommand,
  note?: string,
): Promise<AccessFile> {
  const file = await loadCase(ledger, log, id)
  requireWeighing(file, command, note)
  const by = await stepper(ledger, log, actor)
  const step = stepOf(file, actor, by, localDay(ledger.clock.now()), command)
  const closed = [file]
  const steps = [{ ...step, ...(note === undefined ? {} : { sealed: { note } }) }]
  if (command.type === 'Answer') {
    for (const other of await groupedUnder(ledger, log, file)) {
      const jointly = { type: 'AnswerJointly', outcome: command.outcome, jointly: id } as const
      closed.push(other)
      steps.push(stepOf(other, actor, by, localDay(ledger.clock.now()), jointly))
    }
  }
  const closes = closing.has(step.type)
  await recordCommands(ledger, log, [
    ...steps,
    ...(command.type === 'Appeal' ? appealHolds(file, actor) : []),
    ...(closes ? closed.flatMap((it) => it.links.map((link) => liftOf(it.id, actor, link.hold))) : []),
  ])
  if (closes) for (const it of closed) await liftContext(ledger, log, actor, it.id)
  return loadCase(ledger, log, id)
}

/** An objection is weighed against the grounds for processing (art. 21.1): the decision says how. */
function requireWeighing({ state }: AccessFile, { type }: StepCommand, note: string | undefined): void {
  if (state.right !== 'objection' || note !== undefined) return
  if (type === 'Answer' || type === 'Refuse') {
    throw new DomainError('decision-missing', 'How the objection was weighed is written down (art. 21.1)')
  }
}

const closing: ReadonlySet<string> = new Set(['access.answered', 'access.refused', 'access.withdrawn'])

function stepOf(file: AccessFile, actor: Actor, by: string, on: Day, command: StepCommand): Command {
  // `decide` takes the command with who and when: an intersection of the union that TypeScript does not see through.
  const { type, by: _, ...data } = decide({ ...command, by, on } as CaseCommand, file.state)
  return { type, streamId: file.id, expectedVersion: file.version, actor, data }
}

/** Open cases that the officer has grouped with this one. */
async function groupedUnder(ledger: Ledger, log: Log, file: AccessFile): Promise<AccessFile[]> {
  const all = await openCases(ledger, log)
  return all.filter((it) => it.groupedWith === file.id)
}

/** Fixes the answer to the log as it is now, unless nothing has changed since it last was fixed. */
export async function fixAnswer(ledger: Ledger, log: Log, actor: Actor, id: string): Promise<AccessFile> {
  const file = await loadCase(ledger, log, id)
  if (file.compiled !== undefined) return file
  const started = await startedCase(ledger, log, actor, id)
  await holdContext(ledger, log, actor, started)
  await recordCommands(ledger, log, [
    { type: 'access.compiled', streamId: id, expectedVersion: started.version, actor, data: {} },
  ])
  return loadCase(ledger, log, id)
}

export function requireOpen(file: AccessFile): void {
  if (!isOpen(file.state)) throw new DomainError('state-conflict', `The case is ${file.state.status}`)
}

export async function startedCase(ledger: Ledger, log: Log, actor: Actor, id: string): Promise<AccessFile> {
  const file = await loadCase(ledger, log, id)
  requireOpen(file)
  return file.state.status === 'received' ? stepCase(ledger, log, actor, id, { type: 'Start' }) : file
}
