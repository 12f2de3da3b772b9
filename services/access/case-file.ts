import type { Transaction } from '../db/transaction.ts'
import type { Day } from '../events/vocabulary.ts'
import { eventColumns, readEvents, type StoredEvent, toStoredEvent } from '../ledger/read.ts'
import { DomainError } from '../platform/errors.ts'
import { type ReviewDecision, type ReviewWish, reviewed } from './review-rules.ts'
import { type CaseEvent, type CaseState, type ClosedCase, evolve, noCase, type OpenCase } from './states.ts'

/** Art. 19: whoever was handed records was told, or why not. */
export type TellingOutcome = 'told' | 'impossible' | 'disproportionate'

/** How it was made sure that an account is theirs. On the officer's judgement alone no private message is released. */
export type Assurance = 'code' | 'eid' | 'judgement'

export type Link = { readonly subject: string; readonly assurance: Assurance; readonly hold: string }

export type Arrival = 'email' | 'letter' | 'counter' | 'telephone' | 'form' | 'platform' | 'other'
export type Language = 'sv' | 'en'

/** The newest search of running text for the person's names. */
export type TextSearch = {
  readonly id: string
  /** Everything before it is searched. */
  readonly upTo: string
  readonly finished: boolean
  readonly hits: number
  readonly reviewed: number
}

/** A case with whom it concerns, and what the officer decided of single records. */
export type CaseView = {
  readonly state: OpenCase | ClosedCase
  readonly links: readonly Link[]
  readonly decisions: readonly ReviewDecision[]
  readonly search?: TextSearch
}

/** What an answer is fixed to: everything before `position`, by the case as it then was. */
export type Compiled = CaseView & { readonly position: string; readonly on: Day }

/** What the worker has said of a case's time, and of which last day: each is said once. */
export type Said = { readonly type: 'access.reminded' | 'access.overdue'; readonly lastDay: Day }

export type AccessFile = CaseView & {
  readonly id: string
  readonly version: number
  readonly arrival: Arrival
  readonly language: Language
  readonly receivedPosition: string
  /** The newest compilation; undefined when the case has changed since in what decides the answer. */
  readonly compiled?: Compiled
  readonly said: readonly Said[]
  /** Proposed persons that the officer found to be somebody else. */
  readonly rejected: readonly string[]
  /** What was done about each recipient that art. 19 names, by the disclosure. */
  readonly told: ReadonlyMap<string, TellingOutcome>
  /** The case that asks the same, and with whose answer this one is answered. */
  readonly groupedWith?: string
}

const caseEvents: ReadonlySet<string> = new Set([
  'access.received',
  'access.started',
  'access.protected',
  'access.authority-noted',
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
  'access.protected',
  'access.authority-noted',
  'access.submitted',
  'access.returned',
  'access.answered',
  'access.refused',
  'access.withdrawn',
  'access.appealed',
])

type Folded = {
  state: CaseState
  links: Link[]
  decisions: readonly ReviewDecision[]
  compiled: Compiled | undefined
  said: Said[]
  rejected: readonly string[]
  told: ReadonlyMap<string, TellingOutcome>
  groupedWith: string | undefined
  search: TextSearch | undefined
}

function without({ links, rejected }: Folded, subject: unknown) {
  return {
    links: links.filter((it) => it.subject !== subject),
    rejected: rejected.filter((it) => it !== subject),
  }
}

