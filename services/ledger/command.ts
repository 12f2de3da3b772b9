import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { uuidv7 } from '../platform/ids.ts'
import type { JsonObject } from '../platform/json.ts'
import { type Draft, noTraits } from './draft.ts'
import type { Ledger, Log } from './ledger.ts'
import type { Appended } from './log-writer.ts'

/** Who acts: the token's subject. In the log a random id, whose name stands sealed. */
export type Actor = { readonly name: string }

/** An event that somebody causes by a decision, as against an interaction that came in. */
export type Command = {
  readonly type: string
  /** The aggregate's stream; a new one by default. */
  readonly streamId?: string
  /** The version its author saw; 0 for a new stream. */
  readonly expectedVersion?: number
  readonly actor: Actor
  /** Open payload: no personal data. */
  readonly data: JsonObject
  /** What of it is personal: sealed for the actor. */
  readonly sealed?: JsonObject
  readonly channelId?: string
}

export function draftOfCommand(command: Command, now: Date): Draft {
  const { actor, streamId, expectedVersion, channelId } = command
  return {
    type: command.type,
    stream: { id: streamId ?? uuidv7() },
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
    ...(channelId === undefined ? {} : { channelId }),
    occurredOn: localDay(now),
    data: command.data,
    persons: [{ by: 'stable', identity: JSON.stringify(['actor', actor.name]), traits: noTraits }],
    parts: [
      { person: 0, role: 'actor', category: 'identity', content: { name: actor.name, ...command.sealed } },
    ],
  }
}

/** Appends one command event. `version-conflict` if the stream has moved on. */
export async function recordCommand(ledger: Ledger, log: Log, command: Command): Promise<Appended> {
  const [appended] = await ledger.writer(log).append([draftOfCommand(command, ledger.clock.now())])
  return stored(appended as Appended)
}

/** Appends several command events, all or none. */
export async function recordCommands(
  ledger: Ledger,
  log: Log,
  commands: readonly Command[],
): Promise<Appended[]> {
  const now = ledger.clock.now()
  return recordDrafts(
    ledger,
    log,
    commands.map((command) => draftOfCommand(command, now)),
  )
}

/** Appends command events that have more persons than their actor, all or none. */
export async function recordDrafts(ledger: Ledger, log: Log, drafts: readonly Draft[]): Promise<Appended[]> {
  const appended = await ledger.writer(log).append(drafts, { atomic: true })
  const refused = appended.find((it) => it.kind !== 'stored' && it.kind !== 'group-refused')
  return appended.map((it) => stored(refused ?? it))
}

function stored(appended: Appended): Appended {
  if (appended.kind === 'stored') return appended
  if (appended.kind === 'version-conflict') {
    throw new DomainError(
      'version-conflict',
      `It has been changed since: it is at version ${appended.version}. Read it again and decide anew.`,
    )
  }
  throw new DomainError('log-unavailable', `The log answered ${appended.kind}. Try again.`)
}
