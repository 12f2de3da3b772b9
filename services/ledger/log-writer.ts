import type { Pool } from 'pg'
import { isUnanswered, promptly } from '../db/connect.ts'
import type { Clock } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { callAppend, type Outcome } from './append-call.ts'
import { isDataError, isOlderThanLog, unavailable } from './append-errors.ts'
import { byteaArray } from './binary-array.ts'
import { canShare, collect, unitsOf, weightOf, weightOfAll } from './collect.ts'
import type { Digests } from './digests.ts'
import type { Draft } from './draft.ts'
import { identityCache } from './identities.ts'
import type { Keyring, NewKeys } from './keyring.ts'
import { type PreparedItem, prepare } from './prepare.ts'

/** What became of one draft, with the id of the event that was stored for it and the time stamped on its batch. */
export type Appended = Outcome & {
  readonly eventId: string
  readonly streamId: string
  readonly recordedAt: Date
}

/**
 * The one writer of one log in this process: collects what concurrent callers append while the last batches are on their
 * way (group commit without a timer). Of three batches one is prepared, one's keys are stored, one is appended.
 */
export type LogWriter = {
  /**
   * Appends drafts in order; resolves after the commit with one outcome each. `atomic`: all are stored or none is.
   * Throws `log-busy` when the queue is full and `log-unavailable` when the database did not answer: then it is not
   * known whether the drafts were stored, and repeating the call is safe where they carry a fact.
   */
  readonly append: (drafts: readonly Draft[], options?: { readonly atomic?: boolean }) => Promise<Appended[]>
  /** Waits until everything accepted so far has its outcome. */
  readonly drain: () => Promise<void>
}

type Entry = {
  readonly outcomes: Appended[]
  left: number
  readonly resolve: (all: Appended[]) => void
  readonly reject: (error: unknown) => void
}
type Pending = {
  readonly draft: Draft
  readonly entry: Entry
  readonly index: number
  readonly group: number | null
  readonly weight: number
  tries: number
}
type Ready = {
  readonly batch: readonly Pending[]
  readonly items: readonly PreparedItem[]
  readonly keys: NewKeys
}

/** What may wait, in events and in weight. What is heavier than that by itself waits for an empty queue. */
const queueLimit = { events: 20_000, weight: 64 * 1_048_576 } as const
const maxTries = 6
/** Batches that may be prepared and not yet settled: one whose keys are being stored, one that is appended. */
const maxUnderWay = 2
/** A batch costs much the same however small it is: fewer than this are not split to keep all stages busy. */
const worthwhile = 16
/** How far ahead of another process's last stamp one is tried, before the log is called unavailable. */
const maxLeadMs = 1_000

export type LogWriterDeps = {
  readonly pool: Pool
  readonly keyring: Keyring
  readonly clock: Clock
  readonly log: { readonly controller: number; readonly slug: string }
  readonly digests: Digests
}

