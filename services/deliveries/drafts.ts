import { creatingVerbs, type Interaction } from '../events/interaction.ts'
import { draftOf } from '../interactions/draft.ts'
import { contentTextOf, factTextOf, objectTextOf } from '../interactions/fact.ts'
import type { Screen } from '../interactions/screening.ts'
import { type Draft, noTraits, type Who } from '../ledger/draft.ts'
import { localDay } from '../platform/clock.ts'
import { type Candidate, contentHash, madeId, maxRawLength, type PlatformDemand } from '../sources/source.ts'
import { minimised, type Treatment } from './scope.ts'

/** Where items come from: what every event of a delivery names. */
export type Origin = {
  readonly channel: string
  readonly platform: string
  /** Id of the delivery's stream. */
  readonly delivery: string
  readonly mapper: string
  /** SHA-256 of the delivery, sealed with the content: `sha256:…`. */
  readonly digest?: string
  /** RFC 3339. */
  readonly receivedAt: string
}

/** The earliest and latest that a platform's clock may say: before 1970 there was none, and a clock may be a day ahead. */
const aheadMs = 24 * 3600_000

/** A candidate as an interaction of the channel; undefined where its time is none that the log can hold. */
export function interactionOf(candidate: Candidate, origin: Origin): Interaction | undefined {
  const time = Date.parse(candidate.occurredAt)
  if (!(time >= 0) || time > Date.parse(origin.receivedAt) + aheadMs) return undefined
  const { native } = candidate
  // The defaults of the wire schema; that the rest fits it the mapper has seen to (`accept`).
  return {
    precision: 'second',
    basis: 'occurred',
    persons: [],
    ...candidate,
    ...(native === undefined || origin.digest === undefined
      ? {}
      : { native: { ...native, delivery: origin.digest } }),
    channel: origin.channel,
  } as Interaction
}

/**
 * The draft of an interaction under its treatment. Of a minimised one, the digests and the stream are the whole one's: only so
 * is it the same fact when it comes again.
 */
export function interactionDraft(
  interaction: Interaction,
  alias: string | undefined,
  origin: Origin,
  treatment: Treatment,
  screen?: Screen,
): Draft {
  const provenance = {
    platform: origin.platform,
    delivery: origin.delivery,
    screen,
    ...(alias === undefined ? {} : { alias: aliasTextOf(interaction, alias) }),
  }
  const plain = draftOf(interaction, provenance)
  // Whose ids it has, beside its second name: two ids of one mapper are two facts, whatever author, second and text (`apart.ts`).
  const hasIds = alias !== undefined && !interaction.objectId.startsWith('~')
  const whole = hasIds
    ? { ...plain, data: { ...plain.data, ids: origin.mapper.replace(/\/v\d+$/, '') } }
    : plain
  if (treatment === 'whole') return whole
  const data = { ...whole.data, scope: treatment }
  if (treatment === 'context') return { ...whole, data }
  const { persons, parts } = draftOf(minimised(interaction), provenance)
  return { ...whole, data, persons, parts }
}

/** One author may say the same in the same second on two channels, and may do two things with it. */
function aliasTextOf(interaction: Interaction, alias: string): string {
  const { channel, verb } = interaction
  return JSON.stringify([channel, creatingVerbs.has(verb) ? 'created' : verb, alias])
}

/**
 * The same fact with other content: kept on the object's stream beside what was there first. `readBy`: it did not come otherwise
 * but was read otherwise, by this newer mapper.
 */
export function variantDraft(draft: Draft, interaction: Interaction, readBy?: string): Draft {
  const { alias: _, content: __, fact: ___, thread: ____, ...rest } = draft
  return {
    ...rest,
    type: 'interaction.variant',
    ...(readBy === undefined ? {} : { data: { ...draft.data, remappedBy: readBy } }),
    fact: JSON.stringify(['variant', factTextOf(interaction), contentTextOf(interaction)]),
  }
}

/** What no mapper understands, as it came: an object of its own, which a later mapper can read again. */
export function unrecognisedDraft(
  item: { readonly nativeKind: string; readonly raw: string; readonly reason: string },
  origin: Origin,
): Draft {
  const objectId = madeId('unrecognised', item.nativeKind, contentHash(item.raw))
  const interaction: Interaction = {
    channel: origin.channel,
    objectId,
    actId: objectId,
    verb: 'unrecognised',
    occurredAt: origin.receivedAt,
    precision: 'second',
    basis: 'observed',
    persons: [],
    text: item.raw.slice(0, maxRawLength),
    native: {
      kind: item.nativeKind,
      mapper: origin.mapper,
      detail: item.reason,
      ...(origin.digest === undefined ? {} : { delivery: origin.digest }),
    },
  }
  const draft = draftOf(interaction, { platform: origin.platform, delivery: origin.delivery })
  // Open, unlike the item: the index of what could not be recognised counts by them.
  return { ...draft, data: { ...draft.data, nativeKind: item.nativeKind, mapper: origin.mapper } }
}

/** What the platform wants done to what is stored: it waits for a decision and does nothing by itself. */
export function demandDraft(demand: PlatformDemand, origin: Origin): Draft {
  const { action, objectId, userId, at, basis, native } = demand
  const moment = basis === 'occurred' ? String(Date.parse(at)) : ''
  const fact = JSON.stringify(['demand', origin.channel, native.kind, objectId ?? '', userId ?? '', moment])
  const who: Who =
    userId === undefined
      ? { by: 'unresolved', traits: noTraits }
      : { by: 'stable', identity: JSON.stringify([origin.platform, userId]), traits: noTraits }
  const time = Date.parse(at)
  return {
    type: 'platform.demanded',
    stream: { object: fact },
    channelId: origin.channel,
    ...(objectId === undefined ? {} : { references: { object: objectTextOf(origin.channel, objectId) } }),
    occurredOn: localDay(new Date(time >= 0 ? time : Date.parse(origin.receivedAt))),
    data: { action, basis, mapper: origin.mapper, delivery: origin.delivery },
    persons: [who],
    parts: [
      {
        person: 0,
        role: 'subject',
        category: 'identity',
        content: {
          ...(objectId === undefined ? {} : { objectId }),
          ...(userId === undefined ? {} : { userId }),
          at,
          native: { ...native },
        },
      },
    ],
    fact,
    lasting: false,
  }
}
