import { type Actor, type Command, recordCommands } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { uuidv7 } from '../platform/ids.ts'
import type { AccessFile } from './case-file.ts'
import { contextOfSubjects, holdsOfCase } from './case-holds-queries.ts'

const holdGround = 'access-request'

/** Events written at a time: one group of the log. */
const groupSize = 400

export function placeOf(
  id: string,
  actor: Actor,
  hold: string,
  kind: 'subject' | 'thread',
  target: string,
): Command {
  const data = { kind, target, ground: holdGround, case: id }
  return { type: 'hold.placed', streamId: hold, expectedVersion: 0, actor, data }
}

export function liftOf(id: string, actor: Actor, hold: string): Command {
  return {
    type: 'hold.lifted',
    streamId: hold,
    expectedVersion: 1,
    actor,
    data: { ground: holdGround, case: id },
  }
}

/**
 * Who appeals wants the court to see what there is: the persons of the case are held, not by the case, which is closed, but
 * until somebody lifts it when the appeal is decided.
 */
export function appealHolds(file: AccessFile, actor: Actor): Command[] {
  return file.links.map(({ subject: target }) => ({
    type: 'hold.placed',
    streamId: uuidv7(),
    expectedVersion: 0,
    actor,
    data: { kind: 'subject', target, ground: 'appeal' },
  }))
}

/**
 * What others wrote around the person is shown in the answer too: the threads it stands in are held until the case is
 * closed, or two compilations of it would differ. Held already: nothing is written.
 */
export async function holdContext(ledger: Ledger, log: Log, actor: Actor, file: AccessFile): Promise<void> {
  const subjects = file.links.map(({ subject }) => subject)
  const missing = await reading(ledger, log, async (tx) => {
    const held = new Set(
      (await holdsOfCase(tx, log.controller, file.id))
        .filter((it) => it.kind === 'thread')
        .map((it) => it.target),
    )
    return (await contextOfSubjects(tx, log.controller, subjects)).filter((target) => !held.has(target))
  })
  await inGroups(
    ledger,
    log,
    missing.map((target) => placeOf(file.id, actor, uuidv7(), 'thread', target)),
  )
}

/** Lifts what a closed case still holds; after a crash it goes on where it stopped. */
export async function liftContext(ledger: Ledger, log: Log, actor: Actor, id: string): Promise<void> {
  const holds = await reading(ledger, log, (tx) => holdsOfCase(tx, log.controller, id))
  const theirs = holds.filter(({ ground }) => ground === holdGround)
  await inGroups(
    ledger,
    log,
    theirs.map(({ hold }) => liftOf(id, actor, hold)),
  )
}

async function inGroups(ledger: Ledger, log: Log, commands: readonly Command[]): Promise<void> {
  for (let at = 0; at < commands.length; at += groupSize) {
    await recordCommands(ledger, log, commands.slice(at, at + groupSize))
  }
}
