import type { PoolClient } from 'pg'
import { type Actor, recordCommand } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'

/** Advisory locks of the ledger database, one for each import under way: "LiIm" and the end of its id. */
const lock = 0x4c69_496d
const keyOf = (id: string) => Number.parseInt(id.slice(-8), 16) | 0

/** How often an import asks whether somebody has called it off. */
const askMs = 1_000

/**
 * Runs an import while no other process runs the same, and ends it where somebody calls it off, in this process or another.
 * `state-conflict` where it is under way already. A killed process lets go of its import with its connection.
 */
export async function whileUnderWay<T>(
  ledger: Ledger,
  log: Log,
  id: string,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const holder = await locked(ledger, id)
  const called = new AbortController()
  const timer = setInterval(() => {
    // A question that fails is asked again the next time.
    void isCalledOff(ledger, log, id).then(
      (isOff) => isOff && called.abort(),
      () => {},
    )
  }, askMs)
  timer.unref()
  try {
    return await work(signal === undefined ? called.signal : AbortSignal.any([signal, called.signal]))
  } finally {
    clearInterval(timer)
    await holder.query('select pg_advisory_unlock($1, $2)', [lock, keyOf(id)]).then(
      () => holder.release(),
      (broken: Error) => holder.release(broken),
    )
  }
}

async function locked(ledger: Ledger, id: string): Promise<PoolClient> {
  const client = await ledger.pool.connect()
  try {
    const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1, $2) as got', [
      lock,
      keyOf(id),
    ])
    if (rows[0]?.got === true) return client
  } catch (error) {
    client.release(error as Error)
    throw error
  }
  client.release()
  throw new DomainError('state-conflict', 'This file is being imported already.')
}

/** Whether some process, this or another, is at an import just now. */
export async function isUnderWay(ledger: Ledger, id: string): Promise<boolean> {
  const { rows } = await ledger.pool.query<{ held: boolean }>(
    `select exists (select from pg_locks l join pg_database d on d.oid = l.database
       where d.datname = current_database() and l.locktype = 'advisory' and l.objsubid = 2 and l.granted
         and l.classid::bigint = $1 and l.objid::bigint = $2) as held`,
    [lock, keyOf(id) >>> 0],
  )
  return rows[0]?.held === true
}

/** Calls an import off: whoever runs it sees it in the log, and stops between two batches. */
export async function callOff(
  ledger: Ledger,
  log: Log,
  { id, channel }: { readonly id: string; readonly channel: string },
  actor: Actor,
): Promise<void> {
  await recordCommand(ledger, log, {
    type: 'import.cancel-asked',
    streamId: id,
    channelId: channel,
    actor,
    data: {},
  })
}

/** Whether an import was called off since it was started last. */
async function isCalledOff(ledger: Ledger, log: Log, id: string): Promise<boolean> {
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ type: string }>(
      `select type from ledger.event
        where controller_id = $1 and stream_id = $2 and type in ('import.started', 'import.cancel-asked')
        order by stream_version desc limit 1`,
      [log.controller, id],
    )
    return rows[0]?.type === 'import.cancel-asked'
  })
}
