import type { Violation } from '../platform/errors.ts'
import {
  isAbsoluteIri,
  isAsDateTime,
  isDuration,
  isIriLike,
  isLanguageTag,
  isLinkRelation,
  isMime,
} from './activitystreams-literals.ts'
import {
  collectionTypes,
  isContextIri,
  knownTypes,
  linkTypes,
  orderedTypes,
  pageTypes,
  type Range,
  ranges,
  shortName,
} from './activitystreams-vocabulary.ts'
import { isNode, type JsonNode, numberText } from './detail.ts'

export type CheckOptions = {
  /** Downloads write the addresses of their own files relative to themselves; a document on the web may not. */
  readonly relative?: boolean
}

const maxDepth = 60
const maxViolations = 20

/** What is wrong with a document as ActivityStreams 2.0 (Core and Vocabulary), by place; nothing where it is right. */
export function checkActivityStreams(value: unknown, options: CheckOptions = {}): readonly Violation[] {
  const violations: Violation[] = []
  const no: No = (pointer, reason) => {
    if (violations.length < maxViolations) violations.push({ pointer, reason })
    return undefined
  }
  if (isNode(value)) checkNode(value, '', 0, { no, relative: options.relative === true })
  else no('', 'must be one JSON object')
  return violations
}

type No = (pointer: string, reason: string) => undefined
type Scope = { readonly no: No; readonly relative: boolean }

/** Types of a node without the vocabulary's prefix; `@type` is the same property (JSON-LD keyword). */
export function typesOf(node: JsonNode): readonly string[] {
  const value = node['type'] ?? node['@type']
  const list = Array.isArray(value) ? value : [value]
  return list.filter((type): type is string => typeof type === 'string').map(shortName)
}

function checkNode(node: JsonNode, at: string, depth: number, scope: Scope): undefined {
  const { no } = scope
  if (depth > maxDepth) return no(at, 'is nested too deeply')
  checkContext(node['@context'], `${at}/@context`, depth === 0, no)
  for (const key of ['id', '@id']) {
    const id = node[key] ?? undefined
    if (id !== undefined && !(typeof id === 'string' && isIriLike(id))) no(`${at}/${key}`, 'must be an IRI')
  }
  for (const key of ['type', '@type']) {
    const type = node[key] ?? undefined
    const list = Array.isArray(type) ? type : [type]
    if (type !== undefined && !list.every((it) => typeof it === 'string' && isIriLike(it))) {
      no(`${at}/${key}`, 'must be a type or a list of types')
    }
  }
  const types = typesOf(node)
  for (const [key, value] of Object.entries(node)) {
    const range = ranges.get(shortName(key))
    if (range !== undefined && value !== null) checkProperty(range, value, `${at}/${key}`, depth, scope)
  }
  checkCollection(node, types, at, no)
  // Vocabulary § 3: a Question must not have both.
  if ((node['oneOf'] ?? undefined) !== undefined && (node['anyOf'] ?? undefined) !== undefined) {
    no(`${at}/anyOf`, 'stands beside oneOf')
  }
}

/** Core § 2.1: where a context is given it has to name the normative one. */
function checkContext(value: unknown, at: string, top: boolean, no: No): undefined {
  if (value === undefined || value === null) return
  const list = Array.isArray(value) ? value : [value]
  if (!list.every((it) => it === null || typeof it === 'string' || isNode(it))) {
    return no(at, 'must be an IRI, an object, or a list of them')
  }
  if (top && !list.some(mentionsVocabulary)) no(at, 'does not name the ActivityStreams context')
}

function mentionsVocabulary(context: unknown): boolean {
  if (typeof context === 'string') return isContextIri(context)
  if (!isNode(context)) return false
  const values = Object.entries(context)
  const own = values.some(([, value]) => {
    const iri = isNode(value) ? value['@id'] : value
    return typeof iri === 'string' && isContextIri(iri)
  })
  return own || values.every(([key]) => key.startsWith('@') && key !== '@vocab')
}

/** Vocabulary § 2.2: `items` for collections without an order, `orderedItems` for those with one. */
function checkCollection(node: JsonNode, types: readonly string[], at: string, no: No): undefined {
  const ordered = types.some((type) => orderedTypes.has(type))
  const collection = types.some((type) => collectionTypes.has(type))
  const items = node['items'] ?? undefined
  const isList = isNode(items) && '@list' in items
  if (ordered && items !== undefined && !isList) no(`${at}/items`, 'belongs to a collection without an order')
  if (collection && !ordered && (node['orderedItems'] ?? undefined) !== undefined) {
    no(`${at}/orderedItems`, 'belongs to a collection with an order')
  }
}

