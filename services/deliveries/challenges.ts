import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { localDay } from '../platform/clock.ts'
import { challengedDraft } from './events.ts'

/** Challenges that were answered: one event a day and channel, however often a platform (or a stranger) asks. */
export type Challenges = { readonly note: (log: Log, channel: string, platform: string) => Promise<void> }

/** How long an answer waits for being noted: the platform waits for it. */
const patienceMs = 500

export function challengeNotes(ledger: Ledger): Challenges {
  const noted = new Map<string, string>()
  return {
    note: async (log, channel, platform) => {
      const now = ledger.clock.now()
      const day = localDay(now)
      if (noted.get(channel) === day) return
      noted.set(channel, day)
      const written = ledger
        .writer(log)
        .append([challengedDraft(channel, platform, now)])
        // What could not be noted now is noted with the next question of the day.
        .catch(() => noted.delete(channel))
      await Promise.race([written, sleep(patienceMs, undefined, { ref: false })])
    },
  }
}
