import type { Transaction } from '../db/transaction.ts'
import { type DisclosedTo, disclosuresOf } from '../disclosures/queries.ts'
import { Platform } from '../events/vocabulary.ts'
import { listInteractions, privateObjects } from '../interactions/queries.ts'
import type { ListQuery } from '../interactions/schemas.ts'
import { identityDigestText } from '../ledger/digests.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import type { OpenedPart, OpenParts } from '../ledger/open.ts'
import type { StoredEvent } from '../ledger/read.ts'
import { statementsBeside } from '../ledger/statements.ts'
import { stableIdentity } from '../subjects/identify.ts'
import { subjectsByIdentity } from './find-queries.ts'
import {
  type DeclaredThen,
  type Disposal,
  declaredBefore,
  disposalsOf,
  eventsOfStreams,
  type LookUpHeader,
  lookUpsBetween,
  positionsOf,
  recordedAt,
  repliesTo,
  rulesAt,
  streamsAt,
} from './gather-queries.ts'
import { type Item, itemOf } from './items.ts'
import { concerns, type ScopeRange, type Traces } from './lookup-scope.ts'

/** A look-up that concerned the person. Who looked is not in it (C-579/21 point 2). */
export type LookedAt = { readonly on: string; readonly kind: string; readonly purpose: string | undefined }

/** Everything an answer is compiled from: opened, and fixed to a position of the log. */
export type Gathered = {
  readonly upTo: { readonly position: string; readonly recordedAt: string }
  readonly items: readonly Item[]
  readonly disposals: ReadonlyMap<string, Disposal>
  /** The rules that disposed of something, in the versions under which they did. */
  readonly disposedUnder: readonly DeclaredThen[]
  /** Who was handed objects that the person stands in or is named in. */
  readonly disclosed: readonly DisclosedTo[]
  /** Records of acts that a person has ruled private: no record of the controller's, and not opened. */
  readonly ruledPrivate: number
  readonly declared: readonly DeclaredThen[]
  /** The subjects that are the controller's own public accounts: named, not masked. */
  readonly ownAccounts: ReadonlySet<string>
  /** What the person has stated beside a record (art. 16), by the id of its event. */
  readonly statements: ReadonlyMap<string, readonly string[]>
  readonly lookUps: readonly LookedAt[]
  /** Look-ups whose scope could not be judged. */
  readonly unjudged: number
}

const chunk = 1000

/**
 * Reads all that the log holds of some persons before a position, with what is needed to understand it. `mentioned`: where
 * their names stand in texts of others, as an officer decided.
 */
export async function gather(
  ledger: Ledger,
  log: Log,
  tx: Transaction,
  open: OpenParts,
  subjects: ReadonlySet<string>,
  upTo: string,
  mentioned: readonly string[] = [],
): Promise<Gathered> {
  const { controller } = log
  const declared = await declaredBefore(tx, controller, upTo)
  const ownAccounts = await accountsOf(ledger, log, tx, declared)
  const standing = await positionsOf(tx, controller, [...subjects], upTo)
  const theirs = new Set(standing.filter(isInteraction).map(({ streamId }) => streamId))
  const found = (await eventsOfStreams(tx, controller, [...theirs], upTo)).filter(isInteraction)
  const near = (await contextOf(tx, controller, found, theirs, mentioned, upTo)).filter(isInteraction)
  const ruled = await privateObjects(tx, controller, streamsOf([...found, ...near]), upTo)
  const isAnswered = ({ streamId }: StoredEvent) => !ruled.has(streamId)
  const [events, around] = [found.filter(isAnswered), near.filter(isAnswered)]
  const named = new Set(mentioned)
  const others = standing.filter((event) => !isInteraction(event) && !theirs.has(event.streamId))
  const all = [...events, ...around, ...others]
  const parts = await openAll(tx, open, all)
  const threadOf = threads([...events, ...around])
  const items = all.map((event) =>
    itemOf(
      event,
      parts.get(event.position) ?? [],
      subjects,
      named.has(event.position),
      theirs.has(event.streamId),
      threadOf(event.streamId),
    ),
  )
  const traces = {
    subjects,
    positions: new Set([...found, ...others].map(({ position }) => position)),
    events: new Set([...found, ...others].map(({ eventId }) => eventId)),
    objects: theirs,
  }
  const first = standing[0]?.position
  const looks =
    first === undefined ? { concerned: [], unjudged: 0 } : await lookUps(tx, controller, traces, first, upTo)
  const disposals = await disposalsOf(tx, controller, streamsOf(events), upTo)
  const concerned = [...events, ...around.filter(({ position }) => named.has(position))]
  return {
    upTo: { position: upTo, recordedAt: await recordedAt(tx, controller, upTo) },
    items,
    disposals,
    disposedUnder: await rulesAt(
      tx,
      controller,
      [...disposals.values()].flatMap(({ rules }) => rules),
    ),
    disclosed: await disclosuresOf(tx, controller, streamsOf(concerned), upTo),
    ruledPrivate: standing.filter((event) => isInteraction(event) && ruled.has(event.streamId)).length,
    declared,
    ownAccounts,
    statements: await statementsOf(tx, open, controller, streamsOf(events), subjects, upTo),
    lookUps: await withPurposes(tx, open, looks.concerned),
    unjudged: looks.unjudged,
  }
}

