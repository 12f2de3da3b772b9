import type { Person } from '../events/interaction.ts'
import { detailText } from './detail.ts'
import { asObject, asText, type Json, type JsonObject } from './lossless.ts'
import {
  attachmentsOf,
  hashtagsOf,
  htmlOf,
  mentionsOf,
  objectIdOf,
  parentOf,
  personOfAccount,
  quotedOf,
  visibilityOf,
} from './mastodon-entities.ts'
import { accept, type Candidate, defined, type Translated, unrecognised } from './source.ts'
import { fromIso } from './time.ts'

export const webhookMapper = 'mastodon-webhook/v1'

/** How it reached us: the platform's word, the instant it says it happened, the instant we saw it (RFC 3339). */
export type Route = {
  readonly kind: string
  readonly saidAt?: string | undefined
  readonly receivedAt: string
}

/** A status as it stands now. One that has been edited says two things: that it was made, and how it reads since the edit. */
export function* translateStatus(status: JsonObject, route: Route): Iterable<Translated> {
  const objectId = objectIdOf(status)
  if (objectId === undefined) {
    yield unrecognised(route.kind, status, 'status without an id')
    return
  }
  if (asObject(status['reblog']) !== undefined) {
    yield accept(share(objectId, status, route), status)
    return
  }
  const isUpdate = /update/.test(route.kind)
  const edited = asText(status['edited_at'])
  if (!isUpdate) yield accept(made(objectId, status, route, edited === undefined), status)
  if (isUpdate || edited !== undefined) yield accept(edit(objectId, status, route, edited), status)
}

function made(objectId: string, status: JsonObject, route: Route, isOriginal: boolean): Candidate {
  const isDirect = status['visibility'] === 'direct'
  const inReplyTo = parentOf(status)
  return defined({
    objectId,
    verb: isDirect ? 'messaged' : inReplyTo === undefined ? 'published' : 'replied',
    ...at(toSecond(status['created_at']), route),
    persons: personsOf(status),
    // After an edit the status no longer says how it read at first.
    ...(isOriginal ? contentOf(status) : {}),
    inReplyTo,
    derivedFrom: quotedOf(status),
    visibility: visibilityOf(status),
    client: asText(asObject(status['application'])?.['name']),
    native: nativeOf(route, asText(status['created_at']), isOriginal ? detailOf(status) : undefined),
  }) as Candidate
}

function edit(objectId: string, status: JsonObject, route: Route, edited: string | undefined): Candidate {
  const time = edited ?? route.saidAt
  return defined({
    objectId,
    verb: 'edited',
    ...at(toSecond(time), route),
    persons: personsOf(status),
    ...contentOf(status),
    derivedFrom: quotedOf(status),
    visibility: visibilityOf(status),
    client: asText(asObject(status['application'])?.['name']),
    native: nativeOf(route, time, detailOf(status)),
  }) as Candidate
}

/** A share carries no words of its own: what it copies is pointed to, its author named. */
function share(objectId: string, status: JsonObject, route: Route): Candidate {
  const original = asObject(status['reblog']) ?? {}
  const persons = [
    personOfAccount('author', status['account'], status),
    personOfAccount('quoted', original['account'], original),
  ]
  return defined({
    objectId,
    verb: 'shared',
    ...at(toSecond(status['created_at']), route),
    persons: persons.filter((person) => person !== undefined),
    derivedFrom: objectIdOf(original),
    visibility: visibilityOf(status),
    native: nativeOf(route, asText(status['created_at']), undefined),
  }) as Candidate
}

function personsOf(status: JsonObject): Person[] {
  const author = personOfAccount('author', status['account'], status)
  const role = status['visibility'] === 'direct' ? 'recipient' : 'mentioned'
  return [...(author === undefined ? [] : [author]), ...mentionsOf(status, role)]
}

function contentOf(status: JsonObject) {
  return defined({
    ...htmlOf(status['content']),
    title: asText(status['spoiler_text']),
    language: asText(status['language']),
    hashtags: hashtagsOf(status),
    attachments: attachmentsOf(status),
  })
}

function detailOf(status: JsonObject): string | undefined {
  const { id, url, poll, card, sensitive } = status
  return detailText({ id, url, poll, card, sensitive: sensitive === true ? true : undefined })
}

/** ActivityPub and the archive give the second, REST the millisecond: by either route it has to be the same fact. */
function toSecond(time: Json | undefined): string | undefined {
  return asText(time)?.replace(/\.\d+/, '')
}

/** When it happened; without a time of its own, when the instance said so; else when it came. */
export function at(native: string | undefined, route: Route) {
  const time = fromIso(native)
  if (time !== undefined) return { ...time, basis: 'occurred' as const }
  const said = fromIso(route.saidAt) ?? { occurredAt: route.receivedAt, precision: 'second' as const }
  return { ...said, basis: 'observed' as const }
}

export function nativeOf(route: Route, time: string | undefined, detail: string | undefined) {
  return defined({ kind: route.kind, time: time ?? route.saidAt, mapper: webhookMapper, detail })
}
