/** What the Activity Vocabulary (W3C Recommendation 2017) says of each property's range. Properties not listed are extensions. */
export type Range =
  | 'reference' // Object | Link | IRI, any number
  | 'one-reference' // the same, at most one
  | 'page' // CollectionPage | Link | IRI, at most one
  | 'collection' // Collection | Link | IRI, at most one
  | 'url' // absolute IRI | Link, any number
  | 'href' // absolute IRI, one
  | 'items'
  | 'name' // string, or a reference: formerType, relationship
  | 'text'
  | 'language-map'
  | 'language'
  | 'media-type'
  | 'link-relation'
  | 'string'
  | 'date-time'
  | 'duration'
  | 'count' // xsd:nonNegativeInteger
  | 'number'
  | 'percentage'
  | 'non-negative'
  | 'closed' // Object | Link | date-time | boolean

function all(range: Range, names: string): [string, Range][] {
  return names.split(' ').map((name) => [name, range])
}

export const ranges: ReadonlyMap<string, Range> = new Map([
  ...all(
    'reference',
    'actor attachment attributedTo audience bcc bto cc context generator icon image inReplyTo instrument location object origin preview result tag target to oneOf anyOf',
  ),
  ...all('one-reference', 'subject describes'),
  ...all('page', 'current first last next prev'),
  ...all('collection', 'partOf replies'),
  ...all('url', 'url'),
  ...all('href', 'href'),
  ...all('items', 'items orderedItems'),
  ...all('name', 'formerType relationship'),
  ...all('text', 'name summary content'),
  ...all('language-map', 'nameMap summaryMap contentMap'),
  ...all('language', 'hreflang'),
  ...all('media-type', 'mediaType'),
  ...all('link-relation', 'rel'),
  ...all('string', 'units preferredUsername'),
  ...all('date-time', 'published updated startTime endTime deleted'),
  ...all('duration', 'duration'),
  ...all('count', 'totalItems startIndex height width'),
  ...all('number', 'altitude latitude longitude'),
  ...all('percentage', 'accuracy'),
  ...all('non-negative', 'radius'),
  ...all('closed', 'closed'),
])

/** Every type of the vocabulary; a type outside it is an extension, of which nothing is known. */
export const knownTypes: ReadonlySet<string> = new Set(
  (
    'Object Link Activity IntransitiveActivity Collection OrderedCollection CollectionPage OrderedCollectionPage Accept ' +
    'TentativeAccept Add Arrive Create Delete Follow Ignore Join Leave Like Offer Invite Reject TentativeReject Remove Undo ' +
    'Update View Listen Read Move Travel Announce Block Flag Dislike Question Application Group Organization Person Service ' +
    'Article Document Audio Image Video Note Page Event Place Mention Profile Relationship Tombstone'
  ).split(' '),
)

export const actorTypes: ReadonlySet<string> = new Set([
  'Application',
  'Group',
  'Organization',
  'Person',
  'Service',
  'Profile',
])
export const linkTypes: ReadonlySet<string> = new Set(['Link', 'Mention'])
export const pageTypes: ReadonlySet<string> = new Set(['CollectionPage', 'OrderedCollectionPage'])
export const orderedTypes: ReadonlySet<string> = new Set(['OrderedCollection', 'OrderedCollectionPage'])
export const collectionTypes: ReadonlySet<string> = new Set(['Collection', 'OrderedCollection', ...pageTypes])

const namespace = /^(?:https?:\/\/www\.w3\.org\/ns\/activitystreams#|as:)/
const contextIri = /^https?:\/\/www\.w3\.org\/ns\/activitystreams(?:\.jsonld)?#?$/

/** A type or property name without the vocabulary's own prefix. */
export function shortName(name: string): string {
  return name.replace(namespace, '')
}

export function isContextIri(text: string): boolean {
  return contextIri.test(text) || namespace.test(text)
}

export const publicIris: ReadonlySet<string> = new Set([
  'https://www.w3.org/ns/activitystreams#Public',
  'http://www.w3.org/ns/activitystreams#Public',
  'as:Public',
  'Public',
])
