import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { Interaction, type InteractionInput } from '../events/interaction.ts'

/** An interaction as a platform file knows it; the channel is known to the caller alone. */
export type Candidate = Omit<InteractionInput, 'channel'>

/** One item of a delivery. Nothing is dropped: what no mapper understands is `unrecognised`, with the text it came as. */
export type Translated =
  | PlatformDemand
  | {
      readonly kind: 'interaction'
      readonly interaction: Candidate
      /** Second identity where a route has no native ids: author, second and repaired text (see `aliasOf`). */
      readonly alias?: string
    }
  | {
      readonly kind: 'unrecognised'
      /** The platform's own word for what it is. Never content: it is shown in reports. */
      readonly nativeKind: string
      /** The item as JSON or XML text, well-formed and without NUL; personal, to be sealed. */
      readonly raw: string
      /** Why, without content: it is shown in reports. */
      readonly reason: string
    }

/** The platform wants stored content changed or gone. Terms against archive law: it waits for a decision and does nothing by itself. */
export type PlatformDemand = {
  readonly kind: 'platform-demand'
  /** withhold: hidden, suspended or protected on the platform; restore: no longer so; modify: edited, or a part taken out. */
  readonly action: 'delete' | 'modify' | 'withhold' | 'restore'
  /** The post it is about; with `userId` alone, all of that account's. */
  readonly objectId?: string
  readonly userId?: string
  /** RFC 3339. */
  readonly at: string
  readonly basis: 'occurred' | 'observed'
  readonly native: NonNullable<Candidate['native']>
}

/** What came over HTTP: the bytes as signed, header names in lower case, the instant of arrival (RFC 3339). */
export type Delivery = {
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly receivedAt: string
}

/** Secrets of a channel in force, newest first: two while one is being rotated. Bytes, since platforms key HMACs differently. */
export type Secrets = readonly Uint8Array[]

export type ChallengeAnswer = { readonly status: number; readonly contentType: string; readonly body: string }

/** A platform that posts to `hooks/{platform}/{channelId}`. Pure: no clock, no database, no HTTP framework. */
export type WebhookSource = {
  readonly platform: string
  /** Mapper and version, as in `native.mapper`. */
  readonly mapper: string
  /** The answer to a platform's GET, or undefined where the query is no challenge of this platform. */
  readonly challenge?: (
    query: Readonly<Record<string, string | undefined>>,
    secrets: ChallengeSecrets,
  ) => ChallengeAnswer | undefined
  readonly verify: (delivery: Delivery, secrets: Secrets) => boolean
  /** Throws `source-malformed` for a body that is no JSON object, and nothing else. */
  readonly translate: (body: Uint8Array, receivedAt: string) => Iterable<Translated>
}

/** `signing` keys HMACs; `verifyToken` is what Meta repeats in the challenge, known only to the channel's settings. */
export type ChallengeSecrets = { readonly signing: Secrets; readonly verifyToken?: string }

/** The account an archive belongs to: what an export's own acts have as author. */
export type Account = {
  readonly platformId?: string
  readonly handle?: string
  readonly displayName?: string
  readonly profileUrl?: string
}

/** One member of an archive, already checked for its path, size and ratio by the reader. */
export type ArchiveFile = {
  /** Path inside the archive, forward slashes. */
  readonly path: string
  readonly bytes: AsyncIterable<Uint8Array>
  /** When the archive was made or, if that is unknown, read (RFC 3339): the time of facts that have none. */
  readonly observedAt: string
}

/** facts: `translate` reads it · account: `account` reads it · ignored: says nothing of interactions · unknown: is reported. */
export type FileRole = 'facts' | 'account' | 'ignored' | 'unknown'

/** A platform's download. Files come one by one, in any order but the account file first where there is one. */
export type ArchiveSource = {
  readonly platform: string
  readonly mapper: string
  /** Whether an archive with these member paths is of this platform and make. */
  readonly recognise: (paths: readonly string[]) => boolean
  readonly role: (path: string) => FileRole
  /** Whose archive it is: an archive of another account than the channel's is refused by the caller. */
  readonly account?: (file: ArchiveFile) => Promise<Account | undefined>
  /** When the archive says it was made (RFC 3339), read from a file of role `account`. */
  readonly madeAt?: (file: ArchiveFile) => Promise<string | undefined>
  /** Throws `source-malformed` (file and place) for a file that cannot be read; an odd item is `unrecognised`. */
  readonly translate: (file: ArchiveFile, account: Account | undefined) => AsyncIterable<Translated>
}

