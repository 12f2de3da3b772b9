import { withController } from '../db/transaction.ts'
import { byteaArray, uuidArray } from './binary-array.ts'
import { basisOf, type DestroyDeps, intendedDeliveries } from './carry-out.ts'
import { type Actor, recordCommand } from './command.ts'
import { destroyedTotals } from './destroyed.ts'
import type { JournalEntry } from './journal.ts'
import type { Log } from './ledger.ts'
import { writeAtLogTime } from './stamped.ts'

/**
 * Writes a journalled intent that the log has lost into it again, under its own event id: with those of its objects that
 * stand there, found by id because positions may have been used again, and with the tombstones of all. Answers its position.
 */
export async function replayIntent(deps: DestroyDeps, log: Log, entry: JournalEntry): Promise<string> {
  const { purgePool } = deps
  const { rows } = await purgePool.query<{ id: string }>(
    'select ledger.replayable_objects($1, $2::uuid[]) as id',
    [log.controller, uuidArray(entry.objects)],
  )
  const objects = rows.map((row) => row.id)
  return writeAtLogTime(
    deps,
    log,
    {
      eventId: entry.intent,
      streamId: entry.purge,
      type: 'purge.intended',
      data: { ...entry.basis, objects, replayed: { at: entry.at, objects: entry.objects.length } },
    },
    async (it) => {
      const replayed = await purgePool.query<{ position: string }>(
        'select ledger.replay_intent($1, $2, $3, $4, $5, $6, $7, $8::uuid[], $9::bytea[]) as position',
        [
          log.controller,
          it.recordedAt,
          entry.intent,
          entry.purge,
          it.occurredOn,
          it.header,
          it.entry,
          uuidArray(objects),
          byteaArray(entry.tombstones.map((digest) => Buffer.from(digest, 'base64url'))),
        ],
      )
      return replayed.rows[0]?.position as string
    },
  )
}

/** A journal entry made again from the log; from the keyring, if the log has lost its intent too. */
export async function rebuiltEntry(
  deps: DestroyDeps,
  log: Log,
  intent: string,
): Promise<Omit<JournalEntry, 'v' | 'sequence' | 'previous'>> {
  const { purgePool } = deps
  const logged = await withController(purgePool, log.controller, async (tx) => {
    const { rows } = await tx.query<{ position: string; stream_id: string; recorded_at: Date }>(
      'select position, stream_id, recorded_at from ledger.event where controller_id = $1 and event_id = $2',
      [log.controller, intent],
    )
    return rows[0]
  })
  if (logged === undefined) return entryFromKeyring(deps, log, intent)
  const parts = await purgePool.query<{ object_id: string; event_id: string }>(
    'select object_id, event_id from ledger.intended_parts($1, $2)',
    [log.controller, logged.position],
  )
  const tombstones = await purgePool.query<{ digest: Buffer }>(
    'select ledger.intent_tombstones($1, $2) as digest',
    [log.controller, logged.position],
  )
  return {
    at: logged.recorded_at.toISOString(),
    controller: log.slug,
    purge: logged.stream_id,
    intent,
    objects: [...new Set(parts.rows.map((row) => row.object_id))],
    basis: (await basisOf(purgePool, log, logged.position)).basis,
    events: [
      ...parts.rows.map((row) => row.event_id),
      ...(await intendedDeliveries(purgePool, log, logged.position)),
    ],
    tombstones: tombstones.rows.map((row) => row.digest.toString('base64url')),
  }
}

/** Which purge it was is lost with log and journal: it becomes one of its own. */
async function entryFromKeyring({ ledger, purgePool }: DestroyDeps, log: Log, intent: string) {
  const events = await ledger.keyring.pool.query<{ id: string }>(
    'select keyring.destroyed_records($1, $2) as id',
    [log.controller, intent],
  )
  const ids = events.rows.map((row) => row.id)
  const objects = await purgePool.query<{ id: string }>('select ledger.streams_of($1, $2::uuid[]) as id', [
    log.controller,
    uuidArray(ids),
  ])
  return {
    at: ledger.clock.now().toISOString(),
    controller: log.slug,
    purge: intent,
    intent,
    objects: objects.rows.map((row) => row.id),
    basis: { rules: [] },
    events: ids,
    tombstones: [],
  }
}

/** Ends a purge whose order this log has lost, so that what it destroyed counts as destroyed. */
export async function closeReplayed(deps: DestroyDeps, log: Log, purge: string, actor: Actor): Promise<void> {
  const found = await withController(deps.purgePool, log.controller, async (tx) => {
    const { rows } = await tx.query(
      "select from ledger.event where controller_id = $1 and stream_id = $2 and type in ('purge.ordered', 'purge.executed') limit 1",
      [log.controller, purge],
    )
    return rows.length > 0 ? undefined : destroyedTotals(tx, log.controller, purge)
  })
  if (found === undefined) return
  const { objects, records, positions } = found
  await recordCommand(deps.ledger, log, {
    type: 'purge.executed',
    streamId: purge,
    actor,
    data: { objects, records, positions, replayed: true },
  })
}
