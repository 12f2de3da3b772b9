import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'

/** Advisory locks of the ledger database: "LiPu", "LiSw". */
const locks = { purge: 0x4c69_5075, sweep: 0x4c69_5377 } as const

const waitMs = 200

/**
 * Runs `work` while nobody else on this database does the same: of two processes that execute purges, one would close
 * what the other is still destroying, and both would write the erasure journal. Who waits holds no connection meanwhile.
 */
export async function oneAtATime<T>(
  pool: Pool,
  what: keyof typeof locks,
  work: () => Promise<T>,
): Promise<T> {
  const lock = locks[what]
  const holder = await locked(pool, lock)
  try {
    return await work()
  } finally {
    await holder.query('select pg_advisory_unlock($1)', [lock]).then(
      () => holder.release(),
      (broken: Error) => holder.release(broken),
    )
  }
}

async function locked(pool: Pool, lock: number): Promise<PoolClient> {
  for (;;) {
    const holder = await tryLock(pool, lock)
    if (holder !== undefined) return holder
    await sleep(waitMs)
  }
}

async function tryLock(pool: Pool, lock: number): Promise<PoolClient | undefined> {
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
