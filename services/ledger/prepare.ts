import { DomainError } from '../platform/errors.ts'
import { randomBytes, uuidv4, uuidv7 } from '../platform/ids.ts'
import { canonicalJson, type JsonObject } from '../platform/json.ts'
import { type Digests, identityDigestText, objectDigestText, traitDigestText } from './digests.ts'
import type { Draft, Who } from './draft.ts'
import type { Identity, IdentityCache } from './identities.ts'
import type { NewKeys } from './keyring.ts'
import { sealPart, secretLength } from './seal.ts'

/** An event ready for `ledger.append`: identities resolved as far as this process knows, parts sealed, digests made. */
export type PreparedItem = {
  readonly eventId: string
  readonly streamId: string
  readonly expectedVersion: number | null
  readonly group: number | null
  readonly type: string
  readonly channelId: string | null
  readonly threadId: string | null
  readonly capacity: string | null
  readonly occurredOn: string
  readonly data: string
  readonly digest: Buffer | null
  readonly alias: Buffer | null
  readonly content: Buffer | null
  readonly tombstones: readonly Buffer[]
  /** Those not known to stand in the database: the function takes them for new or says whose they are. */
  readonly identities: readonly { digest: Buffer; kind: string; id: string; fresh: boolean }[]
  /** Whom its parts are sealed for, each once. */
  readonly subjects: readonly { subjectId: string; fresh: boolean }[]
  readonly traits: readonly { digest: Buffer; subjectId: string; kind: string }[]
  readonly parts: readonly {
    subjectId: string
    role: string
    category: string
    digest: Buffer
    ciphertext: Buffer
    commitment: Buffer
  }[]
  /** The cache entries it relies on, to confirm or forget them by its outcome. */
  readonly relied: readonly Identity[]
  /** The traits it carries of persons that it resolves: once it is stored they need not be sent again. */
  readonly told: readonly { readonly identity: Identity; readonly traits: string }[]
}

export type Lookup = (digests: readonly Buffer[]) => Promise<readonly (string | null)[]>
export type FetchKeys = (subjectIds: readonly string[]) => Promise<Map<string, Buffer>>

export type PrepareDeps = {
  readonly controller: number
  readonly digests: Digests
  readonly cache: IdentityCache
  readonly lookUp: Lookup
  readonly fetchKeys: FetchKeys
}

const identityText = (who: Who) => (who.by === 'stable' ? identityDigestText(who.identity) : undefined)

/** Every platform id that a draft names, with its kind. */
function namesOf(draft: Draft): { text: string; kind: 'object' | 'subject' }[] {
  const names: { text: string; kind: 'object' | 'subject' }[] = []
  if ('object' in draft.stream) names.push({ text: objectDigestText(draft.stream.object), kind: 'object' })
  if (draft.thread !== undefined) names.push({ text: objectDigestText(draft.thread), kind: 'object' })
  for (const text of Object.values(draft.references ?? {}))
    names.push({ text: objectDigestText(text), kind: 'object' })
  for (const who of draft.persons) {
    const text = identityText(who)
    if (text !== undefined) names.push({ text, kind: 'subject' })
  }
  return names
}

/**
 * Finds or makes the identities that a batch names, with at most one question to the database for those not in the
 * cache. The object of an event that opens it is taken for new without asking, unless the append function has already
 * said otherwise (`careful`).
 */
