import type { Transaction } from '../db/transaction.ts'
import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, reading } from '../ledger/open.ts'
import { logSize } from '../ledger/read.ts'
import { rangeHeld } from './gather.ts'
import { eventsOfStreams, type LookUpHeader, lookUpsBetween, positionsOf } from './gather-queries.ts'
import { concerns, type Traces } from './lookup-scope.ts'

/** A look-up as the officer sees it. `actor`: the id under which the name stands sealed. */
export type SeenLookUp = LookUpHeader & {
  readonly actor: string | undefined
  readonly purpose: string | undefined
  /** False: its scope does not tell whether it concerned the persons asked for. */
  readonly judged: boolean
}

export type LookUpsPage = {
  /** Where the look-up that this was stands in the log. */
  readonly lookUp: string
  readonly items: readonly SeenLookUp[]
  readonly next?: string
}

export type LookUpsQuery = {
  /** Only those that concerned one of these; all when left out. */
  readonly subjects?: readonly string[] | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly after?: string | undefined
  readonly limit: number
}

/** How many look-ups one page goes through for those that concern somebody. A page may be short of what is to come. */
const window = 5_000

/** The log of look-ups: who looked when, for what, at what. Reading it opens the purposes, and is a look-up itself. */
export async function readLookUps(
  ledger: Ledger,
  log: Log,
  why: { readonly actor: Actor; readonly purpose: string },
  query: LookUpsQuery,
): Promise<LookUpsPage> {
  const { controller } = log
  const found = await reading(ledger, log, (tx) => pageOf(tx, controller, query))
  const positions = found.items.map(({ position }) => position)
  const scope = { search: 'look-ups', positions, ...(query.subjects && { subjects: [...query.subjects] }) }
  return lookUp(ledger, log, { ...why, kind: 'shown', scope }, (open, position) =>
    reading(ledger, log, async (tx) => {
      const parts = new Map((await open(tx, positions)).map((part) => [part.position, part]))
      const items = found.items.map((it): SeenLookUp => {
        const part = parts.get(it.position)
        const purpose = part?.content?.['purpose']
        return { ...it, actor: part?.subjectId, purpose: typeof purpose === 'string' ? purpose : undefined }
      })
      return { lookUp: position, items, ...(found.next === undefined ? {} : { next: found.next }) }
    }),
  )
}

async function pageOf(tx: Transaction, controller: number, query: LookUpsQuery) {
  const size = await logSize(tx, controller)
  const { subjects, after, limit, from, to } = query
  const start = after === undefined ? '0' : String(BigInt(after) + 1n)
  const page = await lookUpsBetween(tx, controller, start, size, subjects === undefined ? limit : window)
  const traces = subjects === undefined ? undefined : await tracesOf(tx, controller, subjects, size)
  const items: (LookUpHeader & { judged: boolean })[] = []
  let last: string | undefined
  for (const look of page) {
    if (items.length === limit) break
    last = look.position
    if ((from !== undefined && look.on < from) || (to !== undefined && look.on > to)) continue
    const verdict = traces === undefined ? true : await judge(tx, controller, look, traces)
    if (verdict !== false) items.push({ ...look, judged: verdict === true })
  }
  const more = last !== page.at(-1)?.position || page.length === (subjects === undefined ? limit : window)
  return { items, ...(more && last !== undefined ? { next: last } : {}) }
}

async function judge(
  tx: Transaction,
  controller: number,
  look: LookUpHeader,
  traces: Traces,
): Promise<boolean | undefined> {
  const verdict = concerns(look.scope, traces)
  return typeof verdict === 'object' ? rangeHeld(tx, controller, verdict, look.position, traces) : verdict
}

async function tracesOf(
  tx: Transaction,
  controller: number,
  subjects: readonly string[],
  before: string,
): Promise<Traces> {
  const standing = await positionsOf(tx, controller, subjects, before)
  const objects = new Set(
    standing.filter(({ type }) => type.startsWith('interaction.')).map(({ streamId }) => streamId),
  )
  const events = [...standing, ...(await eventsOfStreams(tx, controller, [...objects], before))]
  return {
    subjects: new Set(subjects),
    positions: new Set(events.map(({ position }) => position)),
    events: new Set(events.map(({ eventId }) => eventId)),
    objects,
  }
}
