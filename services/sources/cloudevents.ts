import { Interaction, Verb } from '../events/interaction.ts'
import type { Violation } from '../platform/errors.ts'
import {
  attributeName,
  attributeText,
  isAbsoluteUri,
  isJsonMediaType,
  isMediaType,
  isRfc3339,
  isUriReference,
} from './cloudevents-attributes.ts'

/** `type` is this and the verb. */
const typePrefix = 'se.liggare.interaction.'
const ownMapper = 'cloudevents/v1'

/** Attributes that an export of ours adds about the log, not about the fact. They are told from a stranger's by `liggaremapper`. */
const ownAttributes: ReadonlySet<string> = new Set(['recordedtime', 'sequence', 'liggaremapper'])
/** Attributes with a place of their own in the envelope; an interaction's extension of the same name travels inside `data`. */
const coreAttributes: ReadonlySet<string> = new Set([
  'specversion',
  'id',
  'source',
  'type',
  'datacontenttype',
  'data',
])

type Json = { readonly [key: string]: unknown }

/** What one CloudEvent was found to be. `alias` is the identity of the delivery by the sender (source and id, CloudEvents 1.0 § 3.1). */
export type CloudEventReading =
  | { readonly ok: true; readonly interaction: Interaction; readonly alias: string }
  | { readonly ok: false; readonly violations: readonly Violation[] }

/**
 * Reads one CloudEvents 1.0 event in the JSON format (structured mode, or one item of a batch) whose `data` is an interaction.
 * `time` is kept as it was written and never invented: without it the data must carry `occurredAt`.
 * Attributes that are not ours are kept in `extensions`, among them `subject`, `dataschema`, and a `time` that differs from `occurredAt`.
 */
export function readCloudEvent(value: unknown): CloudEventReading {
  if (!isObject(value)) return refused('', 'must be a JSON object')
  const violations: Violation[] = []
  const no = (pointer: string, reason: string): undefined => {
    violations.push({ pointer, reason })
    return undefined
  }
  const attributes = readAttributes(value, no)
  const verb = readEnvelope(value, attributes, no)
  const data = readData(value, attributes, no)
  if (violations.length > 0 || data === undefined || verb === undefined) return { ok: false, violations }

  const draft = merge(data, verb, attributes, no)
  if (violations.length > 0) return { ok: false, violations }
  const parsed = Interaction.safeParse(draft)
  if (!parsed.success) return { ok: false, violations: parsed.error.issues.map(asViolation) }
  return {
    ok: true,
    interaction: parsed.data,
    alias: cloudEventAlias(attributes.get('source') ?? '', attributes.get('id') ?? ''),
  }
}

/** Source and id in one unambiguous text: two events with the same alias are one delivery. */
function cloudEventAlias(source: string, id: string): string {
  return `cloudevents:${JSON.stringify([source, id])}`
}

/** What the log knows about the event and the interaction does not: all of it stands outside `data`. */
export type EnvelopeFacts = {
  readonly id: string
  /** URI reference of the log, the same in every export. */
  readonly source: string
  /** RFC 3339 instant at which the log recorded the event. */
  readonly recordedAt: string
  readonly position: bigint | string
}

/** The interaction as a CloudEvent; `readCloudEvent` gives back the very same interaction. */
export function toCloudEvent(interaction: Interaction, facts: EnvelopeFacts): Json {
  const { extensions, verb, ...rest } = interaction
  const outside: [string, string][] = []
  const inside: [string, string][] = []
  for (const [name, text] of Object.entries(extensions ?? {})) {
    const fits = !coreAttributes.has(name) && !ownAttributes.has(name) && attributeText(text) === text
    const pair: [string, string] = [name, text]
    if (fits && wellTyped(name, text)) outside.push(pair)
    else inside.push(pair)
  }
  // An extension called `time` is the sender's time where it was written otherwise than `occurredAt`.
  const time =
    outside.some(([name]) => name === 'time') || !isRfc3339(rest.occurredAt) ? {} : { time: rest.occurredAt }
  const kept = inside.length > 0 || (extensions !== undefined && outside.length === 0)
  return {
    specversion: '1.0',
    id: facts.id,
    source: facts.source,
    type: `${typePrefix}${verb}`,
    ...time,
    datacontenttype: 'application/json',
    ...Object.fromEntries(outside),
    recordedtime: facts.recordedAt,
    sequence: String(facts.position),
    liggaremapper: ownMapper,
    data: kept ? { ...rest, extensions: Object.fromEntries(inside) } : rest,
  }
}

type No = (pointer: string, reason: string) => undefined

/** All context attributes as text; JSON null is an attribute that is not set (JSON format § 2.2). */
function readAttributes(event: Json, no: No): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const [name, raw] of Object.entries(event)) {
    if (name === 'data' || name === 'data_base64' || raw === null) continue
    if (!attributeName.test(name)) {
      no('', 'has an attribute whose name is not lower-case letters and digits')
      continue
    }
    const text = attributeText(raw)
    if (text === undefined)
      no(`/${name}`, 'must be a string without control characters, a boolean or a 32-bit integer')
    else if (typeof raw !== 'string' && specified.has(name)) no(`/${name}`, 'must be a string')
    else if (text !== '' || specified.has(name)) attributes.set(name, text)
  }
  return attributes
}

