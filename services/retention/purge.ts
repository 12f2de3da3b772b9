import { hash } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { withController } from '../db/transaction.ts'
import type { Day } from '../events/vocabulary.ts'
import { byteaArray, uuidArray } from '../ledger/binary-array.ts'
import { recordCommand } from '../ledger/command.ts'
import { entryOf, writeHeader } from '../ledger/header.ts'
import type { Journal } from '../ledger/journal.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { uuidv7 } from '../platform/ids.ts'
import { canonicalJson } from '../platform/json.ts'
import { type ClassPlan, type DueCursor, nextDue, type RetentionPlan, retentionPlan, rulesOf } from './due.ts'

/** What a purge needs of the world. `purgePool` connects as the role that alone may destroy. */
export type PurgeDeps = { readonly ledger: Ledger; readonly purgePool: Pool; readonly journal: Journal }

export type PurgeProgress = { readonly objects: number; readonly records: number; readonly held: number }

/** Objects condemned by one intent event: the most that one lock of the head is held for. */
const intentSize = 1_000

/** Orders a purge of everything due on `today`: an event, executed by whoever runs purges. Answers the purge's id. */
export async function orderPurge(ledger: Ledger, log: Log, actor: string, today: Day): Promise<string> {
  const ordered = await recordCommand(ledger, log, {
    type: 'purge.ordered',
    expectedVersion: 0,
    actor: { name: actor },
    data: { today },
  })
  return ordered.streamId
}

/**
 * Executes an ordered purge to its end: intent by intent, each in the order intent event → journal → keys → ciphertext,
 * then the event that closes it. Calling it again after a crash goes on where it stopped.
 */
export async function executePurge(
  deps: PurgeDeps,
  log: Log,
  purgeId: string,
  actor: string,
  onProgress: (progress: PurgeProgress) => void = () => {},
): Promise<PurgeProgress> {
  const { ledger, purgePool } = deps
  const today = localDay(ledger.clock.now())
  let progress: PurgeProgress = { objects: 0, records: 0, held: 0 }
  const add = (objects: number, records: number, held: number) => {
    progress = {
      objects: progress.objects + objects,
      records: progress.records + records,
      held: progress.held + held,
    }
    onProgress(progress)
  }
  await finishIntents(deps, log, purgeId)
  let plan = await withController(purgePool, log.controller, (tx) => retentionPlan(tx, log.controller, today))
  for (let index = 0; index < plan.classes.length; index += 1) {
    let cursor: DueCursor | undefined
    for (;;) {
      const it: ClassPlan = plan.classes[index] as ClassPlan
      const due = await withController(purgePool, log.controller, (tx) =>
        nextDue(tx, log.controller, it, cursor, intentSize),
      )
      if (due.length === 0) break
      const intended = await condemn(deps, log, purgeId, plan, it, due)
      if (intended === 'rules-changed') {
        // Somebody has changed the rules since: what is due is asked anew under the new ones.
        plan = await withController(purgePool, log.controller, (tx) =>
          retentionPlan(tx, log.controller, today),
        )
        cursor = undefined
        continue
      }
      cursor = due.at(-1)
      const records =
        intended.position === undefined ? 0 : await executeIntent(deps, log, purgeId, intended.position)
      add(intended.objects, records, due.length - intended.objects)
    }
  }
  await closePurge(deps, log, purgeId, actor)
  return progress
}

type Intended = { readonly position: string | undefined; readonly objects: number }

