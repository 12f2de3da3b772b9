import type { CapacityRule } from '../events/channel.ts'
import type { Capacity, Interaction } from '../events/interaction.ts'
import type { Platform } from '../events/vocabulary.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { authorOf } from './fact.ts'
import { declaredScreen } from './screen-of.ts'
import type { Screen } from './screening.ts'

/** A channel as taking in needs it. */
export type IngestChannel = {
  readonly platform: Platform
  /** Undefined where the controller has switched screening off. */
  readonly screen: Screen | undefined
  /** The last day of a channel that was closed. */
  readonly closedOn: string | undefined
  readonly capacityOf: (interaction: Interaction) => Capacity | undefined
}

/** The declared channels of each controller, as this process knows them. */
export type Channels = {
  /** The channel if it is known just now; says nothing about channels that are not. */
  readonly known: (log: Log, channel: string) => IngestChannel | undefined
  /** Reads the channels of these ids; afterwards `known` answers for those that the controller has declared. */
  readonly load: (log: Log, channels: readonly string[]) => Promise<void>
}

type Entry = { readonly channel: IngestChannel; readonly readAt: number }

/** How long a declaration is believed: another process may have declared anew. */
const freshMs = 60_000

type Declared = {
  readonly id: string
  readonly platform: Platform
  readonly account: string | null
  readonly closed: string | null
  readonly fallback: Capacity | null
  readonly rules: readonly CapacityRule[] | null
}

export function channelDirectory(ledger: Ledger): Channels {
  const logs = new Map<number, Map<string, Entry>>()

  return {
    known: (log, channel) => {
      const entry = logs.get(log.controller)?.get(channel)
      return entry !== undefined && performance.now() - entry.readAt < freshMs ? entry.channel : undefined
    },
    load: async (log, channels) => {
      const { rows, screen } = await reading(ledger, log, async (tx) => {
        const found = await tx.query<Declared>(
          `select id, document ->> 'platform' as platform, document ->> 'accountId' as account, document ->> 'closedOn' as closed,
              document ->> 'defaultCapacity' as fallback, document -> 'capacityRules' as rules
             from model.declaration where controller_id = $1 and kind = 'channel' and id = any ($2::uuid[])`,
          [log.controller, channels],
        )
        return { rows: found.rows, screen: await declaredScreen(tx, log.controller) }
      })
      const known = logs.get(log.controller) ?? new Map<string, Entry>()
      logs.set(log.controller, known)
      for (const row of rows) {
        const closedOn = row.closed ?? undefined
        const channel = { platform: row.platform, screen, closedOn, capacityOf: capacityRulesOf(row) }
        known.set(row.id, { channel, readAt: performance.now() })
      }
    },
  }
}

/**
 * What the channel declares of its own account's acts: by the program they were posted from, else by default. An account
 * outside the public list is sealed and known here to nobody: its acts say themselves, or are ruled on.
 */
function capacityRulesOf({ account, fallback, rules }: Declared): IngestChannel['capacityOf'] {
  if (account === null || (fallback === null && rules === null)) return ({ capacity }) => capacity
  const byClient = new Map((rules ?? []).map(({ client, capacity }) => [client, capacity]))
  return (interaction) => {
    const { capacity, client } = interaction
    if (capacity !== undefined || authorOf(interaction)?.platformId !== account) return capacity
    return (client === undefined ? undefined : byClient.get(client)) ?? fallback ?? undefined
  }
}
