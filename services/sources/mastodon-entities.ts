import type { Attachment, Person, PersonRole } from '../events/interaction.ts'
import { htmlRepair, htmlToText } from './html-text.ts'
import { asList, asObject, asText, type Json, type JsonObject } from './lossless.ts'
import { type Candidate, defined } from './source.ts'

/** Mastodon's REST entities. The address (`uri`) is the id that every route shares; the number is the instance's own. */

export function objectIdOf(status: JsonObject): string | undefined {
  return asText(status['uri']) ?? asText(status['id'])
}

/** The host of the instance that tells: the one of a local status. */
function hostOf(iri: string | undefined): string | undefined {
  return /^https?:\/\/([^/?#]+)/.exec(iri ?? '')?.[1]
}

/** A local status stands below its author's address. */
function authorIri(status: JsonObject): string | undefined {
  return /^(https?:\/\/.+\/users\/[^/]+)\/statuses\/[^/]+/.exec(asText(status['uri']) ?? '')?.[1]
}

export function personOfAccount(
  role: PersonRole,
  value: Json | undefined,
  status?: JsonObject,
): Person | undefined {
  const account = asObject(value)
  if (account === undefined) return undefined
  const iri = asText(account['uri']) ?? (status === undefined ? undefined : authorIri(status))
  const platformId = iri ?? asText(account['id'])
  const acct = asText(account['acct']) ?? asText(account['username'])
  const host = hostOf(iri ?? asText(account['url']))
  const person = defined({
    platformId,
    handle: acct === undefined || acct.includes('@') || host === undefined ? acct : `${acct}@${host}`,
    displayName: asText(account['display_name']),
    profileUrl: asText(account['url']),
  })
  return Object.keys(person).length === 0 ? undefined : { role, ...person }
}

/** An account as the administrator sees it: with e-mail and address of the network. */
export function personOfAdminAccount(role: PersonRole, value: Json | undefined): Person | undefined {
  const admin = asObject(value)
  if (admin === undefined) return undefined
  const inner = personOfAccount(role, admin['account'] ?? admin)
  const ip = asObject(admin['ip'])
  const email = asText(admin['email'])
  return {
    role,
    ...(inner ?? {}),
    ...defined({
      email,
      // The instance sends a letter that has to be answered before it calls an account confirmed.
      emailVerified:
        email === undefined || typeof admin['confirmed'] !== 'boolean' ? undefined : admin['confirmed'],
      ip: asText(ip?.['ip'] ?? admin['ip']),
    }),
  }
}

export function mentionsOf(status: JsonObject, role: PersonRole): Person[] {
  return asList(status['mentions'])
    .map((mention) => personOfAccount(role, mention))
    .filter((person) => person !== undefined)
}

export function visibilityOf(status: JsonObject): Candidate['visibility'] {
  const word = asText(status['visibility'])
  if (word === 'direct') return 'direct'
  if (word === 'private') return 'followers'
  return word === 'public' || word === 'unlisted' ? 'public' : undefined
}

/** The text as a reader reads it, beside the HTML it came as. */
export function htmlOf(value: Json | undefined): Pick<Candidate, 'text' | 'rawText' | 'repair' | 'links'> {
  const raw = asText(value)
  if (raw === undefined) return {}
  const { text, links } = htmlToText(raw)
  return defined({
    text: text === '' ? undefined : text,
    ...(text === raw ? {} : { rawText: raw, repair: htmlRepair }),
    links: links.length === 0 ? undefined : [...links],
  })
}

export function hashtagsOf(status: JsonObject): string[] | undefined {
  const tags = asList(status['tags']).map((tag) => asText(asObject(tag)?.['name']))
  return filled(tags)
}

export function attachmentsOf(status: JsonObject): Attachment[] | undefined {
  return filled(
    asList(status['media_attachments']).map((it): Attachment | undefined => {
      const media = asObject(it)
      const url = asText(media?.['url']) ?? asText(media?.['remote_url']) ?? asText(media?.['preview_url'])
      return url === undefined ? undefined : defined({ url, description: asText(media?.['description']) })
    }),
  )
}

/** An answer to a post of one's own has the sibling's address; any other parent is known by the instance's number alone. */
export function parentOf(status: JsonObject): string | undefined {
  const id = asText(status['in_reply_to_id'])
  const own = asText(status['in_reply_to_account_id']) === asText(asObject(status['account'])?.['id'])
  const author = authorIri(status)
  return id !== undefined && own && author !== undefined ? `${author}/statuses/${id}` : id
}

/** What is quoted: newer instances wrap it with its approval. */
export function quotedOf(status: JsonObject): string | undefined {
  const quote = asObject(status['quote'])
  const quoted = asObject(quote?.['quoted_status']) ?? quote
  return quoted === undefined ? undefined : (objectIdOf(quoted) ?? asText(quote?.['quoted_status_id']))
}

function filled<T>(list: readonly (T | undefined)[]): T[] | undefined {
  const kept = list.filter((it) => it !== undefined)
  return kept.length === 0 ? undefined : kept
}
