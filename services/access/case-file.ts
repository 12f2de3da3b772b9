import type { Transaction } from '../db/transaction.ts'
import type { Day } from '../events/vocabulary.ts'
import { readEvents, type StoredEvent } from '../ledger/read.ts'
import { DomainError } from '../platform/errors.ts'
import { type CaseEvent, type CaseState, type ClosedCase, evolve, noCase, type OpenCase } from './states.ts'

/** How it was made sure that an account is theirs. On the officer's judgement alone no private message is released. */
export type Assurance = 'code' | 'eid' | 'judgement'

export type Link = { readonly subject: string; readonly assurance: Assurance; readonly hold: string }

export type Arrival = 'email' | 'letter' | 'counter' | 'telephone' | 'form' | 'platform' | 'other'
export type Language = 'sv' | 'en'

/** A case with whom it concerns. */
export type CaseView = { readonly state: OpenCase | ClosedCase; readonly links: readonly Link[] }

/** What an answer is fixed to: everything before `position`, by the case as it then was. */
export type Compiled = CaseView & { readonly position: string; readonly on: Day }

export type AccessFile = CaseView & {
  readonly id: string
  readonly version: number
  readonly arrival: Arrival
  readonly language: Language
  readonly receivedPosition: string
  /** The newest compilation; undefined when the case has changed since in what decides the answer. */
  readonly compiled?: Compiled
}

const caseEvents: ReadonlySet<string> = new Set([
  'access.received',
  'access.started',
  'access.identity-asked',
  'access.identity-noted',
  'access.clarification-asked',
  'access.clarified',
  'access.extended',
  'access.submitted',
  'access.returned',
  'access.answered',
  'access.refused',
  'access.withdrawn',
  'access.appealed',
] satisfies CaseEvent['type'][])

/** Steps after which the bytes of the answer are still those that were compiled. */
const harmless: ReadonlySet<string> = new Set([
  'access.submitted',
  'access.returned',
  'access.answered',
  'access.refused',
  'access.withdrawn',
  'access.appealed',
])

type Folded = { state: CaseState; links: Link[]; compiled: Compiled | undefined }

function fold(before: Folded, event: StoredEvent, by: string): Folded {
  const { type, data } = event
  if (caseEvents.has(type)) {
    // Written by `decide` and read back: the type says which members there are.
    const state = evolve(before.state, { ...data, type, by } as unknown as CaseEvent)
    return { ...before, state, compiled: harmless.has(type) ? before.compiled : undefined }
  }
  switch (type) {
    case 'access.linked':
      return { ...before, links: [...before.links, data as unknown as Link], compiled: undefined }
    case 'access.unlinked':
      return {
        ...before,
        links: before.links.filter(({ subject }) => subject !== data['subject']),
        compiled: undefined,
      }
    case 'access.compiled': {
      const view = { state: before.state as OpenCase | ClosedCase, links: before.links }
      return { ...before, compiled: { ...view, position: event.position, on: event.occurredOn } }
    }
    default:
      throw new DomainError('integrity-failed', `The event ${type} does not belong to a case`)
  }
}

/** The case as its events have made it; `not-found` if there is none of that id in this log. */
export async function readCase(tx: Transaction, controller: number, id: string): Promise<AccessFile> {
  const events = await readEvents(tx, { controller, streamId: id, limit: 100_000 })
  const [first, last] = [events[0], events.at(-1)]
  if (first === undefined || last === undefined || first.type !== 'access.received')
    throw new DomainError('not-found', 'no such case')
  const actors = await actorsOf(tx, controller, events)
  const start: Folded = { state: noCase, links: [], compiled: undefined }
  const { state, links, compiled } = events.reduce(
    (before, event) => fold(before, event, actors.get(event.position) ?? ''),
    start,
  )
  return {
    id,
    version: last.streamVersion,
    arrival: first.data['arrival'] as Arrival,
    language: first.data['language'] as Language,
    receivedPosition: first.position,
    state: state as OpenCase | ClosedCase,
    links,
    ...(compiled === undefined ? {} : { compiled }),
  }
}

async function actorsOf(tx: Transaction, controller: number, events: readonly StoredEvent[]) {
  const { rows } = await tx.query<{ position: string; subject_id: string }>(
    `select p.position, p.subject_id from ledger.event_part p
      where p.controller_id = $1 and p.position = any ($2::bigint[]) and p.role = 'actor'`,
    [controller, events.map(({ position }) => position)],
  )
  return new Map(rows.map((row) => [row.position, row.subject_id]))
}
