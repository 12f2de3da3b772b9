import type { Pool } from 'pg'
import { withController } from '../db/transaction.ts'
import { DomainError } from '../platform/errors.ts'
import type { JsonObject } from '../platform/json.ts'
import { byteaArray, uuidArray } from './binary-array.ts'
import type { Journal } from './journal.ts'
import type { Ledger, Log } from './ledger.ts'

/** What destroying needs of the world. `purgePool` connects as the role that alone may destroy. */
export type DestroyDeps = { readonly ledger: Ledger; readonly purgePool: Pool; readonly journal: Journal }

/**
 * Journal, persons, keys, ciphertext of one intent, in this order. Every step may be repeated: the second time it finds
 * nothing left to do. Persons come before keys, so that one whose key is gone is never taken for known. Answers how many
 * events the intent takes.
 */
export async function carryOut(
  deps: DestroyDeps,
  log: Log,
  purgeId: string,
  position: string,
): Promise<number> {
  const { ledger, purgePool, journal } = deps
  const { rows } = await purgePool.query<{ object_id: string; event_id: string }>(
    'select object_id, event_id from ledger.intended_parts($1, $2)',
    [log.controller, position],
  )
  const { intent, basis } = await basisOf(purgePool, log, position)
  const events = rows.map((row) => row.event_id)
  // A delivery goes whole with the first of the objects that it carried: its key stands in the keyring beside theirs.
  const deliveries = await intendedDeliveries(purgePool, log, position)
  const keys = [...events, ...deliveries]
  const digests = await purgePool.query<{ digest: Buffer }>(
    'select digest from ledger.intended_digests($1, $2)',
    [log.controller, position],
  )
  const { tombstone } = ledger.digests(log.controller)
  const tombstones = digests.rows.map((row) => tombstone(row.digest))
  if (!journal.has(intent)) {
    journal.append({
      at: ledger.clock.now().toISOString(),
      controller: log.slug,
      purge: purgeId,
      intent,
      objects: [...new Set(rows.map((row) => row.object_id))],
      basis,
      events: keys,
      tombstones: tombstones.map((digest) => digest.toString('base64url')),
    })
  }
  const forgotten = await purgePool.query<{ id: string }>('select ledger.forget_persons($1, $2) as id', [
    log.controller,
    position,
  ])
  const subjects = forgotten.rows.map((row) => row.id)
  await ledger.keyring.destroy(log.controller, { records: keys, subjects }, intent)
  if (deliveries.length > 0) {
    await purgePool.query('select ledger.destroy_deliveries($1, $2::uuid[], $3)', [
      log.controller,
      uuidArray(deliveries),
      position,
    ])
  }
  await purgePool.query('select ledger.dispose($1, $2, $3::bytea[], $4)', [
    log.controller,
    position,
    byteaArray(tombstones),
    ledger.clock.now(),
  ])
  return events.length
}

/** The deliveries that go, or have gone, with what an intent condemned. */
export async function intendedDeliveries(pool: Pool, log: Log, position: string): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select ledger.intended_deliveries($1, $2) as id', [
    log.controller,
    position,
  ])
  return rows.map((row) => row.id)
}

/** What an intent says of class and rules, by which its objects were condemned: all of its data but their ids. */
export async function basisOf(
  pool: Pool,
  log: Log,
  position: string,
): Promise<{ intent: string; basis: JsonObject }> {
  return withController(pool, log.controller, async (tx) => {
    const { rows } = await tx.query<{ event_id: string; basis: JsonObject }>(
      "select event_id, (header::jsonb -> 'data') - 'objects' as basis from ledger.event where controller_id = $1 and position = $2",
      [log.controller, position],
    )
    const [row] = rows
    if (row === undefined) throw new DomainError('not-found', `There is no intent at position ${position}.`)
    return { intent: row.event_id, basis: row.basis }
  })
}