export function logWriter(deps: LogWriterDeps): LogWriter {
  const { pool, keyring, clock, log } = deps
  const cache = identityCache()
  const queue: Pending[] = []
  let waiting = 0 // the weight of the queue
  let groups = 0
  let floor = 0 // recorded_at never goes back, whatever the clock does
  let running: Promise<void> | undefined

  const preparation = {
    controller: log.controller,
    digests: deps.digests,
    cache,
    lookUp: async (digests: readonly Buffer[]) => {
      const { rows } = await pool.query<{ ordinal: number; id: string | null }>({
        ...promptly(pool),
        name: 'ledger.look_up',
        text: "select ordinal, id from ledger.look_up($1::int, $2::bytea[], '{}', '{}')",
        values: [log.controller, byteaArray(digests)],
      })
      const ids: (string | null)[] = new Array(digests.length).fill(null)
      for (const row of rows) ids[row.ordinal - 1] = row.id
      return ids
    },
    fetchKeys: (subjectIds: readonly string[]) => keyring.subjectKeys(log.controller, subjectIds),
  }

  async function commit(batch: readonly Pending[], items: readonly PreparedItem[]): Promise<void> {
    let outcomes: Outcome[]
    try {
      outcomes = await callStamped(items)
    } catch (error) {
      cache.clear()
      if (batch.length > 1 && isDataError(error)) {
        // One item upsets the database: find it by going one by one, so that the others are stored.
        for (const [index, pending] of batch.entries()) {
          if (pending.group === null) await commit([pending], [items[index] as PreparedItem])
          else pending.entry.reject(lost(error))
        }
        return
      }
      const reason = isDataError(error) ? error : lost(error)
      for (const pending of batch) pending.entry.reject(reason)
      return
    }
    const again: Pending[] = []
    // Batches commit one after the other: the floor is still the time this one was stamped with.
    const recordedAt = new Date(floor)
    for (const [index, pending] of batch.entries()) {
      const item = items[index] as PreparedItem
      const outcome = outcomes[index] as Outcome
      settle(item, outcome)
      const retry = isStale(outcome) || (outcome.kind === 'condemned' && pending.tries === 0)
      if (retry && pending.group === null && pending.tries < maxTries) {
        again.push({ ...pending, tries: pending.tries + 1 })
      } else {
        finish(pending, { ...outcome, eventId: item.eventId, streamId: item.streamId, recordedAt })
      }
    }
    queue.unshift(...again)
    waiting += weightOfAll(again)
  }

  /** Those who wait behind one that went unanswered are told as well: each batch would wait as long, one after the other. */
  function lost(cause: unknown): DomainError {
    const error = unavailable(cause)
    if (isUnanswered(cause)) {
      for (const { entry } of queue.splice(0)) entry.reject(error)
      waiting = 0
    }
    return error
  }

  /** Confirms what was stored; forgets what turned out otherwise, so that it is looked up anew. */
  function settle(item: PreparedItem, outcome: Outcome): void {
    if (outcome.kind === 'stored') for (const { identity, traits } of item.told) identity.traits = traits
    for (const identity of item.relied) {
      if (outcome.kind === 'stored') identity.confirmed = true
      else if (!identity.confirmed || isStale(outcome) || outcome.kind === 'condemned') cache.forget(identity)
    }
  }

  async function callStamped(items: readonly PreparedItem[]): Promise<Outcome[]> {
    floor = Math.max(floor, clock.now().getTime())
    for (let lead = 1; ; lead *= 2) {
      try {
        return await callAppend(pool, log, new Date(floor), items)
      } catch (error) {
        if (!isOlderThanLog(error) || lead > maxLeadMs) throw error
      }
      // Another process, or this one before its clock was set back, has written later: follow the log, not the clock.
      // Each time further ahead: one that is busier, or whose clock is, would otherwise come first again and again.
      const { rows } = await pool.query<{ last: Date }>('select ledger.last_recorded_at($1::int) as last', [
        log.controller,
      ])
      floor = Math.max(floor, clock.now().getTime(), (rows[0]?.last.getTime() ?? 0) + lead)
    }
  }

  /**
   * Resolves and seals a batch. What cannot be prepared is rejected, alone or with its group: then each of the others is
   * a batch of its own, for what they have in common one may have to learn from another's commit.
   */
  async function ready(batch: readonly Pending[]): Promise<Ready[]> {
    try {
      const { items, keys } = await prepare(
        preparation,
        batch.map((pending) => pending.draft),
        batch.map((pending) => pending.group),
        batch.some((pending) => pending.tries > 0),
      )
      return [{ batch, items, keys }]
    } catch (error) {
      cache.clear()
      const units = unitsOf(batch)
      if (error instanceof DomainError && units.length > 1) {
        const apart: Ready[] = []
        for (const unit of units) apart.push(...(await ready(unit)))
        return apart
      }
      const reason = error instanceof DomainError ? error : lost(error)
      for (const pending of batch) pending.entry.reject(reason)
      return []
    }
  }

  /** Stores a batch's keys, and when those before it are settled, the batch. Never rejects: its callers are told. */
  async function store({ batch, items, keys }: Ready, before: Promise<void>): Promise<void> {
    // Both at once: the keyring may be ahead of the log by any number of batches, the log never of the keyring.
    const put = keys.records.length > 0 ? keyring.put(log.controller, keys) : Promise.resolve()
    const [kept] = await Promise.allSettled([put, before])
    try {
      if (kept.status === 'rejected') throw lost(kept.reason)
      await commit(batch, items)
    } catch (error) {
      cache.clear()
      for (const pending of batch) pending.entry.reject(error)
    }
  }

  /** One batch is prepared here while the one before stores its keys and the one before that is appended. */
  async function run(): Promise<void> {
    const underWay: { readonly size: number; readonly stored: Promise<void> }[] = []
    let inStages = 0
    for (;;) {
      const first = underWay[0]
      const half = Math.max(worthwhile, Math.ceil((queue.length + inStages) / 2))
      if (
        first !== undefined &&
        (underWay.length >= maxUnderWay || queue.length < Math.min(half, inStages))
      ) {
        await first.stored
        underWay.shift()
        inStages -= first.size
        // Those who were answered get a turn to come again.
        await turn()
        continue
      }
      if (queue.length === 0) break
      const taken = collect(queue, half)
      waiting -= weightOfAll(taken)
      for (const one of await ready(taken)) {
        const stored = store(one, underWay.at(-1)?.stored ?? Promise.resolve())
        underWay.push({ size: one.batch.length, stored })
        inStages += one.batch.length
      }
    }
    running = undefined
  }

  function start(): void {
    // A turn later, so that callers of the same turn share the batch.
    running ??= turn().then(run)
  }

  return {
    append: (drafts, options) => {
      const atomic = options?.atomic === true && drafts.length > 1
      if (atomic && !canShare(drafts)) {
        return Promise.reject(new TypeError('a group names each fact and each stream it expects once'))
      }
      const weights = drafts.map(weightOf)
      const weight = weights.reduce((sum, one) => sum + one, 0)
      const tooHeavy = waiting > 0 && waiting + weight > queueLimit.weight
      if (tooHeavy || queue.length + drafts.length > queueLimit.events) {
        return Promise.reject(
          new DomainError('log-busy', 'The log takes no more just now. Try again in a moment.'),
        )
      }
      if (drafts.length === 0) return Promise.resolve([])
      groups += 1
      const group = atomic ? groups : null
      return new Promise((resolve, reject) => {
        const entry: Entry = { outcomes: new Array(drafts.length), left: drafts.length, resolve, reject }
        for (const [index, draft] of drafts.entries())
          queue.push({ draft, entry, index, group, weight: weights[index] as number, tries: 0 })
        waiting += weight
        start()
      })
    },
    drain: async () => {
      while (running !== undefined) await running
    },
  }
}

/** Lets everything that has arrived be read first. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function finish(pending: Pending, appended: Appended): void {
  pending.entry.outcomes[pending.index] = appended
  pending.entry.left -= 1
  if (pending.entry.left === 0) pending.entry.resolve(pending.entry.outcomes)
}

/** What this process took for known is no longer so: it is looked up and sealed again. */
const isStale = ({ kind }: Outcome) => kind === 'identity-moved' || kind === 'subject-gone'
