import { hash } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { withController } from '../db/transaction.ts'
import { uuidArray } from '../ledger/binary-array.ts'
import { carryOut, type DestroyDeps } from '../ledger/carry-out.ts'
import { recordCommand } from '../ledger/command.ts'
import { entryOf, writeHeader } from '../ledger/header.ts'
import type { Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
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
import { actorAt, actorByDigest, purgeState, unfinishedPurges } from './purge-queries.ts'
import { isExecutable, type PurgeState, phaseOf } from './purge-state.ts'

/** What a purge needs of the world. `purgePool` connects as the role that alone may destroy. */
export type PurgeDeps = DestroyDeps & {
  /** True once the process is to end: the purge then stops between two intents, and the next start goes on. */
  readonly stopping?: () => boolean
}

export type PurgeProgress = { readonly objects: number; readonly records: number; readonly held: number }

/** Objects condemned by one intent event: the most that one lock of the head is held for. */
const intentSize = 1_000

/**
 * Executes an ordered purge to its end: intent by intent, each in the order intent event → journal → keys → ciphertext,
 * then the event that closes it. Calling it again after a crash goes on where it stopped. One at a time, whoever calls:
 * a second caller waits and then finds nothing left to do. `four-eyes-required` while it waits for approval.
 */
export function executePurge(
  deps: PurgeDeps,
  log: Log,
  purgeId: string,
  actor: string,
  onProgress: (progress: PurgeProgress) => void = () => {},
): Promise<PurgeProgress> {
  return oneAtATime(deps.purgePool, 'purge', async () => {
    const state = await admit(deps, log, purgeId, actor)
    const done = state.executedPosition !== null || phaseOf(state) === 'aborted'
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
  onProgress: (progress: PurgeProgress) => void,
): Promise<PurgeProgress> {
  const { ledger, purgePool } = deps
  const today = localDay(ledger.clock.now())
  const planNow = () =>
    withController(purgePool, log.controller, (tx) => retentionPlan(tx, log.controller, today))
  let progress = nothing
  let left = state.limit - state.objects
  await finishIntents(deps, log, state.id)
  let plan = await planNow()
  let index = 0
  let cursor: DueCursor | undefined
  while (index < plan.classes.length && left > 0 && state.abortedPosition === null) {
    if (deps.stopping?.() === true) return progress
    const it = plan.classes[index] as ClassPlan
    const { due, seen } = await withController(purgePool, log.controller, (tx) =>
      nextDue(tx, log.controller, it, cursor, Math.min(intentSize, left)),
    )
    if (due.length === 0) {
      index += 1
      cursor = undefined
      continue
    }
    const intended = await condemn(deps, log, state.id, plan, it, { due, seen })
    if (intended === 'closed') break
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
    const records =
      intended.position === undefined ? 0 : await carryOut(deps, log, state.id, intended.position)
    progress = {
      objects: progress.objects + intended.objects,
      records: progress.records + records,
      held: progress.held + due.length - intended.objects,
    }
    onProgress(progress)
  }
  await closePurge(deps, log, state.id, actor)
  return progress
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
): Promise<Intended | 'rules-changed' | 'closed'> {
  let objects = due.map(({ objectId }) => objectId)
  while (objects.length > 0) {
    const rows = await callCondemn(deps, log, purgeId, plan, it, objects, seen)
    const [first] = rows
    if (first?.outcome === 'intended') return { position: first.position as string, objects: objects.length }
    if (first?.outcome === 'rules-changed') return 'rules-changed'
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

/** Goes on with intents that a crash left between their event and the end of their execution. */
async function finishIntents(deps: PurgeDeps, log: Log, purgeId: string): Promise<void> {
  const { rows } = await deps.purgePool.query<{ position: string; purge_id: string }>(
    'select position, purge_id from ledger.unexecuted_intents($1)',
    [log.controller],
  )
  for (const row of rows) if (row.purge_id === purgeId) await carryOut(deps, log, purgeId, row.position)
}

/** Ends a purge, unless it was called off before anything was condemned: its totals and the digest of what it destroyed, so that a certificate can be checked against the log. */
async function closePurge(deps: PurgeDeps, log: Log, purgeId: string, actor: string): Promise<void> {
  const { state, totals } = await withController(deps.purgePool, log.controller, async (tx) => ({
    state: await purgeState(tx, log.controller, purgeId),
    totals: await destroyedBy(tx, log.controller, purgeId),
  }))
  if (phaseOf(state) === 'aborted') return
  await recordCommand(deps.ledger, log, {
    type: 'purge.executed',
    streamId: purgeId,
    actor: { name: actor },
    data: {
      objects: totals.objects,
      records: totals.positions.length,
      positions: positionsDigest(totals.positions),
    },
  })
}

/** The events that a purge's intents name, from the log alone. */
export async function destroyedBy(
  tx: PoolClient,
  controller: number,
  purgeId: string,
): Promise<{ objects: number; positions: string[] }> {
  const { rows } = await tx.query<{ object_id: string; position: string }>(
    `select c.object_id, e.position from ledger.condemned c
       join ledger.event e on e.controller_id = $1 and e.stream_id = c.object_id
      where c.controller_id = $1 and c.position in
        (select i.position from ledger.event i where i.controller_id = $1 and i.stream_id = $2 and i.type = 'purge.intended')
      order by e.position`,
    [controller, purgeId],
  )
  return {
    objects: new Set(rows.map((row) => row.object_id)).size,
    positions: rows.map((row) => row.position),
  }
}

/** SHA-256 over the positions in order, each as a big-endian 64-bit integer: what a certificate names instead of content. */
export function positionsDigest(positions: readonly string[]): string {
  const bytes = Buffer.alloc(positions.length * 8)
  for (const [index, position] of positions.entries()) bytes.writeBigUInt64BE(BigInt(position), index * 8)
  return `sha256:${hash('sha256', bytes)}`
}

/** Purges that whoever executes them has to go on with: also those that a crash interrupted. */
export async function openPurges(pool: Pool, log: Log): Promise<string[]> {
  const unfinished = await withController(pool, log.controller, (tx) => unfinishedPurges(tx, log.controller))
  return unfinished.filter((it) => isExecutable(phaseOf(it))).map(({ id }) => id)
}
