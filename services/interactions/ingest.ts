import type { Interaction } from '../events/interaction.ts'
import type { Draft } from '../ledger/draft.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import type { Appended } from '../ledger/log-writer.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { isAfterClosing } from './closing.ts'
import { draftOf } from './draft.ts'
import type { Channels } from './ingest-channels.ts'
import { receiptsAt } from './queries.ts'
import type { Receipt } from './schemas.ts'

export type Ingest = { readonly ledger: Ledger; readonly channels: Channels }

/** An interaction as it came in; `alias` names the delivery where its envelope has an identity of its own. Personal data. */
export type Incoming = { readonly interaction: Interaction; readonly alias?: string }

/** `repeated`: the fact was there already, with the same content; the receipt is that of its first event. */
export type Ingested = { readonly repeated: boolean; readonly receipt: Receipt }

/** How far a clock elsewhere may be ahead of ours. */
const toleranceMs = 5 * 60_000

/** Records one interaction; whatever forbids it is thrown. */
export async function ingestOne(deps: Ingest, log: Log, incoming: Incoming): Promise<Ingested> {
  const { channels, ledger } = deps
  const channel = channelOf(incoming)
  if (channels.known(log, channel) === undefined) await channels.load(log, [channel])
  const [appended] = await ledger.writer(log).append([draftFor(deps, log, incoming)])
  const settled = settle(appended as Appended)
  return typeof settled === 'string' ? first(await repeatedAt(deps, log, [settled])) : settled
}

/**
 * Records many, each by itself: the answer has an outcome for every item, in their order. Items that were refused
 * before (an Error) keep their refusal. Throws `log-busy` and `log-unavailable`: then sending all again is safe.
 */
export async function ingestMany(
  deps: Ingest,
  log: Log,
  items: readonly (Incoming | Error)[],
): Promise<(Ingested | Error)[]> {
  await loadChannels(deps, log, items)
  const outcomes: (Ingested | Error | undefined)[] = new Array(items.length)
  const drafts: Draft[] = []
  const indexes: number[] = []
  for (const [index, item] of items.entries()) {
    const draft = item instanceof Error ? item : attempt(() => draftFor(deps, log, item))
    if (draft instanceof Error) {
      outcomes[index] = draft
    } else {
      drafts.push(draft)
      indexes.push(index)
    }
  }
  const repeated = new Map<number, string>()
  for (const [at, appended] of (await appendAll(deps, log, drafts)).entries()) {
    const index = indexes[at] as number
    const settled = appended instanceof Error ? appended : attempt(() => settle(appended))
    if (typeof settled === 'string') repeated.set(index, settled)
    else outcomes[index] = settled
  }
  const firsts = await repeatedAt(deps, log, [...repeated.values()])
  for (const [index, position] of repeated) outcomes[index] = firsts.get(position) ?? lost()
  return outcomes as (Ingested | Error)[]
}

/** Makes the channels of some items known. */
export async function loadChannels(
  deps: Ingest,
  log: Log,
  items: readonly (Incoming | Error)[],
): Promise<void> {
  const unknown = new Set<string>()
  for (const item of items) {
    if (item instanceof Error) continue
    const channel = channelOf(item)
    if (deps.channels.known(log, channel) === undefined) unknown.add(channel)
  }
  if (unknown.size > 0) await deps.channels.load(log, [...unknown])
}

/** The same id written in capitals is the same channel, and the facts of it are the same facts. */
function channelOf({ interaction }: Incoming): string {
  return interaction.channel.toLowerCase()
}

function draftFor({ ledger, channels }: Ingest, log: Log, { interaction, alias }: Incoming): Draft {
  const time = Date.parse(interaction.occurredAt)
  if (!(time >= 0)) throw refused('/occurredAt', 'must not be before 1970-01-01')
  if (time > ledger.clock.now().getTime() + toleranceMs) throw refused('/occurredAt', 'lies in the future')
  const channel = interaction.channel.toLowerCase()
  const declared = channels.known(log, channel)
  if (declared === undefined) throw refused('/channel', 'is no channel of this controller')
  const { platform, screen, closedOn } = declared
  if (isAfterClosing(interaction, closedOn))
    throw refused('/occurredAt', `lies after the day on which the channel was closed, ${closedOn}`)
  const capacity = declared.capacityOf(interaction)
  const normal =
    channel === interaction.channel && capacity === interaction.capacity
      ? interaction
      : { ...interaction, channel, ...(capacity === undefined ? {} : { capacity }) }
  return draftOf(normal, alias === undefined ? { platform, screen } : { platform, screen, alias })
}

function refused(pointer: string, reason: string): DomainError {
  return new DomainError('validation-failed', '1 field does not fit', { violations: [{ pointer, reason }] })
}

/** One call for all. If that fails because of one of them, each goes by itself, and what was stored meanwhile is a repetition. */
async function appendAll(
  { ledger }: Ingest,
  log: Log,
  drafts: readonly Draft[],
): Promise<(Appended | Error)[]> {
  const writer = ledger.writer(log)
  try {
    return await writer.append(drafts)
  } catch (error) {
    if (drafts.length < 2 || (error instanceof DomainError && error.code === 'log-busy')) throw error
    const each = await Promise.allSettled(drafts.map((draft) => writer.append([draft])))
    if (each.every((one) => one.status === 'rejected')) throw error
    return each.map((one) => (one.status === 'fulfilled' ? (one.value[0] as Appended) : asError(one.reason)))
  }
}

/** What an outcome means to who sent it: a receipt, the position of the first event if it is a repetition, or a refusal. */
function settle(appended: Appended): Ingested | string {
  const { kind, eventId, streamId, version, recordedAt } = appended
  const position = appended.position ?? ''
  switch (kind) {
    case 'stored':
      return {
        repeated: false,
        receipt: {
          id: eventId,
          position,
          stream: streamId,
          version,
          recordedAt: recordedAt.toISOString(),
        },
      }
    case 'duplicate':
      if (appended.same !== false) return position
      throw new DomainError(
        'fact-differs',
        `The same fact stands at position ${position} with other content.`,
      )
    case 'already-disposed':
      throw new DomainError('already-disposed', `It was disposed of: condemned at position ${position}.`)
    case 'condemned':
      throw new DomainError('condemned', `The object is condemned at position ${position}.`)
    case 'version-conflict':
    case 'group-refused':
    case 'identity-moved':
    case 'subject-gone':
      throw new DomainError('log-unavailable', `The log answered ${kind}. Try again.`)
    default:
      return kind satisfies never
  }
}

async function repeatedAt(
  { ledger }: Ingest,
  log: Log,
  positions: readonly string[],
): Promise<Map<string, Ingested>> {
  if (positions.length === 0) return new Map()
  const receipts = await reading(ledger, log, (tx) => receiptsAt(tx, log.controller, positions))
  return new Map(receipts.map((receipt) => [receipt.position, { repeated: true, receipt }]))
}

function first(found: ReadonlyMap<string, Ingested>): Ingested {
  for (const one of found.values()) return one
  throw lost()
}

const lost = () => new DomainError('log-unavailable', 'The first event of a repetition was not found.')

function attempt<T>(work: () => T): T | Error {
  try {
    return work()
  } catch (error) {
    return asError(error)
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('not an error', { cause: error })
}
