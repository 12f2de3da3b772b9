import type { Pool } from 'pg'
import { byteaArray, uuidArray } from './binary-array.ts'
import { recordCommand } from './command.ts'
import { recordContext } from './keyring.ts'
import type { Ledger, Log } from './ledger.ts'
import { unwrapKey, wrapKey } from './seal.ts'

/** What a sweep has done: from `destroyedEpochs` on, no copy of a key that was wrapped in them opens anything. */
export type SweepReport = {
  readonly currentEpoch: number
  /** When the current epoch began: what was destroyed before then was never wrapped under its key. */
  readonly openedAt: Date
  readonly destroyedEpochs: readonly number[]
  /** Keys that live on under the current epoch. */
  readonly survivors: number
  /** Keys of events that never reached the log, older than a day. */
  readonly orphans: number
}

const batchSize = 2_000
const orphanAgeMs = 86_400_000

/**
 * The keyring sweep: re-wraps the surviving keys under the next epoch's key, drops the old partition and destroys the
 * old epoch key at the provider. Until then a deleted key still lies in heap pages, WAL segments and backups; afterwards
 * all of them are dead without having to be found. Killed at any step, the next call goes on from there.
 */
export async function sweepKeyring(
  ledger: Ledger,
  onProgress: (moved: number) => void = () => {},
): Promise<SweepReport> {
  const { keyring, provider, clock } = ledger
  const { pool } = keyring
  const opened = await pool.query<{ epoch: number }>('select keyring.open_epoch($1) as epoch', [clock.now()])
  const current = opened.rows[0]?.epoch as number
  if ((await provider.epochState(current)) === 'absent') await provider.createEpoch(current)
  const logs = await ledger.list()
  const destroyed: number[] = []
  let survivors = 0
  let orphans = 0
  const { rows } = await pool.query<{ epoch: number; state: string }>(
    "select epoch, state from keyring.epoch where state in ('draining', 'dropped') order by epoch",
  )
  for (const { epoch, state } of rows) {
    if (state === 'draining') {
      const from = { number: epoch, key: await provider.epochKey(epoch) }
      const to = { number: current, key: await provider.epochKey(current) }
      for (const log of logs) {
        for (;;) {
          const step = await moveSome(ledger, log, from, to)
          if (step.seen === 0) break
          survivors += step.moved
          orphans += step.orphans
          onProgress(survivors)
        }
      }
      await pool.query('select keyring.drop_epoch($1)', [epoch])
    }
    await provider.destroyEpoch(epoch)
    await pool.query('select keyring.close_epoch($1, $2)', [epoch, clock.now()])
    destroyed.push(epoch)
  }
  const began = await pool.query<{ created_at: Date }>(
    'select created_at from keyring.epoch where epoch = $1',
    [current],
  )
  const openedAt = began.rows[0]?.created_at as Date
  return { currentEpoch: current, openedAt, destroyedEpochs: destroyed, survivors, orphans }
}

type EpochKey = { readonly number: number; readonly key: Buffer }

/** One transaction: locks some keys of the old epoch, wraps them anew, moves them. */
async function moveSome(ledger: Ledger, log: Log, from: EpochKey, to: EpochKey) {
  const client = await ledger.keyring.pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const { rows } = await client.query<{ event_id: string; wrapped: Buffer; created_at: Date }>(
      'select event_id, wrapped, created_at from keyring.lock_old($1, $2, $3)',
      [log.controller, from.number, batchSize],
    )
    const before = ledger.clock.now().getTime() - orphanAgeMs
    const old = rows.filter((row) => row.created_at.getTime() < before).map((row) => row.event_id)
    const lost = new Set(await withoutEvent(ledger.pool, log.controller, old))
    const kept = rows.filter((row) => !lost.has(row.event_id))
    if (rows.length > 0) {
      await client.query('select keyring.move($1, $2, $3, $4::uuid[], $5::bytea[], $6::uuid[])', [
        log.controller,
        from.number,
        to.number,
        uuidArray(kept.map((row) => row.event_id)),
        byteaArray(
          kept.map((row) => {
            const secrets = unwrapKey(
              from.key,
              row.wrapped,
              recordContext(log.controller, row.event_id, from.number),
            )
            return wrapKey(to.key, secrets, recordContext(log.controller, row.event_id, to.number))
          }),
        ),
        uuidArray([...lost]),
      ])
    }
    await client.query('commit')
    return { seen: rows.length, moved: kept.length, orphans: lost.size }
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => {
      broken = failed
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** Those of the ids that no event of the log has: their keys were stored for an append that never happened. */
async function withoutEvent(pool: Pool, controller: number, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const { rows } = await pool.query<{ id: string }>('select ledger.missing_events($1, $2::uuid[]) as id', [
    controller,
    uuidArray(ids),
  ])
  return rows.map((row) => row.id)
}

/** Writes into a controller's log that a sweep is done, and which purges it has made irrecoverable. */
export async function recordSweep(
  ledger: Ledger,
  log: Log,
  report: SweepReport,
  purges: readonly string[],
  actor: string,
): Promise<void> {
  await recordCommand(ledger, log, {
    type: 'keyring.swept',
    actor: { name: actor },
    data: { epochs: report.destroyedEpochs, currentEpoch: report.currentEpoch, purges },
  })
}
