import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger, Log } from '../ledger/ledger.ts'
import type { Appended } from '../ledger/log-writer.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { uuidv7 } from '../platform/ids.ts'
import { webhookSource } from '../sources/list.ts'
import {
  type ChallengeAnswer,
  type Delivery,
  type Translated,
  unrecognised,
  type WebhookSource,
} from '../sources/source.ts'
import type { Challenges } from './challenges.ts'
import { ownAccountOf } from './channel.ts'
import type { Origin } from './drafts.ts'
import { type DeliveryReport, rawDelivery, receivedDraft } from './events.ts'
import type { HookDirectory, HookTarget } from './hook-directory.ts'
import { ingest } from './ingest.ts'
import { indexDelivery, isNoted, keepBody } from './keep.ts'
import type { Refusals } from './refusals.ts'
import { newKinship } from './relations.ts'
import { newTally } from './tally.ts'

export type Hooks = {
  readonly ledger: Ledger
  readonly directory: HookDirectory
  readonly refusals: Refusals
  readonly challenges?: Challenges
  readonly answerWithinMs?: number
}

/** How long a platform waits for its answer at most, with room for the way: X and LinkedIn give up after some ten seconds. */
const patienceMs = 8_000
/** How long a refusal waits for being noted. */
const refusalMs = 1_000

/** The answer to a platform's GET; `not-found` where it is no challenge of that platform. */
export async function answerChallenge(
  { directory, challenges }: Hooks,
  platform: string,
  channelId: string,
  query: Readonly<Record<string, string | undefined>>,
): Promise<ChallengeAnswer> {
  const { source, target } = await at(directory, platform, channelId)
  const answer = source.challenge?.(query, target.secrets)
  if (answer === undefined) throw new DomainError('not-found', 'this is no challenge that can be answered')
  if (answer.status < 300) await challenges?.note(target.log, channelId, platform)
  return answer
}

/**
 * Takes what a platform has posted; resolves when all of it is durable, to false where the signature does not fit. Throws
 * `log-busy` or `log-unavailable` when it could not be stored in time: the platform then sends it again, which adds nothing twice.
 */
export async function receive(
  hooks: Hooks,
  platform: string,
  channelId: string,
  posted: Omit<Delivery, 'receivedAt'>,
): Promise<boolean> {
  return inTime(checkedAndTaken(hooks, platform, channelId, posted), hooks.answerWithinMs ?? patienceMs)
}

async function checkedAndTaken(
  hooks: Hooks,
  platform: string,
  channelId: string,
  posted: Omit<Delivery, 'receivedAt'>,
): Promise<boolean> {
  const { source, target } = await at(hooks.directory, platform, channelId)
  const delivery = { ...posted, receivedAt: hooks.ledger.clock.now().toISOString() }
  if (!source.verify(delivery, target.secrets.signing)) {
    // Counted whether or not the log answers: a wrong signature is no reason to come again.
    await Promise.race([
      hooks.refusals.note(target.log, channelId, platform),
      sleep(refusalMs, undefined, { ref: false }),
    ])
    return false
  }
  await take(hooks.ledger, source, target, delivery)
  return true
}

async function at(
  directory: HookDirectory,
  platform: string,
  channelId: string,
): Promise<{ source: WebhookSource; target: HookTarget }> {
  const source = webhookSource(platform)
  if (source === undefined) throw new DomainError('not-found', 'no platform of that name posts here')
  const target = await directory.find(channelId)
  if (target.channel.platform !== platform)
    throw new DomainError('not-found', 'the channel is on another platform')
  return { source, target }
}

async function take(
  ledger: Ledger,
  source: WebhookSource,
  { log, channel }: HookTarget,
  { body, receivedAt }: Delivery,
): Promise<void> {
  const origin: Origin = {
    channel: channel.id,
    platform: channel.platform,
    delivery: uuidv7(),
    mapper: source.mapper,
    digest: `sha256:${createHash('sha256').update(body).digest('hex')}`,
    receivedAt,
  }
  const tally = newTally()
  const account = ownAccountOf(channel)
  await ingest(
    { ledger, log, channel, account, origin, tally, kinship: newKinship(), patient: false },
    translatedBody(source, body, receivedAt),
  )
  const report = { counts: tally.counts(), kinds: tally.kinds(), ...tally.take() }
  // Last, so that it stands for all it brought. If it fails, the platform comes again and it is written then.
  const [received] = await ledger.writer(log).append([receivedDraft(origin, 'hook', report)])
  await keep(ledger, log, origin, body, report, received)
}

/**
 * Keeps the body, sealed, beside its event. One that carries something disposed of is not kept: it would bring it back. A body
 * that comes again stands under its first event, or is put there now if the first time was cut short.
 */
async function keep(
  ledger: Ledger,
  log: Log,
  origin: Origin,
  body: Uint8Array,
  report: DeliveryReport,
  received: Appended | undefined,
): Promise<void> {
  if (received === undefined || report.counts.disposed > 0) return
  if (received.kind !== 'stored' && received.kind !== 'duplicate') return
  const delivery =
    received.kind === 'stored' ? received.streamId : await streamAt(ledger, log, received.position)
  if (delivery === undefined || (received.kind === 'duplicate' && (await isNoted(ledger, log, delivery))))
    return
  await keepBody(ledger, log, { ...origin, delivery }, body)
  await indexDelivery(ledger, log, delivery, [report.brought, report.corroborated], 'closed')
}

async function streamAt(ledger: Ledger, log: Log, position: string | null): Promise<string | undefined> {
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ stream_id: string }>(
      'select stream_id from ledger.event where controller_id = $1 and position = $2',
      [log.controller, position],
    )
    return rows[0]?.stream_id
  })
}

/** A body that is signed but cannot be read is no fault of the network: it would come again for ever if it were refused. */
export function* translatedBody(
  source: WebhookSource,
  body: Uint8Array,
  receivedAt: string,
): Generator<Translated> {
  try {
    yield* source.translate(body, receivedAt)
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'source-malformed') throw error
    yield unrecognised('body', rawDelivery(body).text, error.message)
  }
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DomainError('log-busy', 'It was not durable in time. Send it again.')),
      ms,
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    // It goes on by itself; how it ends is told to whoever sends it again.
    work.catch(() => {})
  }
}
