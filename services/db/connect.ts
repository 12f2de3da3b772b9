import pg from 'pg'
import { DomainError } from '../platform/errors.ts'
import type { Logger } from '../platform/log.ts'
import { text } from './types.ts'

export type PoolOptions = {
  /** For whom the pool is: named in errors. */
  readonly role: string
  readonly max: number
  readonly applicationName: string
  readonly log?: Pick<Logger, 'warn'>
  /** Milliseconds one statement may take before the server cancels it; 0 for work over the whole log. */
  readonly statementTimeout?: number
  /** Milliseconds to wait for a connection, new or free, and for the answers that `promptly` is asked for. */
  readonly patience?: number
  /** Whether a statement that even the server's own limit did not end means that the connection is lost. */
  readonly givesUp?: boolean
}

/** How long after the server should have cancelled a statement its connection counts as lost, in milliseconds. */
const graceMs = 2_000
/** With the kernel's ten probes, one a second, a peer that vanished in mid-statement is noticed some 20 s later. */
const keepAliveMs = 10_000

/**
 * For statements that are answered at once or not at all, to be spread into them: beginning a transaction, storing a batch.
 * A connection whose network swallows everything would otherwise keep its caller waiting for as long as TCP does, a quarter
 * of an hour. What was asked may have been done all the same.
 */
export function promptly(pool: pg.Pool): { query_timeout: number } {
  return { query_timeout: pool.options.connectionTimeoutMillis ?? defaultPatience }
}

const defaultPatience = 5_000

/** No answer came in time, or no connection: nothing more can be said over it. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof Error && unanswered.test(error.message)
}

const unanswered = /^(Query read timeout|timeout exceeded when trying to connect|.*due to connection timeout)/

/**
 * A pool whose first connection proves that the login stands below row-level security: neither a superuser nor one that
 * bypasses it nor a member of an owner. 64-bit integers, decimals and days come as strings.
 */
export function openPool(url: string, options: PoolOptions): pg.Pool {
  const statementTimeout = options.statementTimeout ?? 30_000
  let proven: Promise<void> | undefined
  const prove = (client: pg.ClientBase) => {
    proven ??= assertBelowRowSecurity(client, options.role, promptly(pool))
    proven.catch(() => {
      proven = undefined
    })
    return proven
  }
  const pool: pg.Pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.patience ?? defaultPatience,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    statement_timeout: statementTimeout,
    ...(options.givesUp === true && statementTimeout > 0 && { query_timeout: statementTimeout + graceMs }),
    idle_in_transaction_session_timeout: 60_000,
    types: text,
    onConnect: prove as unknown as (client: pg.ClientBase) => void,
  })
  // Both are needed: the pool speaks for idle connections, each client for itself while it is lent out. Unheard, an
  // 'error' event ends the process; the query in flight fails by itself.
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', (err) => {
    // A server that stops right behind us may still meet a connection that is closing.
    if (!pool.ending) options.log?.warn({ err, role: options.role }, 'a database connection broke')
  })
  pool.on('release', (error) => {
    if (isUnanswered(error)) dropIdle(pool)
  })
  return pool
}

/** Where one connection has gone silent the others most likely have: closed, each costs its next caller no wait. */
function dropIdle(pool: pg.Pool): void {
  for (let left = pool.idleCount; left > 0 && !pool.ending; left -= 1) {
    pool.connect().then(
      (client) => client.release(true),
      () => {},
    )
  }
}

async function assertBelowRowSecurity(
  client: pg.ClientBase,
  role: string,
  prompt: { query_timeout: number },
): Promise<void> {
  const text = `
    select current_user as name, rolsuper or rolbypassrls as above, (
      select min(nspname) from pg_catalog.pg_namespace n
      where nspname not like 'pg\\_%' and nspname not in ('information_schema', 'pgboss')
        and (pg_has_role(nspowner, 'MEMBER') and nspname <> 'public'
          or exists (select from pg_catalog.pg_class c where c.relnamespace = n.oid and pg_has_role(c.relowner, 'MEMBER')))
    ) as owns
    from pg_catalog.pg_roles where rolname = current_user`
  const { rows } = await client.query<{ name: string; above: boolean; owns: string | null }>({
    text,
    ...prompt,
  })
  const login = rows[0]
  if (login === undefined || login.above || login.owns !== null) {
    const why = login?.above
      ? 'is a superuser or bypasses row-level security'
      : `owns objects in schema ${login?.owns}`
    throw new DomainError(
      'misconfigured',
      `the login ${login?.name} for ${role} ${why}, so controllers would see each other's data: give it a role of its own`,
    )
  }
}

/** Refuses keys and texts in one cluster (one backup would hold both), unless told that this is a trial. */
export async function assertSeparateClusters(
  ledger: Pick<pg.ClientBase, 'query'>,
  keyring: Pick<pg.ClientBase, 'query'>,
  allowSame: boolean,
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  const identifier = async (database: Pick<pg.ClientBase, 'query'>) => {
    const { rows } = await database.query<{ id: string }>(
      'select system_identifier::text as id from pg_control_system()',
    )
    return rows[0]?.id
  }
  if ((await identifier(ledger)) !== (await identifier(keyring))) return
  if (!allowSame) {
    const advice = 'put the keyring on another one, or set LIGGARE_SAME_CLUSTER=true for a trial'
    throw new DomainError('misconfigured', `ledger and keyring are in the same cluster: ${advice}`)
  }
  log.warn('ledger and keyring are in the same cluster: a backup of it holds both the texts and their keys')
}
