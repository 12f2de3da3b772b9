import { z } from 'zod'
import { Platform, text } from '../events/vocabulary.ts'
import { identityDigestText, traitDigestText } from '../ledger/digests.ts'
import type { Trait } from '../ledger/draft.ts'
import { stableIdentity, traitsOf } from '../subjects/identify.ts'

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
    profileUrl: text(2048).optional().meta({ example: 'https://social.example.org/@exempelperson' }),
  })
  .refine((it) => it.platformId === undefined || it.platform !== undefined, {
    path: ['platform'],
    error: 'is needed with platformId',
  })
  .refine((it) => [it.platformId, it.handle, it.email, it.displayName, it.profileUrl].some(Boolean), {
    error: 'must hold something to identify by',
  })
  .meta({ id: 'PersonIdentifier', description: 'Minst en uppgift / at least one member besides platform' })
export type Identifier = z.infer<typeof Identifier>

/** What to look for: texts whose find digest decides, and traits whose find digest only proposes. */
export type Wanted = { readonly identities: readonly string[]; readonly traits: readonly Trait[] }

export function wantedBy(identifiers: readonly Identifier[]): Wanted {
  const identities = new Set<string>()
  const traits = new Map<string, Trait>()
  for (const { platform, platformId, handle, email, displayName, profileUrl } of identifiers) {
    const byId = platformId && platform ? stableIdentity(platform, { platformId }) : undefined
    // Resolves only where the blog itself had verified the address: others are never entered as an identity.
    const byEmail = email ? stableIdentity('other', { email, emailVerified: true }) : undefined
    for (const identity of [byId, byEmail]) if (identity) identities.add(identityDigestText(identity))
    for (const trait of traitsOf({ handle, email, displayName: spread(displayName), profileUrl }))
      traits.set(traitDigestText(trait), trait)
  }
  return { identities: [...identities], traits: [...traits.values()] }
}

/** Double names are written with and without a hyphen: both are looked for. */
function spread(displayName: string | undefined): string | undefined {
  if (displayName === undefined) return undefined
  const words = displayName.split(/\s+/)
  const joined = words.slice(1).map((word, index) => `${words[index]}-${word}`)
  const split = words.filter((word) => word.includes('-')).flatMap((word) => word.split('-'))
  return [...words, ...joined, ...split].join(' ')
}
