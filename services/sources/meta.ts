import { asList, asObject, asText, type Json, type JsonObject, parseObject } from './lossless.ts'
import { isSigned, metaLegacySignature, metaSignature, sameText } from './signature.ts'
import {
  type ChallengeAnswer,
  type ChallengeSecrets,
  type Delivery,
  madeId,
  nativeWord,
  type Secrets,
  type Translated,
  unrecognised,
} from './source.ts'
import { fromIso, fromMillis, fromSeconds, type NativeTime } from './time.ts'

/** What Facebook and Instagram share: the challenge, the signature, the envelope and the times. */

export function metaChallenge(
  query: Readonly<Record<string, string | undefined>>,
  secrets: ChallengeSecrets,
): ChallengeAnswer | undefined {
  if (query['hub.mode'] !== 'subscribe') return undefined
  const challenge = query['hub.challenge'] ?? ''
  const token = query['hub.verify_token'] ?? ''
  const known = secrets.verifyToken !== undefined && sameText(token, secrets.verifyToken)
  // The answer repeats what a stranger sent: nothing that a browser could take for markup.
  const harmless = /^[\w.-]{1,256}$/.test(challenge)
  return known && harmless
    ? { status: 200, contentType: 'text/plain', body: challenge }
    : { status: 403, contentType: 'text/plain', body: 'forbidden' }
}

export function isMetaSigned(delivery: Delivery, secrets: Secrets): boolean {
  return delivery.headers[metaSignature.header] === undefined
    ? isSigned(metaLegacySignature, delivery, secrets)
    : isSigned(metaSignature, delivery, secrets)
}

/** One change of a batch, with what the envelope says about it. */
export type Change = {
  readonly field: string
  readonly value: JsonObject
  /** The page or account that is subscribed. */
  readonly owner: string | undefined
  /** When the platform sent it (seconds): the only time of hides and removals. */
  readonly sent: string | undefined
  readonly receivedAt: string
  readonly mapper: string
  /** The change as it came. */
  readonly raw: Json
}

/** Walks a body of many entries and changes; whatever is not shaped like one is unrecognised. */
export function* eachChange(
  source: { readonly object: string; readonly mapper: string },
  body: Uint8Array,
  receivedAt: string,
  translate: (change: Change) => Iterable<Translated>,
  translateMessage: (change: Change) => Translated,
): Iterable<Translated> {
  const envelope = parseObject(body, `${source.mapper} body`)
  if (envelope['object'] !== source.object || !Array.isArray(envelope['entry'])) {
    yield unrecognised(nativeWord(envelope['object']), envelope, 'not an envelope of this platform')
    return
  }
  for (const item of asList(envelope['entry'])) {
    const entry = asObject(item)
    if (entry === undefined) {
      yield unrecognised('entry', item, 'entry is not an object')
      continue
    }
    const shared = {
      owner: asText(entry['id']),
      sent: asText(entry['time']),
      receivedAt,
      mapper: source.mapper,
    }
    // Instagram with its own login puts the change into the entry itself.
    const changes = entry['field'] === undefined ? asList(entry['changes']) : [entry]
    const messages = [...asList(entry['messaging']), ...asList(entry['standby'])]
    if (changes.length + messages.length === 0) yield unrecognised('entry', entry, 'entry without changes')
    for (const raw of changes) {
      const value = asObject(asObject(raw)?.['value'])
      const field = nativeWord(asObject(raw)?.['field'])
      if (value === undefined) yield unrecognised(field, raw, 'change without a value')
      else yield* translate({ ...shared, field, value, raw })
    }
    for (const raw of messages) yield translateMessage({ ...shared, field: 'messaging', value: {}, raw })
  }
}

/** When it happened, or when the platform sent it, or when we received it: the latter two are only observations. */
export function whenOf(change: Change, native: Json | undefined) {
  const text = asText(native)
  const time = fromSeconds(text) ?? fromIso(text)
  if (time !== undefined) return { ...time, basis: 'occurred' as const, native: text }
  const sent: NativeTime | undefined = fromSeconds(change.sent) ?? fromMillis(change.sent)
  if (sent !== undefined) return { ...sent, basis: 'observed' as const, native: change.sent }
  const received: NativeTime = { occurredAt: change.receivedAt, precision: 'second' }
  return { ...received, basis: 'observed' as const, native: undefined }
}

/** A reaction is an object of its own: one person has one on one thing, changes it and takes it back. */
export function reactionId(target: string, actor: string | undefined, when: string | undefined): string {
  return actor === undefined
    ? madeId('reaction', target, 'unknown', when ?? '')
    : madeId('reaction', target, actor)
}