const specified: ReadonlySet<string> = new Set([...coreAttributes, 'subject', 'dataschema', 'time'])

function readEnvelope(event: Json, attributes: ReadonlyMap<string, string>, no: No): Verb | undefined {
  for (const name of ['id', 'source', 'specversion', 'type']) {
    if (event[name] === undefined || event[name] === null) no(`/${name}`, 'is required')
  }
  for (const name of specified) {
    const text = attributes.get(name)
    if (text === '') no(`/${name}`, 'must not be empty')
    else if (text !== undefined && !wellTyped(name, text))
      no(`/${name}`, expectation[name] ?? 'is not well-formed')
  }
  const type = attributes.get('type')
  if (type === undefined || type === '') return undefined
  const verb = Verb.safeParse(type.startsWith(typePrefix) ? type.slice(typePrefix.length) : undefined)
  return verb.success ? verb.data : no('/type', `must be ${typePrefix} and a verb of the interaction`)
}

const expectation: { readonly [name: string]: string } = {
  specversion: 'must be 1.0',
  source: 'must be a URI reference (RFC 3986)',
  dataschema: 'must be an absolute URI (RFC 3986)',
  time: 'must be a date-time with an offset (RFC 3339)',
  datacontenttype: 'must be a media type (RFC 2046)',
}

function wellTyped(name: string, text: string): boolean {
  if (name === 'specversion') return text === '1.0'
  if (name === 'source') return isUriReference(text)
  if (name === 'dataschema') return isAbsoluteUri(text)
  if (name === 'time') return isRfc3339(text)
  if (name === 'datacontenttype') return isMediaType(text)
  return text !== ''
}

function readData(event: Json, attributes: ReadonlyMap<string, string>, no: No): Json | undefined {
  const contentType = attributes.get('datacontenttype')
  if (contentType !== undefined && isMediaType(contentType) && !isJsonMediaType(contentType)) {
    return no('/datacontenttype', 'must be JSON')
  }
  const base64 = event['data_base64'] ?? undefined
  const plain = event['data'] ?? undefined
  if (base64 !== undefined && plain !== undefined)
    return no('/data_base64', 'stands beside data: only one of them may')
  const data = base64 === undefined ? plain : decode(base64)
  if (isObject(data)) return data
  return base64 === undefined
    ? no('/data', 'must be an interaction')
    : no('/data_base64', 'must be base64 (RFC 4648) of an interaction as JSON in UTF-8')
}

function decode(base64: unknown): unknown {
  if (
    typeof base64 !== 'string' ||
    !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)
  )
    return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64')))
  } catch {
    return undefined
  }
}

/** The interaction that data, type, time and the other attributes say together; what they contradict each other in is refused. */
function merge(data: Json, verb: Verb, attributes: ReadonlyMap<string, string>, no: No): Json {
  if (data['verb'] !== undefined && data['verb'] !== verb)
    no('/data/verb', 'is not the verb that the type names')
  const inner = data['extensions']
  if (inner !== undefined && !isObject(inner)) no('/data/extensions', 'must be an object')
  const extensions: { [name: string]: unknown } = isObject(inner) ? { ...inner } : {}

  const time = attributes.get('time')
  const timed = data['occurredAt'] === undefined ? fromTime(time, no) : {}
  const occurredAt = data['occurredAt'] ?? timed.occurredAt
  const ours = attributes.get('liggaremapper') === ownMapper
  for (const [name, text] of attributes) {
    if (
      coreAttributes.has(name) ||
      (ours && ownAttributes.has(name)) ||
      (name === 'time' && text === occurredAt)
    )
      continue
    if (Object.hasOwn(extensions, name) && extensions[name] !== text)
      no(`/data/extensions/${name}`, 'differs from the attribute of that name')
    extensions[name] = text
  }
  const draft = { ...data, ...timed, verb }
  return Object.keys(extensions).length > 0 || inner !== undefined ? { ...draft, extensions } : draft
}

function fromTime(time: string | undefined, no: No): { occurredAt?: string; precision?: string } {
  if (time === undefined) {
    no('/time', 'is required where data has no occurredAt')
    return {}
  }
  return { occurredAt: time.toUpperCase(), ...(time.includes('.') ? { precision: 'millisecond' } : {}) }
}

/** zod names unknown keys in its message, and a key can be anything: the reason does without. */
function asViolation(issue: { code: string; path: PropertyKey[]; message: string }): Violation {
  const pointer = [
    '',
    'data',
    ...issue.path.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1')),
  ].join('/')
  return {
    pointer,
    reason: issue.code === 'unrecognized_keys' ? 'has a field that is not known' : issue.message,
  }
}

function refused(pointer: string, reason: string): CloudEventReading {
  return { ok: false, violations: [{ pointer, reason }] }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
