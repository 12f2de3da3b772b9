import type { PoolClient } from 'pg'
import { withControllerWriting } from '../db/transaction.ts'
import { DomainError } from '../platform/errors.ts'
import type { Ledger, Log } from './ledger.ts'
import { reading } from './open.ts'
import { logSize } from './read.ts'
import { projectInto } from './rebuild-tables.ts'

/** What the system knew: up to an instant (RFC 3339 with an offset), or with everything up to and including a position. */
export type KnownAt = { readonly instant: Date } | { readonly position: bigint }

/** A moment of a log by its size then. `isNow`: nothing has come since, the live tables are the answer. */
export type Moment = { readonly size: number; readonly isNow: boolean }

function refused(reason: string): DomainError {
  return new DomainError('validation-failed', `knownAt ${reason}`, {
    violations: [{ pointer: '/knownAt', reason }],
  })
}

/**
 * The size of the log at a moment. Refused before the first event, when nothing was known, and in the future, of which
 * nobody can say what will be known.
 */
export async function momentOf(
  ledger: Ledger,
  log: Log,
  tx: PoolClient,
  knownAt: KnownAt | undefined,
): Promise<Moment> {
  const now = Number(await logSize(tx, log.controller))
  if (knownAt === undefined) return { size: now, isNow: true }
  if (now === 0) throw refused('is before the beginning: the log is empty')
  if ('position' in knownAt) {
    if (knownAt.position >= BigInt(now)) throw refused(`is in the future: the last position is ${now - 1}`)
    const size = Number(knownAt.position) + 1
    return { size, isNow: size === now }
  }
  if (knownAt.instant > ledger.clock.now()) throw refused('is in the future')
  const size = await sizeAt(tx, log.controller, now, knownAt.instant)
  if (size === 0) throw refused('is before the beginning: the log has no event that old')
  return { size, isNow: size === now }
}

/** How many events were recorded at or before an instant. `recorded_at` never goes back: halving needs no index of its own. */
async function sizeAt(tx: PoolClient, controller: number, size: number, instant: Date): Promise<number> {
  let known = 0
  let unknown = size
  while (known < unknown) {
    const middle = Math.floor((known + unknown) / 2)
    const { rows } = await tx.query<{ recorded_at: Date }>(
      'select e.recorded_at from ledger.event e where e.controller_id = $1 and e.position = $2',
      [controller, middle],
    )
    if ((rows[0]?.recorded_at ?? instant) <= instant) known = middle + 1
    else unknown = middle
  }
  return known
}

/** Which relations of a statement have a past, quoted or not; everything else (functions, types) stays where it is. */
const relations =
  /(?<![\w".])(?:"model"|model)\."?(\w+)"?|(?<![\w".])(?:"ledger"|ledger)\.(?:"(event|event_part|log_head)"|(event|event_part|log_head)\b)/g

/**
 * Runs `fn` on the read models as they were when the log had `size` events: projected anew into the session's own tables
 * by the statements that fill the live ones, and read by the statements that read the live ones, which are pointed
 * there. Costs the log's length up to then, so that one is made at a time in a process; `fn` must keep what it reads.
 */
export function readingPast<T>(
  ledger: Ledger,
  log: Log,
  size: number,
  fn: (tx: PoolClient) => Promise<T>,
): Promise<T> {
  return oneAtATime(ledger, () =>
    withControllerWriting(ledger.past(), log.controller, async (tx) => {
      await projectInto(tx, log.controller, size)
      await tx.query(
        `create temporary view event as select * from ledger.event where controller_id = ${log.controller} and position < ${size};
         create temporary view event_part as select * from ledger.event_part where controller_id = ${log.controller} and position < ${size};
         create temporary view log_head as
           select controller_id, ${size}::bigint as size,
             (select recorded_at from pg_temp.event where position = ${size - 1}) as last_recorded_at
           from ledger.log_head where controller_id = ${log.controller}`,
      )
      const answer = await fn(pointedToThePast(tx))
      // The tables go with the transaction; views would stay with the session and be there for the next moment.
      await tx.query('drop view pg_temp.log_head, pg_temp.event, pg_temp.event_part')
      return answer
    }),
  )
}

/** Runs `fn` on the live tables or, for a moment gone by, on those of that moment. */
export async function readingAt<T>(
  ledger: Ledger,
  log: Log,
  knownAt: KnownAt | undefined,
  fn: (tx: PoolClient, size: number) => Promise<T>,
): Promise<T> {
  // One snapshot for the size and what is read: what is appended meanwhile belongs to neither.
  const found = await reading(ledger, log, async (tx) => {
    const { size, isNow } = await momentOf(ledger, log, tx, knownAt)
    return isNow ? { value: await fn(tx, size) } : { size }
  })
  return 'value' in found ? found.value : readingPast(ledger, log, found.size, (tx) => fn(tx, found.size))
}

function pointedToThePast(tx: PoolClient): PoolClient {
  const query = (text: unknown, values?: unknown[]) => {
    // Anything else (a cursor, a configuration) would go by the live tables unseen.
    if (typeof text !== 'string') throw new TypeError('the past is read by plain statements')
    return tx.query(
      text.replace(
        relations,
        (_, model?: string, quoted?: string, plain?: string) => `pg_temp.${model ?? quoted ?? plain}`,
      ),
      values,
    )
  }
  return new Proxy(tx, {
    get: (target, name) => {
      if (name === 'query') return query
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const turns = new WeakMap<Ledger, Promise<unknown>>()

function oneAtATime<T>(ledger: Ledger, work: () => Promise<T>): Promise<T> {
  const done = (turns.get(ledger) ?? Promise.resolve()).then(work, work)
  turns.set(ledger, done)
  return done
}
