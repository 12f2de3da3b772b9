import type { Person } from '../events/interaction.ts'
import { typesOf } from './activitystreams-check.ts'
import { isAsDateTime } from './activitystreams-literals.ts'
import { idOf, personOf, urlOf, valuesOf } from './activitystreams-person.ts'
import { knownTypes } from './activitystreams-vocabulary.ts'
import { isNode, type JsonNode } from './detail.ts'
import { type Account, type Candidate, defined, nativeWord } from './source.ts'

export type Saying = {
  readonly mapper: string
  /** The time of facts that have none (RFC 3339). */
  readonly observedAt: string
  readonly account?: Account | undefined
}

export type Act = {
  readonly activity: JsonNode
  readonly object: unknown
  readonly kind: string
  readonly saying: Saying
}

/** The vocabulary's own word first, for reports. */
export function kindOf(node: JsonNode): string {
  return nativeWord(typesOf(node).find((type) => knownTypes.has(type)) ?? typesOf(node)[0] ?? 'Object')
}

type Core = Pick<Candidate, 'objectId' | 'verb'> & {
  [key in 'actId' | 'inReplyTo' | 'reaction' | 'derivedFrom' | 'visibility']?: Candidate[key] | undefined
}

export function plainAct(
  act: Act,
  object: JsonNode,
  core: Core,
  time: string | undefined,
  detail?: string,
): Candidate {
  return defined({
    ...core,
    actId: core.actId ?? (core.verb === 'shared' ? undefined : idOf(act.activity)),
    ...timeOf(time, act.saying),
    persons: persons(act, object, [], false),
    native: native(act, object, time, detail),
  }) as Candidate
}

/** The author first, then whom the object names. A recipient of a private message who is also mentioned is a recipient. */
export function persons(
  act: Act,
  object: JsonNode,
  recipients: readonly unknown[],
  isDirect: boolean,
): Person[] {
  const { account } = act.saying
  const actors = valuesOf(act.activity['actor'])
  const authors = actors.length > 0 ? actors : valuesOf(object['attributedTo'])
  const mentions = valuesOf(object['tag']).filter((tag) => isNode(tag) && typesOf(tag).includes('Mention'))
  const mentioned = new Set(mentions.map(idOf))
  const addressed = recipients.filter((it) => isDirect && !mentioned.has(idOf(it)))
  const to = new Set(recipients.map(idOf))
  return [
    ...authors.map((it, index) => personOf(index === 0 ? 'author' : 'tagged', it, account)),
    ...mentions.map((it) => personOf(isDirect && to.has(idOf(it)) ? 'recipient' : 'mentioned', it, account)),
    ...addressed.map((it) => personOf('recipient', it, account)),
  ].filter((it) => it !== undefined)
}

export function native(act: Act, object: JsonNode, time: string | undefined, detail: string | undefined) {
  const inner = kindOf(object)
  const kind = [act.kind, Object.keys(object).length > 0 ? inner : ''].filter((it) => it !== '').join('/')
  return defined({ kind: kind === '' ? 'Object' : kind, time, mapper: act.saying.mapper, detail })
}

export function timeOf(text: string | undefined, saying: Saying, basis: 'occurred' | 'edited' = 'occurred') {
  if (text === undefined || !isAsDateTime(text)) {
    return { occurredAt: saying.observedAt, precision: 'second' as const, basis: 'observed' as const }
  }
  const isMinute = /T\d{2}:\d{2}(?:Z|[+-])/.test(text)
  const occurredAt = isMinute ? text.replace(/(T\d{2}:\d{2})/, '$1:00') : text
  return {
    occurredAt,
    precision: isMinute ? 'minute' : text.includes('.') ? 'millisecond' : 'second',
    basis,
  } as const
}

const told = new Set(
  '@context @id @type id type content name attributedTo published updated inReplyTo to cc bto bcc audience attachment image mediaType conversation generator quoteUrl quote replies likes shares atomUri inReplyToAtomUri'.split(
    ' ',
  ),
)

/** What no field holds: the address, warnings, the poll, several languages, whatever an extension says. */
export function leftovers(object: JsonNode, isProfile = false): JsonNode {
  const rest = Object.entries(object).filter(([key]) => isProfile || !told.has(key))
  const fields = Object.fromEntries(
    rest.filter(([, value]) => value !== null && value !== false && !isEmpty(value)),
  )
  if (object['name'] === undefined || object['content'] === undefined) delete fields['summary']
  const map = fields['contentMap']
  if (isNode(map) && Object.keys(map).length < 2) delete fields['contentMap']
  const tags = valuesOf(fields['tag']).filter(
    (tag) => !(isNode(tag) && /^(?:Mention|Hashtag)$/.test(typesOf(tag)[0] ?? '')),
  )
  if (tags.length === 0) delete fields['tag']
  else if ('tag' in fields) fields['tag'] = tags
  return defined({ ...fields, url: urlOf(object) })
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
