import type { Person } from '../events/interaction.ts'
import { detailText } from './detail.ts'
import { asText, type Json } from './lossless.ts'
import { accept, type Candidate, defined, madeId, type Translated } from './source.ts'
import type { NativeTime } from './time.ts'

/** Who says so: X's word for the event, the mapper, and the instant for what has no time of its own. */
export type Saying = { readonly kind: string; readonly mapper: string; readonly seenAt: string }

type When = Pick<Candidate, 'occurredAt' | 'precision' | 'basis'>

export function when(time: NativeTime | undefined, saying: Saying): When {
  return time ?? { occurredAt: saying.seenAt, precision: 'second', basis: 'observed' }
}

function nativeOf(saying: Saying, time: Json | undefined, detail?: Readonly<Record<string, unknown>>) {
  return defined({
    kind: saying.kind,
    mapper: saying.mapper,
    time: asText(time),
    detail: detailText(detail ?? {}),
  })
}

/** An act between two accounts. Without a time it is told from its repetition by X's event id alone. */
export type Relation = {
  readonly verb: 'followed' | 'unfollowed' | 'blocked'
  readonly source: Person | undefined
  readonly target: Person | undefined
  readonly time?: NativeTime | undefined
  readonly nativeTime?: Json | undefined
  readonly eventId?: string | undefined
}

/** The stream is the pair's: follow, unfollow and follow again are its events. */
export function relation(act: Relation, saying: Saying, item: Json): Translated {
  const { verb, source, target, time } = act
  const kind = verb === 'blocked' ? 'block' : 'follow'
  const objectId = madeId(kind, nameOf(source), nameOf(target))
  // A list says only that it is so: read again, in a later download, it is the same fact.
  const alias = time === undefined && act.eventId === undefined ? JSON.stringify([verb, objectId]) : undefined
  return accept(
    defined({
      objectId,
      actId: time === undefined ? act.eventId : undefined,
      verb,
      ...when(time, saying),
      persons: pair(source, target),
      native: nativeOf(saying, act.nativeTime),
    }),
    item,
    alias,
  )
}

function pair(source: Person | undefined, target: Person | undefined): Person[] {
  const author = source === undefined ? [] : [{ ...source, role: 'author' as const }]
  return target === undefined ? author : [...author, { ...target, role: 'target' }]
}

function nameOf(person: Person | undefined): string {
  return person?.platformId ?? (person?.handle === undefined ? '?' : `@${person.handle.toLowerCase()}`)
}

export type Like = {
  readonly post: string
  readonly by: Person | undefined
  readonly postAuthor?: Person | undefined
  readonly actId?: string | undefined
  readonly time?: NativeTime | undefined
  readonly nativeTime?: Json | undefined
  readonly links?: string[] | undefined
  readonly detail?: Readonly<Record<string, unknown>>
}

/** X has no unlike event, so a like is once for each person and post, by whatever route and with or without a time. */
export function like(act: Like, saying: Saying, item: Json): Translated {
  const objectId = madeId('like', act.post, nameOf(act.by))
  return accept(
    defined({
      objectId,
      actId: act.actId,
      verb: 'reacted' as const,
      ...when(act.time, saying),
      persons: pair(act.by, act.postAuthor),
      reaction: 'like',
      links: act.links,
      inReplyTo: act.post,
      native: nativeOf(saying, act.nativeTime, act.detail),
    }),
    item,
    JSON.stringify(['like', objectId]),
  )
}

export type Noted = {
  /** Parts that tell this act from others of its kind. */
  readonly id: readonly string[]
  readonly persons: readonly (Person | undefined)[]
  readonly actId?: string | undefined
  readonly thread?: string | undefined
  readonly time?: NativeTime | undefined
  readonly nativeTime?: Json | undefined
  readonly visibility?: 'direct' | undefined
  readonly detail?: Readonly<Record<string, unknown>>
}

/** An act we understand but have no verb for: kept with its persons, so that an access answer finds it. */
export function noted(act: Noted, saying: Saying, item: Json): Translated {
  return accept(
    defined({
      objectId: madeId(saying.kind.replace(/^.*\//, ''), ...act.id),
      actId: act.actId,
      verb: 'unrecognised' as const,
      ...when(act.time, saying),
      persons: act.persons.filter((person) => person !== undefined),
      thread: act.thread,
      visibility: act.visibility,
      native: nativeOf(saying, act.nativeTime, act.detail),
    }),
    item,
  )
}

/** The removal of a post. It carries no text on any route. */
export function removal(
  post: string,
  author: Person | undefined,
  time: NativeTime | undefined,
  nativeTime: Json | undefined,
  saying: Saying,
  item: Json,
): Translated {
  return accept(
    defined({
      objectId: post,
      verb: 'removed' as const,
      ...when(time, saying),
      persons: author === undefined ? [] : [author],
      native: nativeOf(saying, nativeTime),
    }),
    item,
  )
}
