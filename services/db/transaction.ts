import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { DomainError } from '../platform/errors.ts'
import { isUnanswered, promptly } from './connect.ts'
import type { Database } from './tables.ts'

/** A connection inside a transaction whose controller is set. Never keep it past the callback. */
export type Transaction = pg.PoolClient

/** Runs `fn` on one unchanging snapshot of a controller's data, read-only. */
export function withController<T>(
  pool: pg.Pool,
  controllerId: number,
  fn: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return transact(pool, controllerId, 'begin isolation level repeatable read read only', fn)
}

/** Runs `fn` in a writing transaction (READ COMMITTED) of a controller. Resolved means committed. */
export function withControllerWriting<T>(
  pool: pg.Pool,
  controllerId: number,
  fn: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return transact(pool, controllerId, 'begin isolation level read committed read write', fn)
}

async function transact<T>(
  pool: pg.Pool,
  controllerId: number,
  begin: string,
  fn: (tx: Transaction) => Promise<T>,
): Promise<T> {
  // It goes into the statement's text, to save the round trip of a parameter.
  if (!Number.isSafeInteger(controllerId)) throw new TypeError('a controller id is an integer')
  const client = await pool.connect()
  try {
    const text = `${begin}; select set_config('liggare.controller', '${controllerId}', true)`
    await client.query({ text, ...promptly(pool) })
    const result = await fn(client)
    const { command } = await client.query('commit')
    // COMMIT of a failed transaction succeeds, as a ROLLBACK: without this look it would acknowledge nothing.
    if (command !== 'COMMIT') {
      throw new DomainError(
        'log-unavailable',
        'the transaction was rolled back: an error inside it was not passed on',
      )
    }
    client.release()
    return result
  } catch (error) {
    if (isUnanswered(error)) {
      client.release(error as Error)
      throw error
    }
    // A connection that cannot even roll back is closed and not lent out again.
    await client.query('rollback').then(
      () => client.release(),
      (broken: Error) => client.release(broken),
    )
    throw error
  }
}

const builders = new WeakMap<pg.ClientBase, Kysely<Database>>()

/** Kysely over a connection that is already ours: typed queries inside a transaction begun elsewhere. */
export function kyselyFor(client: Transaction): Kysely<Database> {
  const known = builders.get(client)
  if (known) return known
  // Kysely releases what it took for each query; this connection is not its to give back.
  const lent = new Proxy(client, {
    get: (target, name) => {
      if (name === 'release') return () => {}
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const builder = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: { connect: async () => lent, end: async () => {} } as never }),
  })
  builders.set(client, builder)
  return builder
}
