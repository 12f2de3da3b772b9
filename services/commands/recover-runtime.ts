import { existsSync } from 'node:fs'
import type { Databases } from '../db/open.ts'
import { type Journal, openJournal } from '../ledger/journal.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { assertRecovered, type Recovered, recover } from '../ledger/recover.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/log.ts'
import { oneAtATime } from '../retention/exclusive.ts'

/** What of a runtime it takes. */
export type Recoverable = {
  readonly config: Config
  readonly databases: Databases
  readonly log: Logger
  readonly ledger: (role: 'api' | 'worker') => Promise<Ledger>
  readonly journal: () => Journal
}

/**
 * Replays what a restored backup has brought back, before anything reads it. A process without the purge role's login can
 * only refuse. `starting`: also finishes what a crash has stopped half-way; a command beside a running worker does not.
 */
export async function recoverRuntime(
  runtime: Recoverable,
  { starting }: { readonly starting: boolean },
): Promise<Recovered | undefined> {
  const { config, databases } = runtime
  const { databasePurgeUrl, databaseUrl } = config.secrets
  if (!config.embedded && databasePurgeUrl === undefined && databaseUrl === undefined) {
    await assertAgreement(runtime, 'worker')
    return undefined
  }
  const purgePool = databases.ledger('purge')
  const deps = { ledger: await runtime.ledger('worker'), purgePool, journal: runtime.journal() }
  return recover(deps, runtime.log, {
    exclusively: (work) => oneAtATime(purgePool, 'purge', work),
    leaveInterrupted: !starting,
  })
}

/** Refuses to go on while ledger, keyring and journal disagree. Where the journal cannot be seen, the other two decide. */
export async function assertAgreement(runtime: Recoverable, role: 'api' | 'worker' = 'api'): Promise<void> {
  const { journalFile } = runtime.config
  await assertRecovered(
    await runtime.ledger(role),
    existsSync(journalFile) ? openJournal(journalFile) : undefined,
  )
}
