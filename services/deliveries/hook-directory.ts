import { LRUCache } from 'lru-cache'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { DomainError } from '../platform/errors.ts'
import type { ChallengeSecrets } from '../sources/source.ts'
import { type Channel, openChannel } from './channel.ts'
import { readSecrets } from './secrets.ts'

/** Where a platform's posts go: found by the channel's id alone. */
export type HookTarget = { readonly log: Log; readonly channel: Channel; readonly secrets: ChallengeSecrets }

export type HookDirectory = {
  /** `not-found` where no controller has such a channel. */
  readonly find: (channelId: string) => Promise<HookTarget>
  /** Forgets what is known of a channel: it has just been changed here. */
  readonly forget: (channelId: string) => void
}

/** How long a channel and its secrets are believed: another process may have changed them. */
const freshMs = 10_000
/** How many never seen channels are looked for in a second: anybody can make up ids, and each costs a question. */
const strangersPerSecond = 50

const hookActor = { name: 'liggare hooks' }

export function hookDirectory(ledger: Ledger): HookDirectory {
  const known = new LRUCache<string, Promise<HookTarget>>({ max: 5000, ttl: freshMs })
  const channels = new LRUCache<string, Channel>({ max: 5000 })
  let second = 0
  let strangers = 0

  function admitStranger(): void {
    const now = Math.floor(performance.now() / 1000)
    strangers = now === second ? strangers + 1 : 1
    second = now
    if (strangers > strangersPerSecond)
      throw new DomainError('log-busy', 'Too many unknown channels are asked for. Try again in a moment.')
  }

  async function load(channelId: string): Promise<HookTarget> {
    if (!channels.has(channelId)) admitStranger()
    const { rows } = await ledger.pool.query<{ id: number | null }>('select ledger.find_channel($1) as id', [
      channelId,
    ])
    const log = (await ledger.list()).find(({ controller }) => controller === rows[0]?.id)
    if (log === undefined) throw new DomainError('not-found', 'there is no such channel')
    const channel = await openChannel(ledger, log, channelId, hookActor, channels.get(channelId))
    channels.set(channelId, channel)
    return { log, channel, secrets: await readSecrets(ledger, log, channelId) }
  }

  return {
    find: (channelId) => {
      const found = known.get(channelId) ?? load(channelId)
      known.set(channelId, found)
      found.catch(() => known.delete(channelId))
      return found
    },
    forget: (channelId) => {
      known.delete(channelId)
    },
  }
}