async function statementsOf(
  tx: Transaction,
  open: OpenParts,
  controller: number,
  streams: readonly string[],
  subjects: ReadonlySet<string>,
  upTo: string,
) {
  const beside = await statementsBeside(tx, open, controller, streams, upTo)
  // What somebody else has stated beside the same record is theirs.
  return new Map(
    [...beside].map(([of, all]) => [
      of,
      all.filter(({ subjectId }) => subjects.has(subjectId)).map(({ text }) => text),
    ]),
  )
}

function isInteraction(event: StoredEvent): boolean {
  return event.type.startsWith('interaction.')
}

function streamsOf(events: readonly StoredEvent[]): string[] {
  return [...new Set(events.map(({ streamId }) => streamId))]
}

function textOf(event: StoredEvent, member: string): string | undefined {
  const value = event.data[member]
  return typeof value === 'string' ? value : undefined
}

/** The roots of the threads, what was answered, shared or reacted to, and the direct replies. */
async function contextOf(
  tx: Transaction,
  controller: number,
  events: readonly StoredEvent[],
  theirs: ReadonlySet<string>,
  mentioned: readonly string[],
  upTo: string,
): Promise<StoredEvent[]> {
  const near = new Set<string>(await streamsAt(tx, controller, mentioned))
  const threads = new Set<string>(theirs)
  for (const event of events) {
    const named = [event.threadId, textOf(event, 'inReplyTo'), textOf(event, 'derivedFrom')]
    for (const id of named) if (id) near.add(id)
    if (event.threadId !== null) threads.add(event.threadId)
  }
  for (const id of await repliesTo(tx, controller, [...theirs], [...threads], upTo)) near.add(id)
  return eventsOfStreams(
    tx,
    controller,
    [...near].filter((id) => !theirs.has(id)),
    upTo,
  )
}

/** A reply may name its parent as thread: the root is where that ends. */
function threads(events: readonly StoredEvent[]): (streamId: string) => string {
  const parent = new Map<string, string>()
  for (const { streamId, threadId } of events) {
    if (threadId !== null && threadId !== streamId && !parent.has(streamId)) parent.set(streamId, threadId)
  }
  return (streamId) => {
    let root = streamId
    for (let depth = 0; depth < 100; depth += 1) {
      const next = parent.get(root)
      if (next === undefined || next === streamId) break
      root = next
    }
    return root
  }
}

async function openAll(tx: Transaction, open: OpenParts, events: readonly StoredEvent[]) {
  const positions = [...new Set(events.map(({ position }) => position))]
  const parts: OpenedPart[] = []
  for (let from = 0; from < positions.length; from += chunk) {
    for (const part of await open(tx, positions.slice(from, from + chunk))) parts.push(part)
  }
  return Map.groupBy(parts, ({ position }) => position)
}

/** Accounts outside the public list may be a named person's, and are masked like any other. */
async function accountsOf(ledger: Ledger, log: Log, tx: Transaction, declared: readonly DeclaredThen[]) {
  const { find } = ledger.digests(log.controller)
  const digests = declared.flatMap(({ kind, document }) => {
    const { platform, accountId: platformId, publicList } = document
    if (kind !== 'channel' || publicList !== true || typeof platformId !== 'string') return []
    const identity = stableIdentity(Platform.parse(platform), { platformId })
    return identity === undefined ? [] : [find(identityDigestText(identity))]
  })
  return new Set(await subjectsByIdentity(tx, log.controller, digests))
}

async function lookUps(tx: Transaction, controller: number, traces: Traces, first: string, upTo: string) {
  const concerned: LookUpHeader[] = []
  let unjudged = 0
  let from = first
  for (;;) {
    const page = await lookUpsBetween(tx, controller, from, upTo, 5 * chunk)
    for (const look of page) {
      const verdict = concerns(look.scope, traces)
      if (verdict === undefined) unjudged += 1
      else if (verdict === true) concerned.push(look)
      else if (verdict !== false && (await rangeHeld(tx, controller, verdict, look.position, traces))) {
        concerned.push(look)
      }
    }
    const last = page.at(-1)
    if (last === undefined || page.length < 5 * chunk) return { concerned, unjudged }
    from = String(BigInt(last.position) + 1n)
  }
}

/** Reads the range again as it then was: what came later was not seen. */
export async function rangeHeld(
  tx: Transaction,
  controller: number,
  range: ScopeRange,
  seenAt: string,
  traces: Traces,
): Promise<boolean> {
  const page = await listInteractions(tx, controller, range as ListQuery)
  return page.items.some(
    ({ position }) => BigInt(position) < BigInt(seenAt) && traces.positions.has(position),
  )
}

async function withPurposes(
  tx: Transaction,
  open: OpenParts,
  looks: readonly LookUpHeader[],
): Promise<LookedAt[]> {
  const purposes = new Map<string, string>()
  for (let from = 0; from < looks.length; from += chunk) {
    const positions = looks.slice(from, from + chunk).map(({ position }) => position)
    for (const { position, content } of await open(tx, positions)) {
      const purpose = content?.['purpose']
      if (typeof purpose === 'string') purposes.set(position, purpose)
    }
  }
  return looks.map(({ on, kind, position }) => ({ on, kind, purpose: purposes.get(position) }))
}