function checkProperty(range: Range, value: unknown, at: string, depth: number, scope: Scope): undefined {
  const { no } = scope
  const literal = literals[range]
  if (literal !== undefined) {
    const list = Array.isArray(value) ? value : [value]
    if (list.length > 1 && range !== 'link-relation' && range !== 'text')
      return no(at, 'has more than one value')
    if (!list.every((it) => it === null || literal.fits(it) || isValueObject(it, literal.fits)))
      no(at, literal.reason)
    return
  }
  if (
    range === 'closed' &&
    (typeof value === 'boolean' || (typeof value === 'string' && isAsDateTime(value)))
  )
    return
  const list = asItems(value)
  if (list.length > 1 && single.has(range)) return no(at, 'has more than one value')
  for (const [index, item] of list.entries()) {
    checkReference(range, item, Array.isArray(value) ? `${at}/${index}` : at, depth, scope)
  }
}

function checkReference(range: Range, item: unknown, at: string, depth: number, scope: Scope): undefined {
  const { no } = scope
  if (item === null) return
  if (typeof item === 'string') {
    const absolute = range === 'url' || range === 'href'
    if (absolute && !scope.relative && !isAbsoluteIri(item)) no(at, 'must be an absolute IRI')
    else if (range !== 'name' && !isIriLike(item)) no(at, 'must be an IRI')
    return
  }
  if (!isNode(item) || range === 'href') {
    return no(at, range === 'href' ? 'must be an absolute IRI' : 'must be an object, a link or an IRI')
  }
  checkNode(item, at, depth + 1, scope)
  const types = typesOf(item)
  const fitting = range === 'page' ? pageTypes : range === 'collection' ? collectionTypes : undefined
  const known = types.some((type) => knownTypes.has(type))
  if (fitting !== undefined && known && !types.some((type) => fitting.has(type) || linkTypes.has(type))) {
    no(at, range === 'page' ? 'must be a page of the collection' : 'must be a collection')
  }
}

const single: ReadonlySet<Range> = new Set<Range>(['one-reference', 'page', 'collection', 'href'])

function asItems(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (isNode(value) && Array.isArray(value['@list'])) return value['@list']
  return [value]
}

type Literal = { readonly fits: (value: unknown) => boolean; readonly reason: string }

const text = (fits: (text: string) => boolean) => (value: unknown) => typeof value === 'string' && fits(value)
/** A JSON number, or its digits as text, which JSON-LD reads as the same typed literal. */
const number = (fits: (number: number) => boolean) => (value: unknown) => {
  const digits = numberText(value) ?? (typeof value === 'number' ? String(value) : value)
  return (
    typeof digits === 'string' && /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(digits) && fits(Number(digits))
  )
}

const literals: { readonly [range in Range]?: Literal } = {
  text: {
    fits: (value) => typeof value === 'string' || isSoleLanguage(value),
    reason: 'must be a text; texts in several languages stand in the Map property',
  },
  'language-map': { fits: isLanguageMap, reason: 'must be an object of texts by language tag (BCP 47)' },
  language: { fits: text(isLanguageTag), reason: 'must be a language tag (BCP 47)' },
  'media-type': { fits: text(isMime), reason: 'must be a media type' },
  'link-relation': { fits: text(isLinkRelation), reason: 'must be a link relation' },
  string: { fits: text(() => true), reason: 'must be a text' },
  'date-time': { fits: text(isAsDateTime), reason: 'must be a date-time with an offset (RFC 3339)' },
  duration: { fits: text(isDuration), reason: 'must be a duration (xsd:duration)' },
  count: {
    fits: number((it) => Number.isInteger(it) && it >= 0),
    reason: 'must be a whole number, not negative',
  },
  number: { fits: number(Number.isFinite), reason: 'must be a number' },
  percentage: { fits: number((it) => it >= 0 && it <= 100), reason: 'must be a number from 0 to 100' },
  'non-negative': { fits: number((it) => it >= 0), reason: 'must be a number, not negative' },
}

/** JSON-LD 1.0 § 6.4: a typed or language-tagged literal written out. */
function isValueObject(value: unknown, fits: (value: unknown) => boolean): boolean {
  return isNode(value) && '@value' in value && fits(value['@value'])
}

/** One text with its language, as earlier drafts wrote it. With several it is a map in the place of a text. */
function isSoleLanguage(value: unknown): boolean {
  return isLanguageMap(value) && Object.keys(value as JsonNode).length === 1
}

function isLanguageMap(value: unknown): boolean {
  if (!isNode(value)) return false
  return Object.entries(value).every(
    ([tag, it]) =>
      (isLanguageTag(tag) || tag === '@none') &&
      (typeof it === 'string' ||
        it === null ||
        (Array.isArray(it) && it.every((one) => typeof one === 'string'))),
  )
}