async function resolve(
  deps: PrepareDeps,
  drafts: readonly Draft[],
  careful: boolean,
): Promise<Map<string, Identity>> {
  const resolved = new Map<string, Identity>()
  const missing: Identity[] = []
  for (const draft of drafts) {
    const opened =
      draft.opens === true && !careful && 'object' in draft.stream
        ? objectDigestText(draft.stream.object)
        : undefined
    for (const { text, kind } of namesOf(draft)) {
      if (resolved.has(text)) continue
      const known = deps.cache.get(text)
      if (known !== undefined) {
        resolved.set(text, known)
        continue
      }
      const digest = deps.digests.find(text)
      const identity: Identity = { text, digest, kind, id: '', confirmed: false }
      resolved.set(text, identity)
      if (text === opened) {
        identity.id = uuidv7()
        deps.cache.set(identity)
      } else {
        missing.push(identity)
      }
    }
  }
  if (missing.length > 0) {
    const found = await deps.lookUp(missing.map((identity) => identity.digest))
    for (const [index, identity] of missing.entries()) {
      const id = found[index]
      identity.confirmed = typeof id === 'string'
      identity.id = id ?? (identity.kind === 'object' ? uuidv7() : uuidv4())
      deps.cache.set(identity)
    }
  }
  return resolved
}

/**
 * Identities and keys of a batch. Between looking a person up and fetching their key a purge may have forgotten them:
 * then they are looked up once more, and come again as somebody new.
 */
async function resolveWithKeys(deps: PrepareDeps, drafts: readonly Draft[], careful: boolean, again = true) {
  const resolved = await resolve(deps, drafts, careful)
  const { keys, lost } = await provideKeys(deps, drafts, resolved)
  const [first] = lost
  if (first === undefined) return { resolved, known: keys }
  // Sealing under a made-up key would lose the content: an erasure is under way, or the keyring is another.
  if (!again)
    throw new DomainError('log-unavailable', `Subject ${first.id} has no key just now. Send it again.`)
  for (const identity of lost) deps.cache.forget(identity)
  return resolveWithKeys(deps, drafts, careful, false)
}

/** Gives every subject its key: from memory, from the keyring, or a new one for a person never seen. */
async function provideKeys(
  deps: PrepareDeps,
  drafts: readonly Draft[],
  resolved: ReadonlyMap<string, Identity>,
) {
  const wanted = new Set<string>()
  for (const identity of resolved.values()) {
    if (identity.kind === 'subject' && identity.key === undefined && identity.confirmed)
      wanted.add(identity.id)
  }
  for (const draft of drafts)
    for (const who of draft.persons) if (who.by === 'known') wanted.add(who.subjectId)
  const keys = wanted.size > 0 ? await deps.fetchKeys([...wanted]) : new Map<string, Buffer>()
  const lost: Identity[] = []
  for (const identity of resolved.values()) {
    if (identity.kind !== 'subject' || identity.key !== undefined) continue
    const key = identity.confirmed ? keys.get(identity.id) : randomBytes(32)
    if (key === undefined) lost.push(identity)
    else identity.key = key
  }
  return { keys, lost }
}

type Subject = { readonly id: string; readonly key: Buffer; readonly fresh: boolean }

/** Resolves, keys and seals a batch. Pure but for the two questions it asks through `deps` and its random bytes. */
export async function prepare(
  deps: PrepareDeps,
  drafts: readonly Draft[],
  groups: readonly (number | null)[],
  careful: boolean,
): Promise<{ items: PreparedItem[]; keys: NewKeys }> {
  const { resolved, known } = await resolveWithKeys(deps, drafts, careful)
  const subjects = new Map<string, { subjectId: string; key: Buffer }>()
  const records: { eventId: string; secrets: Buffer }[] = []
  const items = drafts.map((draft, index) => {
    const { item, secrets, fresh } = prepareOne(deps, draft, groups[index] ?? null, resolved, known)
    for (const subject of fresh) subjects.set(subject.id, { subjectId: subject.id, key: subject.key })
    if (secrets.length > 0) records.push({ eventId: item.eventId, secrets })
    return item
  })
  return { items, keys: { subjects: [...subjects.values()], records } }
}

