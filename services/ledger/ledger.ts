import type { Pool } from 'pg'
import type { Clock } from '../platform/clock.ts'
import { type Digests, digestsOf } from './digests.ts'
import type { KeyProvider } from './key-provider.ts'
import { type Keyring, openKeyring } from './keyring.ts'
import { type LogWriter, logWriter } from './log-writer.ts'

/** A controller's log: the number used inside, the slug used outside. */
export type Log = { readonly controller: number; readonly slug: string }

/** The ledger as one process holds it: one writer for each log, and the keys. */
export type Ledger = {
  readonly pool: Pool
  /** A pool that may make temporary tables, for reading the past; it need not open anything sealed. */
  readonly past: () => Pool
  readonly keyring: Keyring
  readonly provider: KeyProvider
  readonly clock: Clock
  readonly find: (slug: string) => Promise<Log | undefined>
  readonly list: () => Promise<Log[]>
  /** Opens an empty log; undefined if the slug is taken. */
  readonly create: (slug: string) => Promise<Log | undefined>
  readonly writer: (log: Log) => LogWriter
  readonly digests: (controller: number) => Digests
  /** Waits until everything accepted has been answered. */
  readonly drain: () => Promise<void>
}

export type LedgerDeps = {
  /** The api's or the worker's pool of the ledger database. */
  readonly pool: Pool
  /** Where read models of the past are filled: the auditor's pool. Without one, `pool` itself. */
  readonly past?: () => Pool
  readonly keyringPool: Pool
  readonly provider: KeyProvider
  readonly clock: Clock
}

/** Refuses a key file that is not this keyring's. */
export async function openLedger(deps: LedgerDeps): Promise<Ledger> {
  const { pool, provider, clock } = deps
  const keyring = await openKeyring(deps.keyringPool, provider, clock)
  const logs = new Map<string, Log>()
  const digests = new Map<number, Digests>()
  const writers = new Map<number, LogWriter>()

  const digestsFor = (controller: number) => {
    const known = digests.get(controller) ?? digestsOf(provider, controller)
    digests.set(controller, known)
    return known
  }
  const remember = (log: Log) => {
    logs.set(log.slug, log)
    return log
  }
  const asking = new Map<string, Promise<Log | undefined>>()
  const ask = async (slug: string) => {
    const { rows } = await pool.query<{ id: number | null }>('select ledger.find_controller($1) as id', [
      slug,
    ])
    const id = rows[0]?.id ?? null
    return id === null ? undefined : remember({ controller: id, slug })
  }
  return {
    pool,
    past: deps.past ?? (() => pool),
    keyring,
    provider,
    clock,
    digests: digestsFor,
    find: async (slug) => {
      const known = logs.get(slug)
      if (known !== undefined) return known
      // Many requests for a log not yet known ask once.
      const asked = asking.get(slug) ?? ask(slug).finally(() => asking.delete(slug))
      asking.set(slug, asked)
      return asked
    },
    list: async () => {
      const { rows } = await pool.query<{ controller_id: number; slug: string }>(
        'select * from ledger.list_controllers()',
      )
      return rows.map((row) => ({ controller: row.controller_id, slug: row.slug }))
    },
    create: async (slug) => {
      const { rows } = await pool.query<{ id: number | null }>(
        'select ledger.create_controller($1, $2) as id',
        [slug, clock.now()],
      )
      const id = rows[0]?.id ?? null
      return id === null ? undefined : remember({ controller: id, slug })
    },
    writer: (log) => {
      const known = writers.get(log.controller)
      if (known !== undefined) return known
      const writer = logWriter({ pool, keyring, clock, log, digests: digestsFor(log.controller) })
      writers.set(log.controller, writer)
      return writer
    },
    drain: async () => {
      await Promise.all([...writers.values()].map((writer) => writer.drain()))
    },
  }
}
