import { DomainError } from '../platform/errors.ts'
import type { Logger } from '../platform/log.ts'
import { carryOut, type DestroyDeps } from './carry-out.ts'
import { recordCommand } from './command.ts'
import type { Journal, JournalEntry } from './journal.ts'
import type { Ledger, Log } from './ledger.ts'
import { type Differences, differencesOf, readCopies } from './recover-compare.ts'
import { assertNewestKeys, renewSubjectKeys } from './recover-keys.ts'
import { closeReplayed, rebuiltEntry, replayIntent } from './recover-replay.ts'

/** What a start has put right, summed over all logs. */
export type Recovered = {
  /** Intents written again into a log that had lost them. */
  readonly intents: number
  /** Intents whose keys a keyring had got back, and lost again. */
  readonly keys: number
  /** Entries of the journal file made again. */
  readonly journal: number
  /** Intents that a crash had stopped half-way. */
  readonly finished: number
}

const actor = { name: 'liggare recover' }

export type RecoverOptions = {
  /** Runs the work while nobody else destroys in this database. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>
  /** Leaves what a crash has stopped half-way to the worker: another process may be at it. */
  readonly leaveInterrupted?: boolean
}

/**
 * Compares log, keyring and journal file and replays what is missing in any of them. Called before anything is served;
 * with nothing to do it costs a row and a line for each intent. Killed at any step, the next call goes on from there.
 */
export async function recover(
  deps: DestroyDeps,
  logger: Logger,
  options: RecoverOptions = { exclusively: (work) => work() },
): Promise<Recovered> {
  const { ledger, purgePool, journal } = deps
  const logs = await ledger.list()
  const known = new Set(logs.map(({ slug }) => slug))
  for (const slug of journal.controllers()) {
    if (!known.has(slug)) {
      logger.warn(
        { controller: slug },
        'the erasure journal names a controller that this ledger does not have',
      )
    }
  }
  const compare = async (log: Log) => differencesOf(await readCopies(purgePool, ledger.keyring, journal, log))
  let sum = nothing
  for (const log of logs) {
    const unreadable = await assertNewestKeys(purgePool, ledger.keyring, log)
    if (unreadable.length > 0) {
      const renewed = await renewSubjectKeys(ledger.pool, ledger.keyring, log, unreadable)
      logger.warn(
        { controller: log.slug, unreadable: unreadable.length, renewed },
        'the keyring is older than the log: who decided its newest events is lost',
      )
    }
    if (agree(await compare(log), options)) continue
    const done = await options.exclusively(async () => recoverLog(deps, log, await compare(log)))
    logger.warn(
      { controller: log.slug, ...done },
      'log, keyring and erasure journal differed and agree again',
    )
    sum = {
      intents: sum.intents + done.intents,
      keys: sum.keys + done.keys,
      journal: sum.journal + done.journal,
      finished: sum.finished + done.finished,
    }
  }
  return sum
}

const nothing: Recovered = { intents: 0, keys: 0, journal: 0, finished: 0 }

/** For a process that may not destroy: refuses to serve erased data, and leaves it to the worker to put right. */
export async function assertRecovered(ledger: Ledger, journal: Journal | undefined): Promise<void> {
  for (const log of await ledger.list()) {
    await assertNewestKeys(ledger.pool, ledger.keyring, log)
    const found = differencesOf(await readCopies(ledger.pool, ledger.keyring, journal, log))
    const behind = [
      ...(found.ledger.length > 0 ? [`the ledger lacks ${found.ledger.length}`] : []),
      ...(found.keyring.length > 0 ? [`the keyring lacks ${found.keyring.length}`] : []),
    ]
    if (behind.length > 0) {
      throw new DomainError(
        'integrity-failed',
        `Ledger, keyring and erasure journal of ${log.slug} disagree: ${behind.join(', ')} of the executed erasures, so a backup was restored. ` +
          'Nothing is served before they are replayed: start the worker (`liggare worker`, or `liggare start`), then this again.',
      )
    }
  }
}

function agree(found: Differences, { leaveInterrupted }: RecoverOptions): boolean {
  const { interrupted, ...others } = found
  return (
    Object.values(others).every((list) => list.length === 0) &&
    (leaveInterrupted === true || interrupted.length === 0)
  )
}

async function recoverLog(deps: DestroyDeps, log: Log, found: Differences): Promise<Recovered> {
  const { ledger, journal } = deps
  const interrupted = new Set(found.interrupted.map(({ id }) => id))
  const lost = found.journal.filter((id) => !interrupted.has(id))
  if (lost.length > 0) {
    await recordCommand(ledger, log, {
      type: 'journal.rebuilt',
      actor,
      data: { entries: lost.length, kept: journal.intents(log.slug).length },
    })
    for (const intent of lost) journal.append(await rebuiltEntry(deps, log, intent))
  }
  const entryOf = (intent: string) => journal.read(intent) as JournalEntry
  const replayed = [...new Set([...found.ledger, ...found.keyring])]
  if (replayed.length > 0) {
    // Before it is done, as with an intent: what a crash cuts short is named all the same.
    await recordCommand(ledger, log, {
      type: 'erasure.replayed',
      actor,
      data: totals(replayed.map(entryOf), found),
    })
  }
  for (const intent of found.keyring) {
    const { events } = entryOf(intent)
    await ledger.keyring.destroy(
      log.controller,
      { records: events, subjects: await forgottenBy(deps, log, intent) },
      intent,
    )
  }
  const unclosed = new Set(found.unclosed)
  for (const intent of found.ledger) {
    const entry = entryOf(intent)
    const position = await replayIntent(deps, log, entry)
    await carryOut(deps, log, entry.purge, position)
    unclosed.add(entry.purge)
  }
  for (const { purgeId, position } of found.interrupted) await carryOut(deps, log, purgeId, position)
  for (const purge of unclosed) await closeReplayed(deps, log, purge, actor)
  return {
    intents: found.ledger.length,
    keys: found.keyring.length,
    journal: lost.length,
    finished: found.interrupted.length,
  }
}

/** Whose last record an intent took; none while the log has still to replay it, which destroys their keys then. */
async function forgottenBy({ purgePool }: DestroyDeps, log: Log, intent: string): Promise<string[]> {
  const { rows } = await purgePool.query<{ id: string }>('select ledger.forgotten_persons($1, $2) as id', [
    log.controller,
    intent,
  ])
  return rows.map((row) => row.id)
}

function totals(entries: readonly JournalEntry[], found: Differences) {
  return {
    purges: new Set(entries.map(({ purge }) => purge)).size,
    objects: entries.reduce((sum, { objects }) => sum + objects.length, 0),
    events: entries.reduce((sum, { events }) => sum + events.length, 0),
    ledger: found.ledger.length,
    keyring: found.keyring.length,
  }
}
