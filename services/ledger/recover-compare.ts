import type { Pool } from 'pg'
import type { Journal } from './journal.ts'
import type { Keyring } from './keyring.ts'
import type { Log } from './ledger.ts'

/** An intent event as the log has it. `pending` and `executed`: objects of it are still, or no longer, to be disposed of. */
export type LoggedIntent = {
  readonly id: string
  readonly position: string
  readonly purgeId: string
  readonly pending: boolean
  readonly executed: boolean
  /** The purge has its order, or its end, in the log beside the intent. */
  readonly closed: boolean
}

/** Where the three copies of the erasure journal differ, by the ids of intents. */
export type Differences = {
  /** Destroyed according to journal or keyring, unknown to the log: an old ledger was restored. */
  readonly ledger: readonly string[]
  /** Destroyed according to log or journal, keys still in the keyring: an old keyring was restored. */
  readonly keyring: readonly string[]
  /** Destroyed according to log or keyring, not in the journal file: it was lost, or an older copy put in its place. */
  readonly journal: readonly string[]
  /** Journalled and not executed to its end: a crash between two steps, nothing lost. */
  readonly interrupted: readonly LoggedIntent[]
  /** Purges of which only replayed intents stand in the log. */
  readonly unclosed: readonly string[]
}

export type Copies = {
  readonly logged: readonly LoggedIntent[]
  readonly keyring: ReadonlySet<string>
  /** Undefined where the journal file cannot be seen. */
  readonly journal: ReadonlySet<string> | undefined
}

/** Reads the three copies of one controller's journal: a row or a line for each intent, nothing for each record. */
export async function readCopies(
  pool: Pool,
  keyring: Keyring,
  journal: Journal | undefined,
  log: Log,
): Promise<Copies> {
  // A purge that runs meanwhile writes log, journal, keyring, log in this order. Reading the other way round, none of it
  // looks as if it were missing.
  const journalled = journal && new Set(journal.intents(log.slug))
  const before = await destroyedIn(keyring, log)
  const { rows } = await pool.query<
    Omit<LoggedIntent, 'id' | 'purgeId'> & { event_id: string; purge_id: string }
  >('select event_id, position, purge_id, pending, executed, closed from ledger.intents($1)', [
    log.controller,
  ])
  const logged = rows.map(({ event_id, purge_id, ...rest }) => ({ id: event_id, purgeId: purge_id, ...rest }))
  const known = new Set(logged.map(({ id }) => id))
  const after = await destroyedIn(keyring, log)
  return {
    logged,
    keyring: new Set([...after].filter((id) => before.has(id) || known.has(id))),
    journal: journalled,
  }
}

async function destroyedIn(keyring: Keyring, log: Log): Promise<Set<string>> {
  const { rows } = await keyring.pool.query<{ intent: string }>(
    'select keyring.destroyed_intents($1) as intent',
    [log.controller],
  )
  return new Set(rows.map((row) => row.intent))
}

export function differencesOf({ logged, keyring, journal }: Copies): Differences {
  const known = new Map(logged.map((it) => [it.id, it]))
  const executed = logged.filter((it) => it.executed).map(({ id }) => id)
  const journalled = journal ?? new Set([...keyring, ...executed])
  const pending = (id: string) => known.get(id)?.pending === true
  return {
    ledger: [...new Set([...journalled, ...keyring])].filter((id) => !known.has(id)),
    keyring: [...new Set([...journalled, ...executed])].filter((id) => !keyring.has(id) && !pending(id)),
    journal: [...new Set([...keyring, ...executed])].filter((id) => !journalled.has(id)),
    interrupted: logged.filter((it) => it.pending && (journalled.has(it.id) || keyring.has(it.id))),
    unclosed: [...new Set(logged.filter((it) => !it.closed).map((it) => it.purgeId))],
  }
}
