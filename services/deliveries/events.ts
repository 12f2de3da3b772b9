import { type Actor, draftOfCommand } from '../ledger/command.ts'
import { type Draft, type DraftPart, noTraits, type Who } from '../ledger/draft.ts'
import { localDay } from '../platform/clock.ts'
import type { JsonObject } from '../platform/json.ts'
import type { Origin } from './drafts.ts'
import type { Counts } from './tally.ts'

/** How a delivery came: posted by a platform, or a file that was imported. */
export type Route = 'hook' | 'import'

export type DeliveryReport = {
  readonly counts: Counts
  /** Unrecognised items by the platform's own word. */
  readonly kinds: Readonly<Record<string, number>>
  /** Ranges of positions, to be sealed: together they tell who was in one delivery. */
  readonly brought: string
  readonly corroborated: string
}

/** A delivery concerns many: what is kept of it as a whole is sealed for nobody, under a key of its own. */
const nobody: Who = { by: 'unresolved', traits: noTraits }

function sealed(content: JsonObject): DraftPart {
  return { person: 0, role: 'delivery', category: 'delivery', content }
}

/** Ranges as JSON in parts of a size that opens quickly. */
const partLength = 1_000_000

function positionParts({
  brought,
  corroborated,
}: Pick<DeliveryReport, 'brought' | 'corroborated'>): DraftPart[] {
  const chunks = (name: string, text: string) => {
    const parts: DraftPart[] = []
    for (let at = 0; at < text.length; at += partLength)
      parts.push(sealed({ [name]: text.slice(at, at + partLength) }))
    return parts
  }
  return [...chunks('brought', brought), ...chunks('corroborated', corroborated)]
}

function openSide(origin: Origin, route: Route, report: DeliveryReport): JsonObject {
  return {
    route,
    platform: origin.platform,
    mapper: origin.mapper,
    counts: { ...report.counts },
    kinds: { ...report.kinds },
  }
}

/**
 * The one event of a delivery, when all it brought is durable. A hook's names its body by its SHA-256, sealed. The body
 * itself holds many people's words: it stands apart, under a key of its own, and goes with the first of them (`keep.ts`).
 */
export function receivedDraft(origin: Origin, route: Route, report: DeliveryReport): Draft {
  const once = route === 'hook' && origin.digest !== undefined
  const body = once ? [sealed({ sha256: origin.digest })] : []
  return {
    type: 'delivery.received',
    stream: { id: origin.delivery },
    channelId: origin.channel,
    occurredOn: localDay(new Date(origin.receivedAt)),
    data: openSide(origin, route, report),
    persons: [nobody],
    parts: [...body, ...positionParts(report)],
    ...(once ? { fact: JSON.stringify(['delivery', origin.channel, origin.digest]) } : {}),
  }
}

/** What a long import has done so far: where it goes on if it is broken off. */
export function progressedDraft(origin: Origin, report: DeliveryReport): Draft {
  return {
    ...receivedDraft(origin, 'import', report),
    type: 'delivery.progressed',
  }
}

export type RawDelivery = { readonly encoding: 'utf8' | 'base64'; readonly text: string }

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A body as JSON can hold it, byte for byte. */
export function rawDelivery(body: Uint8Array): RawDelivery {
  try {
    return { encoding: 'utf8', text: strict.decode(body) }
  } catch {
    return { encoding: 'base64', text: Buffer.from(body).toString('base64') }
  }
}

export type ImportStart = {
  readonly channel: string
  readonly actor: Actor
  readonly sha256: string
  readonly fileName: string
  readonly size: number
  /** The format, where whoever imports has named it. */
  readonly platform?: string
}

/** The text that names the import of a file into a channel: the same file again is the same import, and can go on. */
function importObject(channel: string, sha256: string): string {
  return JSON.stringify(['import', channel, sha256])
}

export function startedDraft(start: ImportStart, now: Date): Draft {
  const { channel, actor, sha256, fileName, size, platform } = start
  const data = { size, ...(platform === undefined ? {} : { format: platform }) }
  const command = draftOfCommand({ type: 'import.started', actor, channelId: channel, data }, now)
  return {
    ...command,
    stream: { object: importObject(channel, sha256) },
    persons: [...command.persons, nobody],
    parts: [...command.parts, { ...sealed({ sha256: `sha256:${sha256}`, fileName }), person: 1 }],
  }
}

export type ImportEnd =
  | {
      readonly type: 'import.finished'
      readonly counts: Counts
      readonly kinds: Readonly<Record<string, number>>
    }
  | {
      readonly type: 'import.failed'
      readonly code: string
      readonly detail: string
    }

/** `detail` is an error's message: it tells where in the file, and holds no personal data. */
export function endedDraft(id: string, channel: string, actor: Actor, end: ImportEnd, now: Date): Draft {
  const { type, ...data } = end
  return draftOfCommand({ type, streamId: id, actor, channelId: channel, data: { ...data } }, now)
}

/** A kept delivery was read again by a newer version of its mapper, once for each version: what that brought. */
export function remappedDraft(
  origin: Origin,
  kept: { readonly route: Route; readonly mapper: string },
  report: DeliveryReport,
  recognised: number,
  now: Date,
): Draft {
  return {
    ...receivedDraft(origin, 'import', report),
    type: 'delivery.remapped',
    occurredOn: localDay(now),
    data: { ...openSide(origin, kept.route, report), before: kept.mapper, recognised },
    fact: JSON.stringify(['remapped', origin.delivery, origin.mapper]),
  }
}

/** A newer mapper has understood what was unrecognised. In the item's stream, and gone with it. */
export function recognisedDraft(origin: Origin, object: string, now: Date): Draft {
  return {
    type: 'object.recognised',
    stream: { id: object },
    channelId: origin.channel,
    occurredOn: localDay(now),
    data: { mapper: origin.mapper, delivery: origin.delivery },
    persons: [],
    parts: [],
    fact: JSON.stringify(['recognised', object]),
  }
}

/** The platform asked whether we are there, and was answered: once a day. */
export function challengedDraft(channel: string, platform: string, now: Date): Draft {
  const stream = JSON.stringify(['challenges', channel])
  return {
    type: 'delivery.challenged',
    stream: { object: stream },
    channelId: channel,
    occurredOn: localDay(now),
    data: { platform },
    persons: [],
    parts: [],
    fact: JSON.stringify([stream, localDay(now)]),
  }
}

/** How many signatures did not fit since the last such event: nothing of what was sent. */
export function refusedDraft(channel: string, platform: string, count: number, now: Date): Draft {
  return {
    type: 'delivery.refused',
    stream: { object: JSON.stringify(['refusals', channel]) },
    channelId: channel,
    occurredOn: localDay(now),
    data: { platform, count, reason: 'signature-invalid' },
    persons: [],
    parts: [],
  }
}
