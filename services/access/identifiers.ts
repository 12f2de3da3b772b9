import { z } from 'zod'
import { Platform, text } from '../events/vocabulary.ts'
import { identityDigestText, traitDigestText } from '../ledger/digests.ts'
import type { Trait } from '../ledger/draft.ts'
import { stableIdentity, traitsOf } from '../subjects/identify.ts'
import { spellingsOf } from './find-spelling.ts'

/** What a person says they are found by. Personal data: it arrives in a body and is kept sealed only. */
export const Identifier = z
  .strictObject({
    platform: Platform.optional(),
    platformId: text(256).optional().meta({
      description: 'Kontots id på plattformen; kräver platform / the stable id of the account',
      example: '100000000000017',
    }),
    handle: text(256).optional().meta({ example: 'exempelperson' }),
    email: text(320).optional().meta({ example: 'exempel@example.org' }),
    displayName: text(512).optional().meta({ example: 'Exempel Exempelsson' }),
    phone: text(40).optional().meta({
      description: 'Finns bara där numret är användarnamn / found only where the number is the handle',
      example: '070-174 06 05',
    }),
    profileUrl: text(2048).optional().meta({ example: 'https://social.example.org/@exempelperson' }),
  })
  .refine((it) => it.platformId === undefined || it.platform !== undefined, {
    path: ['platform'],
    error: 'is needed with platformId',
  })
  .refine(
    (it) => [it.platformId, it.handle, it.email, it.displayName, it.phone, it.profileUrl].some(Boolean),
    {
      error: 'must hold something to identify by',
    },
  )
  .meta({ id: 'PersonIdentifier', description: 'Minst en uppgift / at least one member besides platform' })
export type Identifier = z.infer<typeof Identifier>

/** What to look for: texts whose find digest decides, and traits whose find digest only proposes. */
export type Wanted = {
  readonly identities: readonly string[]
  readonly traits: readonly Trait[]
  /** Other spellings of the names and handles: they propose less. */
  readonly spellings: readonly Trait[]
}

export function wantedBy(identifiers: readonly Identifier[]): Wanted {
  const identities = new Set<string>()
  const traits = new Map<string, Trait>()
  for (const { platform, platformId, handle, email, displayName, phone, profileUrl } of identifiers) {
    const byId = platformId && platform ? stableIdentity(platform, { platformId }) : undefined
    // Resolves only where the blog itself had verified the address: others are never entered as an identity.
    const byEmail = email ? stableIdentity('other', { email, emailVerified: true }) : undefined
    for (const identity of [byId, byEmail]) if (identity) identities.add(identityDigestText(identity))
    for (const trait of traitsOf({ handle, email, displayName: spread(displayName), profileUrl }))
      traits.set(traitDigestText(trait), trait)
    for (const number of numbersOf(phone)) {
      const trait: Trait = { kind: 'handle', text: number }
      traits.set(traitDigestText(trait), trait)
    }
  }
  return { identities: [...identities], traits: [...traits.values()], spellings: spellingsIn(traits) }
}

/** Double names are written with and without a hyphen: both are looked for. */
function spread(displayName: string | undefined): string | undefined {
  if (displayName === undefined) return undefined
  const words = displayName.split(/\s+/)
  const joined = words.slice(1).map((word, index) => `${words[index]}-${word}`)
  const split = words.filter((word) => word.includes('-')).flatMap((word) => word.split('-'))
  return [...words, ...joined, ...split].join(' ')
}

function spellingsIn(traits: ReadonlyMap<string, Trait>): Trait[] {
  const spellings = new Map<string, Trait>()
  for (const { kind, text: word } of traits.values()) {
    if (kind !== 'name' && kind !== 'handle') continue
    for (const spelling of spellingsOf(word)) {
      const trait = { kind, text: spelling }
      const key = traitDigestText(trait)
      if (!traits.has(key)) spellings.set(key, trait)
    }
  }
  return [...spellings.values()]
}

/** A number as handles have it: digits alone, with the country's and without; national numbers are Swedish. */
function numbersOf(phone: string | undefined): string[] {
  if (phone === undefined) return []
  const digits = phone.replace(/\(0\)/, '').replace(/[^\d+]/g, '')
  const national = digits.replace(/^(?:\+|00)46/, '0')
  return national.startsWith('0') ? [national, `46${national.slice(1)}`] : [digits.replace(/^\+|^00/, '')]
}
