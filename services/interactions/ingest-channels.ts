import type { Platform } from '../events/vocabulary.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'

/** The declared channels of each controller, as this process knows them. */
export type Channels = {
  /** The channel's platform if it is known just now; says nothing about channels that are not. */
  readonly known: (log: Log, channel: string) => Platform | undefined
  /** Reads the channels of these ids; afterwards `known` answers for those that the controller has declared. */
  readonly load: (log: Log, channels: readonly string[]) => Promise<void>
}

type Entry = { readonly platform: Platform; readonly readAt: number }

/** How long a declaration is believed: another process may have declared anew. */
const freshMs = 60_000

export function channelDirectory(ledger: Ledger): Channels {
  const logs = new Map<number, Map<string, Entry>>()

  return {
    known: (log, channel) => {
      const entry = logs.get(log.controller)?.get(channel)
      return entry !== undefined && performance.now() - entry.readAt < freshMs ? entry.platform : undefined
    },
    load: async (log, channels) => {
      const rows = await reading(ledger, log, async (tx) => {
        const result = await tx.query<{ id: string; platform: Platform }>(
          `select id, document ->> 'platform' as platform from model.declaration
            where controller_id = $1 and kind = 'channel' and id = any ($2::uuid[])`,
          [log.controller, channels],
        )
        return result.rows
      })
      const known = logs.get(log.controller) ?? new Map<string, Entry>()
      logs.set(log.controller, known)
      for (const { id, platform } of rows) known.set(id, { platform, readAt: performance.now() })
    },
  }
}
