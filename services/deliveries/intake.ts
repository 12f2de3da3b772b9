import { setTimeout as sleep } from 'node:timers/promises'
import type { Interaction } from '../events/interaction.ts'
import type { Draft } from '../ledger/draft.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import type { Appended } from '../ledger/log-writer.ts'
import { DomainError } from '../platform/errors.ts'
import type { Channel } from './channel.ts'
import type { Origin } from './drafts.ts'
import type { Kinship } from './relations.ts'
import type { OwnAccount, Treatment } from './scope.ts'
import type { Tally } from './tally.ts'

/** A delivery on its way in. */
export type Intake = {
  readonly ledger: Ledger
  readonly log: Log
  readonly channel: Channel
  readonly account: OwnAccount
  readonly origin: Origin
  readonly tally: Tally
  readonly kinship: Kinship
  /** Waits out a busy log, as an import can; a platform is told to come again instead. */
  readonly patient: boolean
  /** A kept delivery is read again: what differs is a correction of the reading, and says so. */
  readonly remap?: true
  /** Told the text of each object that stays unrecognised. */
  readonly onUnrecognised?: (object: string) => void
}

/** An item ready for the log. */
export type Ready = {
  readonly draft: Draft
  readonly treatment: Treatment
  readonly interaction?: Interaction
  /** Of what is unrecognised. */
  readonly nativeKind?: string
}

const patience = [100, 300, 1000, 3000, 10_000, 30_000]

/** One call for all; where it fails because of one of them, each by itself: what was stored meanwhile is found again. */
export async function appended(intake: Intake, ready: readonly Ready[]): Promise<(Appended | Error)[]> {
  const writer = intake.ledger.writer(intake.log)
  const drafts = ready.map((it) => it.draft)
  for (let tries = 0; ; tries++) {
    try {
      return await writer.append(drafts)
    } catch (error) {
      const busy =
        error instanceof DomainError && (error.code === 'log-busy' || error.code === 'log-unavailable')
      if (!busy) return eachByItself(writer.append, drafts)
      const wait = patience[tries]
      if (!intake.patient || wait === undefined) throw error
      await sleep(wait)
    }
  }
}

async function eachByItself(
  append: (drafts: readonly Draft[]) => Promise<Appended[]>,
  drafts: readonly Draft[],
): Promise<(Appended | Error)[]> {
  const outcomes: (Appended | Error)[] = []
  for (const draft of drafts) {
    try {
      outcomes.push((await append([draft]))[0] as Appended)
    } catch (error) {
      if (error instanceof DomainError && error.code.startsWith('log-')) throw error
      outcomes.push(error instanceof Error ? error : new Error('not an error', { cause: error }))
    }
  }
  return outcomes
}