/** Appends the intent for those of the objects that nothing holds; held ones are left out and wait for the next purge. */
async function condemn(
  deps: PurgeDeps,
  log: Log,
  purgeId: string,
  plan: RetentionPlan,
  it: ClassPlan,
  due: readonly DueCursor[],
): Promise<Intended | 'rules-changed'> {
  let objects = due.map(({ objectId }) => objectId)
  while (objects.length > 0) {
    const rows = await callCondemn(deps, log, purgeId, plan, it, objects)
    const [first] = rows
    if (first?.outcome === 'intended') return { position: first.position as string, objects: objects.length }
    if (first?.outcome === 'rules-changed') return 'rules-changed'
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
        rules: rulesOf(it.plan).map(({ ruleId, version }) => ({ rule: ruleId, version })),
        today: plan.today,
        objects,
      }),
      parts: [],
    })
    try {
      const { rows } = await purgePool.query<CondemnRow>(
        'select outcome, object_id, position from ledger.condemn($1, $2, $3, $4, $5, $6, $7, $8::uuid[], $9)',
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

/** Journal, keys, ciphertext of one intent. Every step may be repeated: the second time it finds nothing left to do. */
async function executeIntent(deps: PurgeDeps, log: Log, purgeId: string, position: string): Promise<number> {
  const { ledger, purgePool, journal } = deps
  const { rows } = await purgePool.query<{ object_id: string; event_id: string }>(
    'select object_id, event_id from ledger.intended_parts($1, $2)',
    [log.controller, position],
  )
  const intent = await intentEvent(purgePool, log, position)
  const events = rows.map((row) => row.event_id)
  if (!journal.entries().some((entry) => entry.intent === intent)) {
    journal.append({
      at: ledger.clock.now().toISOString(),
      controller: log.slug,
      purge: purgeId,
      intent,
      objects: [...new Set(rows.map((row) => row.object_id))],
      events,
    })
  }
  await ledger.keyring.destroy(log.controller, 'record', events, intent)
  const digests = await purgePool.query<{ digest: Buffer }>(
    'select digest from ledger.intended_digests($1, $2)',
    [log.controller, position],
  )
  const { tombstone } = ledger.digests(log.controller)
  await purgePool.query('select ledger.dispose($1, $2, $3::bytea[], $4)', [
    log.controller,
    position,
    byteaArray(digests.rows.map((row) => tombstone(row.digest))),
    ledger.clock.now(),
  ])
  return events.length
}

async function intentEvent(pool: Pool, log: Log, position: string): Promise<string> {
  return withController(pool, log.controller, async (tx) => {
    const { rows } = await tx.query<{ event_id: string }>(
      'select event_id from ledger.event where controller_id = $1 and position = $2',
      [log.controller, position],
    )
    return rows[0]?.event_id as string
  })
}

/** Goes on with intents that a crash left between their event and the end of their execution. */
async function finishIntents(deps: PurgeDeps, log: Log, purgeId: string): Promise<void> {
  const { rows } = await deps.purgePool.query<{ position: string; purge_id: string }>(
    'select position, purge_id from ledger.unexecuted_intents($1)',
    [log.controller],
  )
  for (const row of rows) if (row.purge_id === purgeId) await executeIntent(deps, log, purgeId, row.position)
}

/** Ends a purge: its totals and the digest of what it destroyed, so that a certificate can be checked against the log. */
async function closePurge(deps: PurgeDeps, log: Log, purgeId: string, actor: string): Promise<void> {
  const totals = await withController(deps.purgePool, log.controller, (tx) =>
    destroyedBy(tx, log.controller, purgeId),
  )
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

/** Ordered purges that are not executed yet: the worker's queue, and after a crash what is to be taken up again. */
export async function openPurges(pool: Pool, log: Log): Promise<string[]> {
  return withController(pool, log.controller, async (tx) => {
    const { rows } = await tx.query<{ purge_id: string }>(
      'select purge_id from model.purge where controller_id = $1 and executed_position is null order by ordered_position',
      [log.controller],
    )
    return rows.map((row) => row.purge_id)
  })
}

/** A purge by its id, or `not-found`. */
export async function purgeState(tx: PoolClient, controller: number, purgeId: string) {
  const { rows } = await tx.query<{
    ordered_position: string
    intents: number
    objects: number
    executed_position: string | null
    swept_position: string | null
  }>(
    'select ordered_position, intents, objects, executed_position, swept_position from model.purge where controller_id = $1 and purge_id = $2',
    [controller, purgeId],
  )
  const [row] = rows
  if (row === undefined) throw new DomainError('not-found', 'There is no such purge.')
  return row
}
