import type { Day } from '../events/vocabulary.ts'
import { DomainError } from '../platform/errors.ts'
import { appealDeadline, firstMonth } from './clock.ts'
import {
  type ActingFor,
  type AuthorityProof,
  type CaseEvent,
  type CaseState,
  type ClosedCase,
  type ExtensionReason,
  type IdentityProof,
  isOpen,
  type OpenCase,
  type RefusalGround,
  type RequestedRight,
  type Step,
} from './states.ts'

export type CaseCommand = Step &
  (
    | {
        readonly type: 'Receive'
        readonly right: RequestedRight
        readonly reviewRequired: boolean
        readonly actingFor?: ActingFor
        readonly minor?: boolean
        readonly protected?: boolean
      }
    | { readonly type: 'Start' }
    | { readonly type: 'Protect' }
    | { readonly type: 'NoteAuthority'; readonly authority: AuthorityProof }
    | { readonly type: 'AskIdentity' }
    | { readonly type: 'NoteIdentity'; readonly proof: IdentityProof }
    | { readonly type: 'AskClarification' }
    | { readonly type: 'NoteClarification' }
    | { readonly type: 'Extend'; readonly reason: ExtensionReason }
    | { readonly type: 'Submit' }
    | { readonly type: 'Return' }
    | { readonly type: 'Answer'; readonly outcome: 'whole' | 'part' }
    | { readonly type: 'AnswerJointly'; readonly outcome: 'whole' | 'part'; readonly jointly: string }
    | { readonly type: 'Refuse'; readonly ground: RefusalGround }
    | { readonly type: 'Withdraw' }
    | {
        readonly type: 'Appeal'
        /** The day the appeal reached the authority, and the day the person was served the decision. */
        readonly cameInOn?: Day
        readonly servedOn?: Day
      }
  )

/** Grounds that only answer another right than the one they belong to would be no grounds at all. */
const groundsOfOneRight: { readonly [ground in RefusalGround]?: readonly RequestedRight[] } = {
  preservationDuty: ['erasure'],
  freedomOfExpression: ['erasure'],
  archiving: ['erasure'],
  legalClaims: ['erasure', 'objection'],
  publicTask: ['portability'],
  compellingGrounds: ['objection'],
  secrecy: ['access'],
}

function refuse(command: CaseCommand, state: CaseState): DomainError {
  return new DomainError('state-conflict', `${command.type} is not possible in the state ${state.status}`)
}

function expect(state: OpenCase, command: CaseCommand, ...allowed: readonly OpenCase['status'][]): void {
  if (!allowed.includes(state.status)) throw refuse(command, state)
}

function requireExtendable(state: OpenCase, command: CaseCommand): void {
  if (state.extendedOn !== undefined)
    throw new DomainError('state-conflict', 'The time has been extended once already')
  const first = firstMonth(state)
  const last = first.paused ?? first.unpaused
  if (!first.standsStill && last.day < command.on) {
    throw new DomainError('state-conflict', `An extension had to be told by ${last.day} (art. 12.3)`)
  }
}

function requireReview(state: OpenCase, command: CaseCommand): void {
  if (!state.reviewRequired) return
  if (state.status !== 'review')
    throw new DomainError('four-eyes-required', 'The answer is to be reviewed first')
  if (state.submittedBy === command.by) {
    throw new DomainError('four-eyes-required', 'Whoever submitted the answer cannot approve it')
  }
}

function requireIdentified(state: OpenCase): void {
  if (state.actingFor !== 'self' && (state.authority ?? 'notShown') === 'notShown') {
    throw new DomainError('state-conflict', 'Whoever asks for another has shown no authority to do so')
  }
  if (state.proof === 'notEstablished') {
    throw new DomainError('state-conflict', 'Who asks has not been established: refuse, or ask again')
  }
}

function decideOpen(command: CaseCommand, state: OpenCase): CaseEvent {
  const { by, on } = command
  switch (command.type) {
    case 'Receive':
    case 'Appeal':
      throw refuse(command, state)
    case 'Start':
      expect(state, command, 'received')
      return { type: 'access.started', by, on }
    case 'Protect':
      if (state.protected) throw new DomainError('state-conflict', 'The case is protected already')
      return { type: 'access.protected', by, on }
    case 'NoteAuthority':
      if (state.actingFor === 'self') {
        throw new DomainError(
          'validation-failed',
          'Nobody acts for another here: there is no authority to note',
        )
      }
      return { type: 'access.authority-noted', by, on, authority: command.authority }
    case 'AskIdentity':
      expect(state, command, 'received', 'inProgress', 'extended', 'review')
      return { type: 'access.identity-asked', by, on }
    case 'NoteIdentity':
      expect(state, command, 'identityRequired')
      return { type: 'access.identity-noted', by, on, proof: command.proof }
    case 'AskClarification':
      expect(state, command, 'received', 'inProgress', 'extended', 'review')
      return { type: 'access.clarification-asked', by, on }
    case 'NoteClarification':
      expect(state, command, 'clarificationRequired')
      return { type: 'access.clarified', by, on }
    case 'Extend':
      requireExtendable(state, command)
      return { type: 'access.extended', by, on, reason: command.reason }
    case 'Submit':
      expect(state, command, 'inProgress', 'extended')
      return { type: 'access.submitted', by, on }
    case 'Return':
      expect(state, command, 'review')
      return { type: 'access.returned', by, on }
    case 'Answer':
      expect(state, command, 'inProgress', 'extended', 'review')
      requireIdentified(state)
      requireReview(state, command)
      return { type: 'access.answered', by, on, outcome: command.outcome }
    case 'AnswerJointly':
      requireIdentified(state)
      return { type: 'access.answered', by, on, outcome: command.outcome, jointly: command.jointly }
    case 'Refuse':
      if (groundsOfOneRight[command.ground]?.includes(state.right) === false) {
        throw new DomainError('validation-failed', `${command.ground} is no ground to refuse ${state.right}`)
      }
      return { type: 'access.refused', by, on, ground: command.ground }
    case 'Withdraw':
      return { type: 'access.withdrawn', by, on }
    default:
      return command satisfies never
  }
}

function decideClosed(command: CaseCommand, state: ClosedCase): CaseEvent {
  // What the person took back was never decided, and only decisions are appealed (dataskyddslagen 7 kap. 2 §).
  if (command.type !== 'Appeal' || state.status === 'withdrawn' || state.appealedOn !== undefined) {
    throw refuse(command, state)
  }
  const { by, on, cameInOn = on, servedOn } = command
  if (cameInOn > on || (servedOn !== undefined && (servedOn > cameInOn || servedOn < state.closedOn))) {
    throw new DomainError(
      'validation-failed',
      'A decision is served when it is made, and appealed after that',
    )
  }
  const inTime = servedOn === undefined ? {} : { inTime: cameInOn <= appealDeadline(servedOn) }
  return { type: 'access.appealed', by, on, ...inTime }
}

/** The one event that the command leads to, or the reason why not. */
export function decide(command: CaseCommand, state: CaseState): CaseEvent {
  if (state.status === 'none') {
    if (command.type !== 'Receive') throw new DomainError('not-found', 'There is no such case')
    const { type: _, ...received } = command
    return { type: 'access.received', ...received }
  }
  if (command.on < state.lastOn) {
    throw new DomainError('validation-failed', 'A step cannot lie before the one before it')
  }
  return isOpen(state) ? decideOpen(command, state) : decideClosed(command, state)
}
