import type { Actor } from '../ledger/command.ts'
import { traitDigestText } from '../ledger/digests.ts'
import type { Trait } from '../ledger/draft.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, reading } from '../ledger/open.ts'
import { seenOf, subjectsByIdentity, subjectsByTraits } from './find-queries.ts'
import { type Identifier, wantedBy } from './identifiers.ts'

type Reason = 'platformId' | Trait['kind']

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
/** What one agreeing trait weighs. Names weigh by how large a part of the name agrees. */
const weights = { handle: 0.7, url: 0.8, email: 0.85, name: 0.5 } as const

/** Who in a log the identifiers may mean. That somebody was looked for is an event before anything is answered. */
export async function findPersons(
  ledger: Ledger,
  log: Log,
  why: { readonly actor: Actor; readonly purpose: string },
  identifiers: readonly Identifier[],
): Promise<Found> {
  const candidates = await candidatesFor(ledger, log, identifiers)
  const scope = { search: 'identifiers', subjects: candidates.map(({ subject }) => subject) }
  return lookUp(ledger, log, { ...why, kind: 'shown', scope }, async (_open, position) => ({
    lookUp: position,
    candidates,
  }))
}

async function candidatesFor(
  ledger: Ledger,
  log: Log,
  identifiers: readonly Identifier[],
): Promise<Candidate[]> {
  const wanted = wantedBy(identifiers)
  const { find } = ledger.digests(log.controller)
  const traits = new Map(wanted.traits.map((trait) => [find(traitDigestText(trait)).toString('hex'), trait]))
  return reading(ledger, log, async (tx) => {
    const exact = new Set(await subjectsByIdentity(tx, log.controller, wanted.identities.map(find)))
    const digests = [...traits.keys()].map((hex) => Buffer.from(hex, 'hex'))
    const proposed = await subjectsByTraits(tx, log.controller, digests, 4 * maxCandidates)
    const names = wanted.traits.filter(({ kind }) => kind === 'name').length
    const agreeing = new Map(
      proposed.map((it) => [it.subjectId, it.traits.flatMap((hex) => traits.get(hex) ?? [])]),
    )
    const seen = await seenOf(tx, log.controller, [...new Set([...exact, ...agreeing.keys()])])
    const all = [...seen.values()].map((it): Candidate => {
      const same = agreeing.get(it.subjectId) ?? []
      const certain = exact.has(it.subjectId)
      return {
        subject: it.subjectId,
        match: certain ? 'exact' : 'proposed',
        confidence: certain ? 1 : confidenceOf(same, names),
        reasons: [...(certain ? ['platformId' as const] : []), ...new Set(same.map(({ kind }) => kind))],
        records: it.records,
        ...(it.firstOn === null ? {} : { firstOn: it.firstOn }),
        ...(it.lastOn === null ? {} : { lastOn: it.lastOn }),
        channels: it.channels,
        erased: it.erased,
      }
    })
    return all
      .sort(
        (a, b) => b.confidence - a.confidence || b.records - a.records || (a.subject < b.subject ? -1 : 1),
      )
      .slice(0, maxCandidates)
  })
}

/** Independent grounds add up: 1 − Π(1 − weight), in hundredths. */
function confidenceOf(same: readonly Trait[], names: number): number {
  const kinds = new Set(same.map(({ kind }) => kind))
  let doubt = 1
  for (const kind of kinds) {
    const share = kind === 'name' ? same.filter((it) => it.kind === 'name').length / Math.max(1, names) : 1
    doubt *= 1 - weights[kind] * share
  }
  return Math.round((1 - doubt) * 100) / 100
}
