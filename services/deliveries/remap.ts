import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { type Channel, openChannel } from './channel.ts'
import type { FileStore } from './file-store.ts'
import { isUnderWay } from './import-cancel.ts'
import { type Mappers, mappersOfToday, type Remappable, remappable } from './remap-candidates.ts'
import { remapOne } from './remap-one.ts'
import { type Counts, newTally } from './tally.ts'
import { unrecognisedIndex } from './unrecognised.ts'

export type RemapRequest = {
  /** Deliveries received on this day or later. */
  readonly since: string
  readonly channel?: string
  readonly actor: Actor
  /** Says what reading again would bring and writes nothing but the look-up. */
  readonly dryRun?: boolean
  readonly store?: FileStore
  /** Deliveries to read at most; the next call goes on. */
  readonly limit?: number
  /** Leaves imported archives for the command line: they may be large. */
  readonly postedOnly?: boolean
  readonly mappers?: Mappers
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, of: number) => void
}

export type RemapReport = {
  readonly dryRun: boolean
  /** Deliveries that were read again. */
  readonly deliveries: number
  /** Deliveries that an older version read, and this call did not get to. */
  readonly left: number
  /** Of those left: archives that are in no store set up here, or still under way, or cannot be read. */
  readonly unreadable: number
  /** Items that were unrecognised and are understood now. */
  readonly recognised: number
  /** Items that are unrecognised and whose delivery is not kept (any more): nobody can read them again. */
  readonly gone: number
  readonly counts: Counts
  readonly kinds: Readonly<Record<string, number>>
}

/**
 * Reads kept deliveries again by newer versions of their mappers. What was unrecognised becomes new events; what the newer version
 * reads otherwise becomes a variant beside what was there first (nobody edited anything on the platform, so it is no edit).
 * Each delivery that is done has an event that says so: whatever breaks this off, the next call goes on after it.
 */
export async function remap(ledger: Ledger, log: Log, request: RemapRequest): Promise<RemapReport> {
  const { since, channel, actor, dryRun = false, limit = Number.MAX_SAFE_INTEGER, store, signal } = request
  const filter = { since, ...(channel === undefined ? {} : { channel }) }
  const all = await remappable(ledger, log, filter, request.mappers ?? mappersOfToday)
  const open = request.postedOnly === true ? all.filter((it) => it.route === 'hook') : all
  const wanted = open.slice(0, limit)
  const index = await unrecognisedIndex(ledger, log, filter)
  const gone = index.reduce((sum, it) => sum + it.items - it.kept, 0)
  const sum = newSum()
  if (wanted.length > 0) {
    const look = {
      actor,
      kind: 'machine-scan',
      purpose: 'Läsa sparade leveranser igen med en nyare översättning',
      scope: { ...filter, deliveries: wanted.length, dryRun },
    } as const
    await lookUp(ledger, log, look, async (openParts) => {
      const run = { ledger, log, store, dryRun, open: openParts, signal }
      const channels = new Map<string, Channel>()
      for (const [at, it] of wanted.entries()) {
        const id = it.kept.channel
        const known = channels.get(id) ?? (await openChannel(ledger, log, id, actor))
        channels.set(id, known)
        if (await cannotBeRead(ledger, it, store)) sum.unreadable += 1
        else sum.add(await readOrTold(() => remapOne(run, known, it)))
        request.onProgress?.(at + 1, wanted.length)
      }
    })
  }
  return {
    dryRun,
    deliveries: sum.deliveries,
    left: all.length - sum.deliveries - sum.vanished,
    unreadable: sum.unreadable,
    recognised: sum.recognised,
    gone,
    counts: sum.counts,
    kinds: Object.fromEntries([...sum.kinds].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

async function cannotBeRead(ledger: Ledger, it: Remappable, store: FileStore | undefined): Promise<boolean> {
  if (it.route === 'hook') return false
  return store === undefined || (await isUnderWay(ledger, it.kept.id))
}

/** A file that the newer version cannot make anything of stops none of the others. */
async function readOrTold<T>(read: () => Promise<T>): Promise<T | 'unreadable'> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof DomainError && error.code.startsWith('source-')) return 'unreadable'
    throw error
  }
}

function newSum() {
  const sum = {
    deliveries: 0,
    unreadable: 0,
    vanished: 0,
    recognised: 0,
    counts: newTally().counts() as { -readonly [K in keyof Counts]: number },
    kinds: new Map<string, number>(),
    add: (one: Awaited<ReturnType<typeof remapOne>> | 'unreadable') => {
      if (one === 'unreadable') sum.unreadable += 1
      else if (one === undefined) sum.vanished += 1
      else {
        sum.deliveries += 1
        sum.recognised += one.recognised
        for (const name of Object.keys(one.counts) as (keyof Counts)[]) sum.counts[name] += one.counts[name]
        for (const [kind, count] of Object.entries(one.kinds))
          sum.kinds.set(kind, (sum.kinds.get(kind) ?? 0) + count)
      }
    },
  }
  return sum
}