function prepareOne(
  deps: PrepareDeps,
  draft: Draft,
  group: number | null,
  resolved: ReadonlyMap<string, Identity>,
  known: ReadonlyMap<string, Buffer>,
) {
  const eventId = uuidv7()
  const { digests } = deps
  const relied = namesOf(draft).map(({ text }) => resolved.get(text) as Identity)
  const objectId = (text: string) => (resolved.get(objectDigestText(text)) as Identity).id
  const traits: { digest: Buffer; subjectId: string; kind: string }[] = []
  const told: { identity: Identity; traits: string }[] = []
  const subjects = draft.persons.map((who) => subjectOf(deps, who, resolved, known, traits, told))
  const secrets = randomBytes(secretLength * draft.parts.length)
  const parts = draft.parts.map((part, ordinal) => {
    const subject = subjects[part.person] as Subject
    const address = {
      controller: deps.controller,
      eventId,
      ordinal,
      subjectId: subject.id,
      category: part.category,
    }
    const secret = secrets.subarray(ordinal * secretLength, (ordinal + 1) * secretLength)
    const sealed = sealPart(address, subject.key, secret, Buffer.from(JSON.stringify(part.content)))
    return {
      subjectId: subject.id,
      role: part.role,
      category: part.category,
      ...sealed,
    }
  })
  const digest = draft.fact === undefined ? null : digests.fact(draft.fact)
  const alias = draft.alias === undefined ? null : digests.fact(draft.alias)
  const stream =
    'object' in draft.stream ? (resolved.get(objectDigestText(draft.stream.object)) as Identity) : undefined
  const buried = [digest, alias, draft.lasting === true && stream !== undefined ? stream.digest : null]
  const item: PreparedItem = {
    eventId,
    streamId: 'id' in draft.stream ? draft.stream.id : (stream as Identity).id,
    expectedVersion: draft.expectedVersion ?? null,
    group,
    type: draft.type,
    channelId: draft.channelId ?? null,
    threadId: draft.thread === undefined ? null : objectId(draft.thread),
    capacity: draft.capacity ?? null,
    occurredOn: draft.occurredOn,
    data: canonicalJson(withReferences(draft, objectId)),
    digest,
    alias,
    content: draft.content === undefined ? null : digests.content(draft.content),
    tombstones: buried.filter((it) => it !== null).map(digests.tombstone),
    // What is known by its id needs no second look: of an object the id stays, of a person the function asks if they live.
    identities: [...new Set(relied)]
      .filter((it) => !it.confirmed)
      .map((it) => ({ digest: it.digest, kind: it.kind, id: it.id, fresh: true })),
    subjects: [...new Map(subjects.map(({ id, fresh }) => [id, { subjectId: id, fresh }])).values()],
    traits,
    parts,
    relied,
    told,
  }
  return { item, secrets, fresh: subjects.filter((subject) => subject.fresh) }
}

function withReferences(draft: Draft, objectId: (text: string) => string): JsonObject {
  if (draft.references === undefined) return draft.data
  const references = Object.entries(draft.references).map(([member, text]) => [member, objectId(text)])
  return { ...draft.data, ...Object.fromEntries(references) }
}

function subjectOf(
  deps: PrepareDeps,
  who: Who,
  resolved: ReadonlyMap<string, Identity>,
  known: ReadonlyMap<string, Buffer>,
  traits: { digest: Buffer; subjectId: string; kind: string }[],
  told: { identity: Identity; traits: string }[],
): Subject {
  if (who.by === 'known') {
    const key = known.get(who.subjectId)
    if (key === undefined)
      throw new DomainError('key-destroyed', `Subject ${who.subjectId} has no key: it is erased or unknown.`)
    return { id: who.subjectId, key, fresh: false }
  }
  const identity = resolved.get(identityText(who) ?? '')
  const subject: Subject =
    identity === undefined
      ? { id: uuidv4(), key: randomBytes(32), fresh: true }
      : { id: identity.id, key: identity.key as Buffer, fresh: !identity.confirmed }
  const { key: sent } = who.traits
  if (identity?.traits !== sent) {
    for (const trait of who.traits.list()) {
      traits.push({
        digest: deps.digests.find(traitDigestText(trait)),
        subjectId: subject.id,
        kind: trait.kind,
      })
    }
    if (identity !== undefined) told.push({ identity, traits: sent })
  }
  return subject
}
