import type { Day } from '../events/vocabulary.ts'
import { DomainError } from '../platform/errors.ts'
import { type Pause, type RequestDeadline, requestDeadline } from './clock.ts'

/** Arts. 15–18, 20 and 21 GDPR. */
export type RequestedRight =
  | 'access'
  | 'rectification'
  | 'erasure'
  | 'restriction'
  | 'portability'
  | 'objection'

/** How it was made sure who asks. A note of how, who and when, never a document (EDPB 01/2022 § 79). */
export type IdentityProof =
  | 'electronicId'
  | 'codeFromAccount'
  | 'inPerson'
  | 'knownToAuthority'
  | 'notEstablished'

/** Art. 12.3: an extension is allowed for these two reasons only. */
export type ExtensionReason = 'complexity' | 'numberOfRequests'

/** Why a request is refused as a whole. The four in the middle are art. 17.3 b, a, d and e. */
export type RefusalGround =
  | 'manifestlyUnfounded'
  | 'excessive'
  | 'notIdentified'
  | 'preservationDuty'
  | 'freedomOfExpression'
  | 'archiving'
  | 'legalClaims'
  | 'publicTask'
  | 'compellingGrounds'
  | 'secrecy'

/** In whose name somebody asks: their own, a child's as its guardian, or another's under a power of attorney or as trustee. */
export type ActingFor = 'self' | 'guardian' | 'representative'

/** How it was made sure that somebody may act for another. A note of how, never the document. */
export type AuthorityProof = 'writtenAuthority' | 'guardianship' | 'appointment' | 'notShown'

/** Who did it (a random actor id) and on which day. Reasons in words are sealed beside the event, never in it. */
export type Step = { readonly by: string; readonly on: Day }

export type CaseEvent = Step &
  (
    | {
        readonly type: 'access.received'
        readonly right: RequestedRight
        readonly reviewRequired: boolean
        readonly actingFor?: ActingFor
        /** The registered person is a child. */
        readonly minor?: boolean
        readonly protected?: boolean
      }
    | { readonly type: 'access.started' }
    | { readonly type: 'access.protected' }
    | { readonly type: 'access.authority-noted'; readonly authority: AuthorityProof }
    | { readonly type: 'access.identity-asked' }
    | { readonly type: 'access.identity-noted'; readonly proof: IdentityProof }
    | { readonly type: 'access.clarification-asked' }
    | { readonly type: 'access.clarified' }
    | { readonly type: 'access.extended'; readonly reason: ExtensionReason }
    | { readonly type: 'access.submitted' }
    | { readonly type: 'access.returned' }
    | {
        readonly type: 'access.answered'
        readonly outcome: 'whole' | 'part'
        /** The case whose answer this one is answered with: the same was asked twice. */
        readonly jointly?: string
      }
    | { readonly type: 'access.refused'; readonly ground: RefusalGround }
    | { readonly type: 'access.withdrawn' }
    | { readonly type: 'access.appealed'; readonly inTime?: boolean }
  )

export type CaseFile = {
  readonly receivedOn: Day
  readonly right: RequestedRight
  readonly reviewRequired: boolean
  readonly actingFor: ActingFor
  readonly minor: boolean
  /** The person lives under protected identity: the case is for officers with a scope of their own. */
  readonly protected: boolean
  readonly pauses: readonly Pause[]
  /** The day of the latest step: nothing is entered before it. */
  readonly lastOn: Day
  readonly startedOn?: Day
  readonly extendedOn?: Day
  readonly proof?: IdentityProof
  readonly authority?: AuthorityProof
}

export type OpenCase = CaseFile &
  (
    | {
        readonly status: 'received' | 'identityRequired' | 'clarificationRequired' | 'inProgress' | 'extended'
      }
    | { readonly status: 'review'; readonly submittedBy: string }
  )

export type ClosedCase = CaseFile & {
  readonly closedOn: Day
  readonly appealedOn?: Day
  /** Whether the appeal came in before its last day; left out when nobody said when the decision was served. */
  readonly appealInTime?: boolean
} & (
    | { readonly status: 'answered'; readonly outcome: 'whole' | 'part' }
    | { readonly status: 'refused'; readonly ground: RefusalGround }
    | { readonly status: 'withdrawn' }
  )

export type CaseState = { readonly status: 'none' } | OpenCase | ClosedCase

export const noCase: CaseState = { status: 'none' }

