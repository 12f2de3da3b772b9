import type { Person, PersonRole } from '../events/interaction.ts'
import { typesOf } from './activitystreams-check.ts'
import { linkTypes, publicIris } from './activitystreams-vocabulary.ts'
import { isNode, type JsonNode } from './detail.ts'
import { type Account, defined } from './source.ts'

/** Ids that are no IRIs travel behind this, so that an export is right ActivityStreams and comes back as it was. */
const objectPrefix = 'urn:liggare:object:'
const absolute = /^(?:https?|acct|tag|at|did|mailto):[^\s<>"{}|\\^`\u0000-\u001f]+$/

export function iriOfId(id: string): string {
  return absolute.test(id) ? id : objectPrefix + encodeURIComponent(id)
}

function idOfIri(iri: string): string {
  if (!iri.startsWith(objectPrefix)) return iri
  try {
    return decodeURIComponent(iri.slice(objectPrefix.length))
  } catch {
    return iri
  }
}

/** Values of a property, null left out. */
export function valuesOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.filter((it) => it !== null)
  return isNode(value) && Array.isArray(value['@list']) ? value['@list'] : [value]
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The id a value stands for: an IRI, an object's id, a link's target. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : idOfIri(value)
  if (!isNode(value)) return undefined
  const isLink = typesOf(value).some((type) => linkTypes.has(type)) || value['href'] !== undefined
  const iri = textOf(isLink ? value['href'] : (value['id'] ?? value['@id']))
  return iri === undefined ? undefined : idOfIri(iri)
}

/** First `href` or IRI of `url`. */
export function urlOf(node: JsonNode): string | undefined {
  for (const value of valuesOf(node['url'])) {
    const url = textOf(isNode(value) ? value['href'] : value)
    if (url !== undefined) return url
  }
  return undefined
}

/** The person a reference names; what stands inline (name, handle) is taken, nothing is fetched. */
export function personOf(role: PersonRole, value: unknown, account: Account | undefined): Person | undefined {
  const id = idOf(value)
  const isOwner = id !== undefined && id === account?.platformId
  const known = isOwner ? { ...account } : {}
  const inline = isNode(value) ? inlineOf(value, id) : {}
  if (id === undefined && Object.keys(inline).length === 0) return undefined
  return defined({ platformId: id, ...known, ...inline, role })
}

function inlineOf(node: JsonNode, id: string | undefined): Omit<Person, 'role'> {
  const name = textOf(node['name'])
  if (node['href'] !== undefined) return name === undefined ? {} : { handle: name.replace(/^@/, '') }
  const user = textOf(node['preferredUsername'])
  return defined({
    handle: user === undefined ? undefined : handleAt(user, id),
    displayName: name,
    profileUrl: urlOf(node),
  })
}

/** `user@host`, as the fediverse writes it everywhere but at home. */
export function handleAt(user: string, iri: string | undefined): string {
  const host = /^https?:\/\/([^/?#]+)/.exec(iri ?? '')?.[1]
  return user.includes('@') || host === undefined ? user : `${user}@${host}`
}

export type Audience = {
  readonly visibility: 'public' | 'followers' | 'direct' | undefined
  /** Single recipients: not the public, not anybody's followers. */
  readonly recipients: readonly unknown[]
}

export function audienceOf(...nodes: readonly JsonNode[]): Audience {
  const keys = ['to', 'cc', 'bto', 'bcc', 'audience']
  const all = nodes.flatMap((node) => keys.flatMap((key) => valuesOf(node[key])))
  const ids = all.map(idOf)
  const recipients = all.filter((_, index) => {
    const id = ids[index]
    return id !== undefined && !publicIris.has(id) && !isFollowers(id) && ids.indexOf(id) === index
  })
  if (ids.some((id) => id !== undefined && publicIris.has(id))) return { visibility: 'public', recipients }
  if (ids.some((id) => id !== undefined && isFollowers(id))) return { visibility: 'followers', recipients }
  return { visibility: recipients.length > 0 ? 'direct' : undefined, recipients }
}

/** By the address alone, as Mastodon, Pleroma and Misskey build it: the collection itself is not in the document. */
function isFollowers(id: string): boolean {
  return /\/followers(?:\/|$)/.test(id)
}
