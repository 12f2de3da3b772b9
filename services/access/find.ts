import type { Actor } from '../ledger/command.ts'
import { traitDigestText } from '../ledger/digests.ts'
import type { Trait } from '../ledger/draft.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, type OpenParts, reading } from '../ledger/open.ts'
import { identityParts, type Seen, seenOf, subjectsByIdentity, subjectsByTraits } from './find-queries.ts'
import { confidenceOf, type Reason, reasonsFrom } from './find-reasons.ts'
import { type Identifier, wantedBy } from './identifiers.ts'

/** Somebody the identifiers may mean. `exact` resolves by itself; `proposed` is for an officer to link or reject. */
export type Candidate = {
  readonly subject: string
  readonly match: 'exact' | 'proposed'
  /** 0–1: how much the reasons weigh together. A help to order by, never a ground to link. */
  readonly confidence: number
  readonly reasons: readonly Reason[]
  readonly records: number
  readonly firstOn?: string
  readonly lastOn?: string
  readonly channels: readonly string[]
  readonly erased: boolean
}

export type Found = { readonly lookUp: string; readonly candidates: readonly Candidate[] }

const maxCandidates = 50
/** So many are looked at more closely. */
const maxProposed = 4 * maxCandidates

/**
 * Who in a log the identifiers may mean. That somebody was looked for is an event before anything is opened; then the
 * names of those proposed are compared with the names asked for.
 */
export async function findPersons(
  ledger: Ledger,
  log: Log,
  why: { readonly actor: Actor; readonly purpose: string },
  identifiers: readonly Identifier[],
): Promise<Found> {
  const proposed = await propose(ledger, log, identifiers)
  const scope = { search: 'identifiers', subjects: [...proposed.keys()] }
  return lookUp(ledger, log, { ...why, kind: 'shown', scope }, async (open, position) => ({
    lookUp: position,
    candidates: await weigh(ledger, log, open, identifiers, proposed),
  }))
}

/** What of a subject agrees by blind index alone. */
type Proposed = {
  readonly exact: boolean
  readonly traits: readonly Trait[]
  readonly spellings: readonly Trait[]
}

async function propose(
  ledger: Ledger,
  log: Log,
  identifiers: readonly Identifier[],
): Promise<Map<string, Proposed>> {
  const { controller } = log
  const wanted = wantedBy(identifiers)
  const { find } = ledger.digests(controller)
  const digested = (traits: readonly Trait[]) =>
    new Map(traits.map((trait) => [find(traitDigestText(trait)).toString('hex'), trait]))
  const [traits, spellings] = [digested(wanted.traits), digested(wanted.spellings)]
  return reading(ledger, log, async (tx) => {
    const exact = await subjectsByIdentity(tx, controller, wanted.identities.map(find))
    const digests = [...traits.keys(), ...spellings.keys()].map((hex) => Buffer.from(hex, 'hex'))
    const found = await subjectsByTraits(tx, controller, digests, maxProposed)
    const proposed = new Map<string, Proposed>(
      exact.map((subject) => [subject, { exact: true, traits: [], spellings: [] }]),
    )
    for (const { subjectId, traits: agreeing } of found) {
      proposed.set(subjectId, {
        exact: proposed.has(subjectId),
        traits: agreeing.flatMap((hex) => traits.get(hex) ?? []),
        spellings: agreeing.flatMap((hex) => spellings.get(hex) ?? []),
      })
    }
    return proposed
  })
}

async function weigh(
  ledger: Ledger,
  log: Log,
  open: OpenParts,
  identifiers: readonly Identifier[],
  proposed: ReadonlyMap<string, Proposed>,
): Promise<Candidate[]> {
  const subjects = [...proposed.keys()]
  return reading(ledger, log, async (tx) => {
    const seen = await seenOf(tx, log.controller, subjects)
    const positions = await identityParts(tx, log.controller, subjects)
    const names = new Map<string, Set<string>>()
    for (const { subjectId, content } of await open(tx, positions)) {
      const name = content?.['displayName']
      if (typeof name !== 'string') continue
      names.set(subjectId, (names.get(subjectId) ?? new Set()).add(name))
    }
    return [...seen.values()]
      .map((it) => candidateOf(it, identifiers, proposed.get(it.subjectId), names.get(it.subjectId)))
      .filter(({ reasons }) => reasons.length > 0)
      .sort(
        (a, b) => b.confidence - a.confidence || b.records - a.records || (a.subject < b.subject ? -1 : 1),
      )
      .slice(0, maxCandidates)
  })
}

function candidateOf(
  seen: Seen,
  identifiers: readonly Identifier[],
  proposed: Proposed | undefined,
  names: ReadonlySet<string> | undefined,
): Candidate {
  const exact = proposed?.exact ?? false
  const weighed = reasonsFrom(identifiers, proposed?.traits ?? [], proposed?.spellings ?? [], names)
  const { subjectId, records, firstOn, lastOn, channels, erased } = seen
  return {
    subject: subjectId,
    match: exact ? 'exact' : 'proposed',
    confidence: exact ? 1 : confidenceOf(weighed),
    reasons: [...(exact ? (['platformId'] as const) : []), ...weighed.map(({ reason }) => reason)],
    records,
    ...(firstOn === null ? {} : { firstOn }),
    ...(lastOn === null ? {} : { lastOn }),
    channels,
    erased,
  }
}
