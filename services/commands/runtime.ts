import { existsSync } from 'node:fs'
import { type Databases, openDatabases } from '../db/open.ts'
import { type Journal, openJournal } from '../ledger/journal.ts'
import { createKeyFile, type KeyProvider, keyFileExists, openKeyFile } from '../ledger/key-provider.ts'
import { type Ledger, type Log, openLedger } from '../ledger/ledger.ts'
import { createTransitKeyFile, openTransit } from '../ledger/transit-provider.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { type Config, loadConfig } from '../platform/config.ts'
import { DomainError } from '../platform/errors.ts'
import { createLogger, type Logger } from '../platform/log.ts'
import { recoverRuntime } from './recover-runtime.ts'

/** Everything a command works with, opened once and closed in the right order. */
export type Runtime = {
  readonly config: Config
  readonly log: Logger
  readonly clock: Clock
  readonly provider: KeyProvider
  readonly databases: Databases
  readonly ledger: (role: 'api' | 'worker') => Promise<Ledger>
  readonly journal: () => Journal
  readonly close: () => Promise<void>
}

export type RuntimeOptions = {
  /** Makes a key file if the database is new; only `start`, `demo` and `migrate` may. */
  readonly mayCreateKey?: boolean
  readonly clock?: Clock
  readonly logLevel?: string
  /** Instead of the process's environment: a drill has worlds of its own. */
  readonly env?: NodeJS.ProcessEnv
  /** A server's log is its standard output; a command's goes to standard error. */
  readonly serving?: boolean
  readonly onLost?: () => void
}

/** Opens the key file and the databases that the configuration names. */
export async function openRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const config = loadConfig(options.env)
  // A command's result is on standard output: what it has to say of itself goes beside it.
  const log = createLogger({
    level: options.logLevel ?? config.logLevel,
    ...(options.serving === true ? {} : { destination: process.stderr }),
  })
  const clock = options.clock ?? systemClock
  if (!keyFileExists(config.keyFile) && options.mayCreateKey === true) {
    // A data directory without its key is a loss to be mended from the backup, never an occasion for a new key.
    if (config.embedded && existsSync(config.dataDir)) {
      throw new DomainError(
        'key-mismatch',
        `${config.dataDir} exists but its key file ${config.keyFile} is missing. Restore the key file: without it nothing in the database can be read.`,
      )
    }
    if (config.transit === undefined) createKeyFile(config.keyFile)
    else await createTransitKeyFile(config.keyFile, config.transit)
    log.info({ keyFile: config.keyFile }, 'made a key file: back it up apart from the databases')
  }
  const provider =
    config.transit === undefined
      ? openKeyFile(config.keyFile)
      : await openTransit(config.keyFile, config.transit)
  const databases = await openDatabases(config, {
    log,
    passwordFor: (role) => provider.derive(`role/v1/${role}`).toString('base64url'),
    ...(options.onLost === undefined ? {} : { onLost: options.onLost }),
  })
  const ledgers = new Map<string, Promise<Ledger>>()
  let journal: Journal | undefined
  return {
    config,
    log,
    clock,
    provider,
    databases,
    ledger: (role) => {
      const known =
        ledgers.get(role) ??
        openLedger({
          pool: databases.ledger(role),
          past: () => databases.ledger('auditor'),
          keyringPool: databases.keyring(),
          provider,
          clock,
        })
      ledgers.set(role, known)
      return known
    },
    journal: () => {
      journal ??= openJournal(config.journalFile)
      return journal
    },
    close: async () => {
      // One that could not be opened has nothing to drain, and must not keep the databases from being closed.
      await Promise.allSettled([...ledgers.values()].map(async (ledger) => (await ledger).drain()))
      await databases.close()
    },
  }
}

/** Runs `work` with a migrated, opened runtime and closes it whatever happens. */
export async function withRuntime<T>(
  options: RuntimeOptions,
  work: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  const runtime = await openRuntime(options)
  try {
    if (runtime.databases.embedded) await runtime.databases.migrate()
    await runtime.databases.assertReady('worker')
    await recoverRuntime(runtime, { starting: false })
    return await work(runtime)
  } finally {
    await runtime.close()
  }
}

/** The controllers a command is for: the one named, or all. */
export async function logsOf(ledger: Ledger, slug: string | undefined): Promise<Log[]> {
  if (slug === undefined) return ledger.list()
  const log = await ledger.find(slug)
  if (log === undefined)
    throw new DomainError(
      'not-found',
      `There is no controller "${slug}". \`liggare controllers\` lists them.`,
    )
  return [log]
}