function misplaced(event: CaseEvent): DomainError {
  return new DomainError('integrity-failed', `The event ${event.type} does not follow from those before it`)
}

function fileOf(state: OpenCase | ClosedCase, on: Day): CaseFile {
  const { receivedOn, right, reviewRequired, pauses, startedOn, extendedOn, proof, authority } = state
  return {
    receivedOn,
    right,
    reviewRequired,
    actingFor: state.actingFor,
    minor: state.minor,
    protected: state.protected,
    pauses,
    lastOn: on,
    ...(startedOn && { startedOn }),
    ...(extendedOn && { extendedOn }),
    ...(proof && { proof }),
    ...(authority && { authority }),
  }
}

/** Where work goes on when nothing is waited for. */
function working(file: CaseFile): OpenCase {
  const status =
    file.extendedOn !== undefined ? 'extended' : file.startedOn !== undefined ? 'inProgress' : 'received'
  return { ...file, status }
}

function answered(file: CaseFile, on: Day): CaseFile {
  const pauses = file.pauses.map((pause) =>
    pause.answeredOn === undefined ? { ...pause, answeredOn: on } : pause,
  )
  return { ...file, pauses }
}

function evolveOpen(state: OpenCase, event: CaseEvent): CaseState {
  const file = fileOf(state, event.on)
  switch (event.type) {
    case 'access.started':
      return working({ ...file, startedOn: event.on })
    case 'access.protected':
      return { ...state, lastOn: event.on, protected: true }
    case 'access.authority-noted':
      return { ...state, lastOn: event.on, authority: event.authority }
    case 'access.identity-asked':
      return { ...file, pauses: [...file.pauses, { askedOn: event.on }], status: 'identityRequired' }
    case 'access.clarification-asked':
      return { ...file, pauses: [...file.pauses, { askedOn: event.on }], status: 'clarificationRequired' }
    case 'access.identity-noted':
      return working({ ...answered(file, event.on), proof: event.proof })
    case 'access.clarified':
      return working(answered(file, event.on))
    case 'access.extended':
      return state.status === 'identityRequired' || state.status === 'clarificationRequired'
        ? { ...file, extendedOn: event.on, status: state.status }
        : working({ ...file, extendedOn: event.on })
    case 'access.submitted':
      return { ...file, status: 'review', submittedBy: event.by }
    case 'access.returned':
      return working(file)
    case 'access.answered':
      return { ...file, status: 'answered', closedOn: event.on, outcome: event.outcome }
    case 'access.refused':
      return { ...file, status: 'refused', closedOn: event.on, ground: event.ground }
    case 'access.withdrawn':
      return { ...file, status: 'withdrawn', closedOn: event.on }
    case 'access.received':
    case 'access.appealed':
      throw misplaced(event)
    default:
      return event satisfies never
  }
}

export function isOpen(state: CaseState): state is OpenCase {
  switch (state.status) {
    case 'received':
    case 'identityRequired':
    case 'clarificationRequired':
    case 'inProgress':
    case 'extended':
    case 'review':
      return true
    case 'none':
    case 'answered':
    case 'refused':
    case 'withdrawn':
      return false
    default:
      return state satisfies never
  }
}

export function evolve(state: CaseState, event: CaseEvent): CaseState {
  if (state.status === 'none') {
    if (event.type !== 'access.received') throw misplaced(event)
    const { right, reviewRequired, on, actingFor = 'self', minor = false } = event
    return {
      status: 'received',
      receivedOn: on,
      right,
      reviewRequired,
      actingFor,
      minor,
      protected: event.protected ?? false,
      pauses: [],
      lastOn: on,
    }
  }
  if (isOpen(state)) return evolveOpen(state, event)
  if (event.type !== 'access.appealed') throw misplaced(event)
  const { on, inTime } = event
  return { ...state, lastOn: on, appealedOn: on, ...(inTime === undefined ? {} : { appealInTime: inTime }) }
}

/** The last days to answer, by what the case has been through. */
export function deadlineOf(file: CaseFile): RequestDeadline {
  return requestDeadline({
    receivedOn: file.receivedOn,
    extended: file.extendedOn !== undefined,
    pauses: file.pauses,
  })
}

/** Alarms go by the unpaused day: whether a pause holds is for a court to say. */
export function isOverdue(state: CaseState, today: Day): boolean {
  return isOpen(state) && deadlineOf(state).unpaused.day < today
}
