import { uuidArray } from '../ledger/binary-array.ts'
import type { DestroyDeps } from '../ledger/carry-out.ts'
import { recordCommand } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import type { FileStore } from './file-store.ts'

/** What a rule lets go: deliveries received on or before a day, on some channels or on any. */
export type Expiry = {
  readonly rule: string
  readonly version: number
  readonly cutoff: string
  readonly channels?: readonly string[]
}

const batchSize = 500

/**
 * Destroys the deliveries that a rule lets go and nothing holds: the event that names them → journal → keys → bodies. Killed at
 * any step, they are still due and go the next time. Only where nobody else writes the erasure journal. Answers how many.
 */
export async function destroyExpired(deps: DestroyDeps, log: Log, expiry: Expiry): Promise<number> {
  const { ledger, purgePool, journal } = deps
  const { rule, version, cutoff, channels } = expiry
  let destroyed = 0
  for (;;) {
    const { rows } = await purgePool.query<{ id: string }>(
      'select ledger.due_deliveries($1, $2, $3::uuid[], $4) as id',
      [log.controller, cutoff, channels === undefined ? null : uuidArray(channels), batchSize],
    )
    const deliveries = rows.map((row) => row.id)
    if (deliveries.length === 0) return destroyed
    const basis = { rules: [{ rule, version }], receivedUntil: cutoff }
    const recorded = await recordCommand(ledger, log, {
      type: 'delivery.destroyed',
      actor: { name: 'job:deliveries' },
      data: { ...basis, deliveries },
    })
    journal.append({
      at: recorded.recordedAt.toISOString(),
      controller: log.slug,
      purge: recorded.streamId,
      intent: recorded.eventId,
      objects: [],
      basis,
      events: deliveries,
      tombstones: [],
    })
    await ledger.keyring.destroy(log.controller, { records: deliveries, subjects: [] }, recorded.eventId)
    await purgePool.query('select ledger.destroy_deliveries($1, $2::uuid[], $3)', [
      log.controller,
      uuidArray(deliveries),
      recorded.position,
    ])
    destroyed += deliveries.length
  }
}

/** Removes the sealed files of deliveries that are no longer kept: their keys are gone, here go the bytes. Answers how many. */
export async function removeStaleFiles(ledger: Ledger, log: Log, store: FileStore): Promise<number> {
  const files = await store.list(log.controller)
  if (files.length === 0) return 0
  const stale = await reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ id: string }>(
      `select d.delivery_id as id from ledger.delivery d
        where d.controller_id = $1 and d.delivery_id = any ($2::uuid[]) and d.destroyed_by is not null`,
      [log.controller, uuidArray(files)],
    )
    return rows.map((row) => row.id)
  })
  for (const id of stale) await store.remove(log.controller, id)
  return stale.length
}