function fold(before: Folded, event: StoredEvent, by: string): Folded {
  const { type, data } = event
  if (caseEvents.has(type)) {
    // Written by `decide` and read back: the type says which members there are.
    const state = evolve(before.state, { ...data, type, by } as unknown as CaseEvent)
    return { ...before, state, compiled: harmless.has(type) ? before.compiled : undefined }
  }
  switch (type) {
    case 'access.linked': {
      const { links, rejected } = without(before, data['subject'])
      return { ...before, links: [...links, data as unknown as Link], rejected, compiled: undefined }
    }
    case 'access.unlinked':
    case 'access.unrejected':
      return { ...before, ...without(before, data['subject']), compiled: undefined }
    case 'access.rejected': {
      const { links, rejected } = without(before, data['subject'])
      return { ...before, links, rejected: [...rejected, String(data['subject'])], compiled: undefined }
    }
    case 'access.reminded':
    case 'access.overdue':
      return { ...before, said: [...before.said, { type, lastDay: String(data['lastDay']) }] }
    // Granted beside the rules, in services/retention: the objects are those of the persons linked.
    case 'erasure.granted':
      return before
    case 'access.recipient-told': {
      const told = new Map(before.told).set(String(data['disclosure']), data['outcome'] as TellingOutcome)
      return { ...before, told }
    }
    case 'access.search-started': {
      const search = {
        id: String(data['search']),
        upTo: String(data['upTo']),
        finished: false,
        hits: 0,
        reviewed: 0,
      }
      return { ...before, search }
    }
    case 'access.search-finished': {
      if (before.search === undefined) return before
      const search = { ...before.search, finished: true, hits: Number(data['hits']) }
      return { ...before, search, compiled: undefined }
    }
    case 'access.hits-reviewed': {
      if (before.search === undefined) return before
      const search = { ...before.search, reviewed: before.search.reviewed + Number(data['fresh']) }
      return { ...before, search, compiled: undefined }
    }
    case 'access.grouped':
      return { ...before, groupedWith: String(data['with']) }
    case 'access.ungrouped':
      return { ...before, groupedWith: undefined }
    case 'access.content-decided': {
      // Written by `reviewRecord` and read back.
      const decisions = reviewed(before.decisions, data as unknown as ReviewWish, event.position)
      return { ...before, decisions, compiled: undefined }
    }
    case 'access.compiled': {
      const { links, decisions, search } = before
      const state = before.state as OpenCase | ClosedCase
      const view = { state, links, decisions, ...(search === undefined ? {} : { search }) }
      return { ...before, compiled: { ...view, position: event.position, on: event.occurredOn } }
    }
    default:
      throw new DomainError('integrity-failed', `The event ${type} does not belong to a case`)
  }
}

/** The case as its events have made it; `not-found` if there is none of that id in this log. */
export async function readCase(tx: Transaction, controller: number, id: string): Promise<AccessFile> {
  const events = await readEvents(tx, { controller, streamId: id, limit: 100_000 })
  if (events[0]?.type !== 'access.received') throw new DomainError('not-found', 'no such case')
  return caseFrom(events, await actorsOf(tx, controller, events))
}

/** A page of cases in the order in which they were entered, from after a position of the log. */
export async function readCases(
  tx: Transaction,
  controller: number,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<AccessFile[]> {
  const { rows } = await tx.query<Parameters<typeof toStoredEvent>[0]>(
    `select ${eventColumns} from ledger.event e
      where e.controller_id = $1 and e.stream_id = any (array(
        select f.stream_id from ledger.event f
         where f.controller_id = $1 and f.type = 'access.received' and f.position > $2 order by f.position limit $3))
      order by e.position`,
    [controller, page.after ?? '-1', page.limit],
  )
  const events = rows.map(toStoredEvent)
  const actors = await actorsOf(tx, controller, events)
  return [...Map.groupBy(events, ({ streamId }) => streamId).values()].map((it) => caseFrom(it, actors))
}

function caseFrom(events: readonly StoredEvent[], actors: ReadonlyMap<string, string>): AccessFile {
  const [first, last] = [events[0], events.at(-1)]
  if (first === undefined || last === undefined) throw new DomainError('not-found', 'no such case')
  const start: Folded = {
    state: noCase,
    links: [],
    decisions: [],
    compiled: undefined,
    said: [],
    rejected: [],
    told: new Map(),
    groupedWith: undefined,
    search: undefined,
  }
  const { state, links, decisions, compiled, said, rejected, told, groupedWith, search } = events.reduce(
    (before, event) => fold(before, event, actors.get(event.position) ?? ''),
    start,
  )
  return {
    id: first.streamId,
    version: last.streamVersion,
    arrival: first.data['arrival'] as Arrival,
    language: first.data['language'] as Language,
    receivedPosition: first.position,
    state: state as OpenCase | ClosedCase,
    links,
    decisions,
    ...(compiled === undefined ? {} : { compiled }),
    said,
    rejected,
    told,
    ...(groupedWith === undefined ? {} : { groupedWith }),
    ...(search === undefined ? {} : { search }),
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

/** Whether the controller has declared that a second person reviews every answer. */
export async function reviewsCases(tx: Transaction, controller: number): Promise<boolean> {
  const { rows } = await tx.query<{ review: boolean | null }>(
    "select (document ->> 'caseReview')::boolean as review from model.declaration where controller_id = $1 and kind = 'controller'",
    [controller],
  )
  return rows.some(({ review }) => review === true)
}
