import type { Pool } from 'pg'
import { withController } from '../db/transaction.ts'
import { uuidArray } from '../ledger/binary-array.ts'
import { carryOut, type DestroyDeps } from '../ledger/carry-out.ts'
import { entryOf, writeHeader } from '../ledger/header.ts'
import type { Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { type Clock, localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { uuidv7 } from '../platform/ids.ts'
import { canonicalJson } from '../platform/json.ts'
import {
  type ClassPlan,
  type DueCursor,
  type DueObjects,
  nextDue,
  type RetentionPlan,
  retentionPlan,
  rulesOf,
} from './due.ts'
import { oneAtATime } from './exclusive.ts'
import { abortPurge, actorDigest } from './order.ts'
import { oneBehind, type Pace, paceOf } from './pace.ts'
import { beginPurge, carryOutIntents, closePurge, deferPurge, releaseIntents } from './purge-finish.ts'
import { actorAt, actorByDigest, purgeState, unfinishedPurges } from './purge-queries.ts'
import { isExecutable, type PurgeState, phaseOf } from './purge-state.ts'

/** What a purge needs of the world. `purgePool` connects as the role that alone may destroy. */
export type PurgeDeps = DestroyDeps & Pace

/** `held`: objects that were due and left out, because something kept them. */
export type PurgeProgress = { readonly objects: number; readonly records: number; readonly held: number }
export type OnProgress = (progress: PurgeProgress) => void

/** Objects condemned by one intent event: the most that one lock of the head is held for. */
const intentSize = 1_000

/**
 * Takes an ordered purge as far as it may go: intent by intent, each in the order intent event → journal → persons and
 * keys → ciphertext, then the event that closes it. With a waiting period it condemns all, defers, and executes only when
 * that is over; revoked meanwhile it gives everything back. Calling it again after a crash, a pause or the waiting period
 * goes on where it stopped. One at a time, whoever calls: a second caller waits and then finds nothing left to do.
 * `four-eyes-required` while it waits for approval.
 */
export function executePurge(
  deps: PurgeDeps,
  log: Log,
  purgeId: string,
  actor: string,
  onProgress: OnProgress = () => {},
): Promise<PurgeProgress> {
  return oneAtATime(deps.purgePool, 'purge', async () => {
    const state = await admit(deps, log, purgeId, actor)
    const done = state.executedPosition !== null || !isExecutable(state, deps.ledger.clock.now())
    return done ? nothing : runPurge(deps, log, state, actor, onProgress)
  })
}

const nothing: PurgeProgress = { objects: 0, records: 0, held: 0 }

/** The purge as it stands, if this actor may go on with it: who approved it is not who executes it. */
async function admit(deps: PurgeDeps, log: Log, purgeId: string, actor: string): Promise<PurgeState> {
  const { ledger } = deps
  const digest = actorDigest(ledger, log, actor)
  return reading(ledger, log, async (tx) => {
    const state = await purgeState(tx, log.controller, purgeId)
    if (phaseOf(state) === 'waiting') {
      throw new DomainError('four-eyes-required', `Purge ${purgeId} waits for approval by another person.`)
    }
    if (state.approvedPosition !== null) {
      const approver = await actorAt(tx, log.controller, state.approvedPosition)
      if (approver !== undefined && approver === (await actorByDigest(tx, log.controller, digest))) {
        throw new DomainError('four-eyes-required', `Who approved purge ${purgeId} does not execute it.`)
      }
    }
    return state
  })
}

async function runPurge(
  deps: PurgeDeps,
  log: Log,
  state: PurgeState,
  actor: string,
  onProgress: OnProgress,
): Promise<PurgeProgress> {
  const progress = { ...nothing }
  const tell = (step: Partial<PurgeProgress>) => {
    progress.objects += step.objects ?? 0
    progress.records += step.records ?? 0
    progress.held += step.held ?? 0
    onProgress({ ...progress })
  }
  if (phaseOf(state) === 'revoking') {
    await releaseIntents(deps, log, state)
    return progress
  }
  if (state.waitHours === 0) {
    if (!(await carryOutIntents(deps, log, state.id, () => {}))) return progress
    if (!(await destroyDue(deps, log, state, actor, tell))) return progress
  } else {
    if (state.deferredPosition === null) {
      if (!(await condemnDue(deps, log, state, actor, async (it) => tell(it)))) return progress
      if (await deferPurge(deps.ledger, log, state.id, actor)) return progress
    } else if (state.begunPosition === null && !(await beginPurge(deps.ledger, log, state.id, actor))) {
      return progress
    }
    if (!(await carryOutIntents(deps, log, state.id, tell))) return progress
  }
  await closePurge(deps, log, state.id, actor)
  return progress
}

type Took = Intended & { readonly held: number }

/** Condemns and destroys what is due; while one intent is carried out, the next is condemned. False: halted on the way. */
async function destroyDue(
  deps: PurgeDeps,
  log: Log,
  state: PurgeState,
  actor: string,
  tell: (step: Partial<PurgeProgress>) => void,
): Promise<boolean> {
  const behind = oneBehind()
  const pace = paceOf(deps)
  try {
    return await condemnDue(deps, log, state, actor, async ({ position, objects, held }) => {
      if (position === undefined) return tell({ held })
      await behind.start(async () => {
        const records = await carryOut(deps, log, state.id, position)
        tell({ objects, records, held })
        await pace(records)
      })
    })
  } finally {
    await behind.ended()
  }
}

/** Condemns everything due, intent by intent, and hands each on. False: halted on the way. */
async function condemnDue(
  deps: PurgeDeps,
  log: Log,
  state: PurgeState,
  actor: string,
  take: (it: Took) => Promise<void>,
): Promise<boolean> {
  const { ledger, purgePool, recordsPerSecond } = deps
  const today = localDay(ledger.clock.now())
  const planNow = () =>
    withController(purgePool, log.controller, (tx) => retentionPlan(tx, log.controller, today))
  // Slowed down it takes smaller steps, not longer pauses.
  const size = recordsPerSecond ? Math.min(intentSize, Math.max(10, recordsPerSecond)) : intentSize
  let left = state.limit - state.objects
  let plan = await planNow()
  let index = 0
  let cursor: DueCursor | undefined
  while (index < plan.classes.length && left > 0 && state.abortedPosition === null) {
    if (deps.stopping?.() === true) return false
    const it = plan.classes[index] as ClassPlan
    const { due, seen } = await withController(purgePool, log.controller, (tx) =>
      nextDue(tx, log.controller, it, cursor, Math.min(size, left)),
    )
    if (due.length === 0) {
      index += 1
      cursor = undefined
      continue
    }
    const intended = await condemn(deps, log, state.id, plan, it, { due, seen })
    if (intended === 'closed') break
    if (intended === 'paused') return false
    if (intended === 'rules-changed') {
      if (state.approval) {
        // It was approved under the rules of its order: under others it has to be ordered and approved anew.
        await abortPurge(ledger, log, { name: actor }, state.id, 'rules-changed')
        break
      }
      plan = await planNow()
      index = 0
      cursor = undefined
      continue
    }
    cursor = due.at(-1)
    left -= intended.objects
    await take({ ...intended, held: due.length - intended.objects })
  }
  return true
}

type Intended = { readonly position: string | undefined; readonly objects: number }

/** Appends the intent for those of the objects that nothing holds or has changed since the look; the others wait for the next purge. */
async function condemn(
  deps: PurgeDeps,
  log: Log,
  purgeId: string,
  plan: RetentionPlan,
  it: ClassPlan,
  { due, seen }: DueObjects,
): Promise<Intended | 'rules-changed' | 'paused' | 'closed'> {
  let objects = due.map(({ objectId }) => objectId)
  while (objects.length > 0) {
    const rows = await callCondemn(deps, log, purgeId, plan, it, objects, seen)
    const [first] = rows
    if (first?.outcome === 'intended') return { position: first.position as string, objects: objects.length }
    if (first?.outcome === 'rules-changed' || first?.outcome === 'paused') return first.outcome
    // Called off, or at its limit, between the look and the lock.
    if (first !== undefined && first.object_id === null) return 'closed'
    const blocked = new Set(rows.map((row) => row.object_id))
    objects = objects.filter((object) => !blocked.has(object))
  }
  return { position: undefined, objects: 0 }
}

type CondemnRow = { outcome: string; object_id: string | null; position: string | null }

async function callCondemn(
  deps: PurgeDeps,
  log: Log,
  purgeId: string,
  plan: RetentionPlan,
  it: ClassPlan,
  objects: readonly string[],
  seen: string,
) {
  const { ledger, purgePool } = deps
  const eventId = uuidv7()
  let at = ledger.clock.now()
  for (;;) {
    const occurredOn = localDay(at)
    const header = writeHeader({
      controller: log.slug,
      eventId,
      streamId: purgeId,
      type: 'purge.intended',
      channelId: null,
      threadId: null,
      occurredOn,
      recordedAt: at.toISOString(),
      data: canonicalJson({
        classId: it.facts.classId,
        channel: it.facts.channelId,
        verb: it.facts.verb,
        capacity: it.facts.capacity,
        mark: it.facts.mark,
        rules: rulesOf(it.plan).map(({ ruleId, version }) => ({ rule: ruleId, version })),
        today: plan.today,
        objects,
      }),
      parts: [],
    })
    try {
      const { rows } = await purgePool.query<CondemnRow>(
        'select outcome, object_id, position from ledger.condemn($1, $2, $3, $4, $5, $6, $7, $8::uuid[], $9, $10, $11)',
        [
          log.controller,
          at,
          eventId,
          purgeId,
          occurredOn,
          header,
          entryOf(header),
          uuidArray(objects),
          plan.rulesPosition,
          it.facts.classId,
          seen,
        ],
      )
      return rows
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'LG002')) throw error
      const { rows } = await purgePool.query<{ last: Date }>('select ledger.last_recorded_at($1) as last', [
        log.controller,
      ])
      at = new Date((rows[0]?.last.getTime() ?? at.getTime()) + 1)
    }
  }
}

/** Purges that whoever executes them has to go on with now: also those that a crash interrupted. */
export async function openPurges(
  { ledger, purgePool }: { readonly ledger: { readonly clock: Clock }; readonly purgePool: Pool },
  log: Log,
): Promise<string[]> {
  const unfinished = await withController(purgePool, log.controller, (tx) =>
    unfinishedPurges(tx, log.controller),
  )
  return unfinished.filter((it) => isExecutable(it, ledger.clock.now())).map(({ id }) => id)
}