const anyChannel = '00000000-0000-4000-8000-000000000000'

/** The longest raw text that an unrecognised item keeps, in UTF-16 code units: the sealed delivery has the rest. */
export const maxRawLength = 1_000_000

/**
 * What every platform file ends with: a candidate that fits the wire schema, or the item as unrecognised. The reason names the
 * fields that did not fit, never their values.
 */
export function accept(candidate: Candidate, item: unknown, alias?: string): Translated {
  const parsed = Interaction.safeParse({ ...candidate, channel: anyChannel })
  if (parsed.success)
    return alias === undefined
      ? { kind: 'interaction', interaction: candidate }
      : { kind: 'interaction', interaction: candidate, alias }
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.map(String).join('.')))]
  return unrecognised(
    candidate.native?.kind ?? candidate.verb,
    item,
    `does not fit: ${fields.slice(0, 5).join(', ')}`,
  )
}

/** `nativeKind` is cut to printable ASCII: a platform's words are; whatever else stands there is not a word of its. */
export function unrecognised(nativeKind: string, item: unknown, reason: string): Translated {
  const word = nativeKind.replace(/[^\x21-\x7e]+/g, '?').slice(0, 128)
  return { kind: 'unrecognised', nativeKind: word === '' ? '?' : word, raw: rawText(item), reason }
}

/** JSON escapes NUL and lone surrogates by itself; a text (XML) is escaped the same way, so that PostgreSQL can hold it. */
function rawText(item: unknown): string {
  const text = typeof item === 'string' ? item : jsonText(item)
  const held = text.length > maxRawLength ? `${text.slice(0, maxRawLength)}…` : text
  if (held.isWellFormed() && !held.includes('\u0000')) return held
  return held
    .replaceAll('\u0000', '\\u0000')
    .replace(/\p{Surrogate}/gu, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`)
}

function jsonText(item: unknown): string {
  try {
    return JSON.stringify(item) ?? 'null'
  } catch {
    return '"nested too deeply to be written"'
  }
}

/** The second identity of a fact: same author, same second, same (repaired) text. Undefined where a part is missing. */
export function aliasOf(
  author: string | undefined,
  occurredAt: string,
  text: string | undefined,
): string | undefined {
  if (author === undefined || text === undefined) return undefined
  return JSON.stringify([author, Math.floor(Date.parse(occurredAt) / 1000), text.normalize('NFC')])
}

/**
 * An object id for what has none of its own (a reaction, a follow, a comment in an export): `~kind/part/…`, the same for the same
 * parts whatever the order of arrival. Object ids are sealed, so a hash inside one is no plain hash of a person's words outside.
 */
export function madeId(kind: string, ...parts: readonly string[]): string {
  const id = ['~', kind, ...parts.map((part) => `/${part}`)].join('')
  const fits = id.length <= 512 && id.isWellFormed() && !id.includes('\u0000')
  return fits ? id : `~${kind}/${contentHash(...parts)}`
}

/** Sixteen hex digits over texts, for object ids only. */
export function contentHash(...texts: readonly (string | undefined)[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16)
}

/** What no field holds, as canonical JSON for `native.detail`; undefined where nothing is left. */
export function detailOf(rest: Readonly<Record<string, unknown>>): string | undefined {
  const said = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  )
  if (Object.keys(said).length === 0) return undefined
  try {
    return canonicalize(said)
  } catch {
    // RFC 8785 knows no lone surrogates; JSON.stringify escapes them.
    return jsonText(said)
  }
}

/** A platform's own word, or `?`: what a stranger may have put there instead is not shown in reports. */
export function nativeWord(value: unknown): string {
  return typeof value === 'string' && /^[A-Za-z][\w.:#-]{0,63}$/.test(value) ? value : '?'
}

/** Leaves out what is undefined: an absent field and an undefined one are not the same on the wire. */
export function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept: { [key: string]: unknown } = {}
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) kept[key] = value
  return kept as { [K in keyof T]: Exclude<T[K], undefined> }
}
