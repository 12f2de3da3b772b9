import type { Trait } from '../ledger/draft.ts'
import { compareNames, type NameMatch } from './find-spelling.ts'
import type { Identifier } from './identifiers.ts'

/** Why somebody is proposed. A reason with `Spelling`: but for a letter, or a sound written otherwise. */
export type Reason = 'platformId' | 'email' | 'url' | 'handle' | 'handleSpelling' | NameMatch['reason']

export type Weighed = { readonly reason: Exclude<Reason, 'platformId'>; readonly weight: number }

const weights = { email: 0.85, url: 0.8, handle: 0.7, handleSpelling: 0.3 } as const
const nameWeights = { name: 0.5, nameSpelling: 0.4, namePart: 0.45 } as const

/**
 * What agrees between what was asked for and one person: by what the blind index says, and by the names they go by, now
 * or formerly. Where no name can be read any more, the words that the index knows are all there is.
 */
export function reasonsFrom(
  identifiers: readonly Identifier[],
  traits: readonly Trait[],
  spellings: readonly Trait[],
  names: ReadonlySet<string> | undefined,
): Weighed[] {
  const found: Weighed[] = []
  for (const kind of ['email', 'url', 'handle'] as const) {
    if (traits.some((it) => it.kind === kind)) found.push({ reason: kind, weight: weights[kind] })
  }
  if (!traits.some(({ kind }) => kind === 'handle') && spellings.some(({ kind }) => kind === 'handle')) {
    found.push({ reason: 'handleSpelling', weight: weights.handleSpelling })
  }
  const wanted = identifiers.flatMap(({ displayName }) => displayName ?? [])
  if (wanted.length === 0) return found
  const best = names === undefined ? byIndex(wanted, traits, spellings) : byName(wanted, names)
  if (best !== undefined) found.push(best)
  return found
}

function byName(wanted: readonly string[], names: ReadonlySet<string>): Weighed | undefined {
  return wanted
    .flatMap((asked) => [...names].map((name) => compareNames(asked, name)))
    .flatMap((match) =>
      match === undefined ? [] : [{ reason: match.reason, weight: nameWeights[match.reason] * match.share }],
    )
    .toSorted((a, b) => b.weight - a.weight)[0]
}

function byIndex(
  wanted: readonly string[],
  traits: readonly Trait[],
  spellings: readonly Trait[],
): Weighed | undefined {
  const agreeing = [...traits, ...spellings].filter(({ kind }) => kind === 'name').length
  if (agreeing === 0) return undefined
  const words = Math.max(...wanted.map((it) => it.split(/[\s-]+/).length))
  return { reason: 'namePart', weight: nameWeights.namePart * Math.min(1, agreeing / words) }
}

/** Independent grounds add up: 1 − Π(1 − weight), in hundredths. */
export function confidenceOf(weighed: readonly Weighed[]): number {
  const doubt = weighed.reduce((left, { weight }) => left * (1 - weight), 1)
  return Math.round((1 - doubt) * 100) / 100
}
