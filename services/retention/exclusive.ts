import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'

/** Of the advisory locks of the ledger database, the one of whoever destroys: "LiPu". */
const lock = 0x4c69_5075

const waitMs = 200

/**
 * Runs `work` while nobody else on this database does: of two processes that execute purges, one would close what the
 * other is still destroying, and both would write the erasure journal. Who waits holds no connection meanwhile.
 */
export async function oneAtATime<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const holder = await locked(pool)
  try {
    return await work()
  } finally {
    await holder.query('select pg_advisory_unlock($1)', [lock]).then(
      () => holder.release(),
      (broken: Error) => holder.release(broken),
    )
  }
}

async function locked(pool: Pool): Promise<PoolClient> {
  for (;;) {
    const holder = await tryLock(pool)
    if (holder !== undefined) return holder
    await sleep(waitMs)
  }
}

async function tryLock(pool: Pool): Promise<PoolClient | undefined> {
  const client = await pool.connect()
  try {
    const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [lock])
    if (rows[0]?.got === true) return client
    client.release()
    return undefined
  } catch (error) {
    client.release(error as Error)
    throw error
  }
}
