import type { Person } from '../events/interaction.ts'
import type { Trait, Traits, Who } from '../ledger/draft.ts'

/** Lower case, without diacritics, one space: how names are compared when they propose (never when they decide). */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}@._/:-]+/gu, ' ')
    .trim()
}

/** What a person can be found by: candidates only, whatever matches. */
export function traitsOf(person: Pick<Person, 'handle' | 'displayName' | 'email' | 'profileUrl'>): Trait[] {
  const traits: Trait[] = []
  if (person.handle !== undefined)
    traits.push({ kind: 'handle', text: fold(person.handle).replace(/^@/, '') })
  if (person.email !== undefined) traits.push({ kind: 'email', text: fold(person.email) })
  if (person.profileUrl !== undefined)
    traits.push({ kind: 'url', text: person.profileUrl.trim().replace(/\/$/, '').toLowerCase() })
  for (const token of new Set(fold(person.displayName ?? '').split(' '))) {
    if (token.length > 1) traits.push({ kind: 'name', text: token })
  }
  return traits
}

/** The text that is one person's alone on a platform; undefined where nothing stable is known. */
export function stableIdentity(
  platform: string,
  person: Pick<Person, 'platformId' | 'email' | 'emailVerified'>,
): string | undefined {
  if (person.platformId !== undefined) return JSON.stringify([platform, person.platformId])
  if (person.email !== undefined && person.emailVerified === true)
    // Not folded: an address decides here, and å is not a, nor + the same as a space.
    return JSON.stringify(['email', person.email.trim().normalize('NFC').toLowerCase()])
  return undefined
}

function traitKeyOf({ handle, displayName, email, profileUrl }: Person): string {
  return `${handle ?? ''}\u0000${displayName ?? ''}\u0000${email ?? ''}\u0000${profileUrl ?? ''}`
}

/** Only a stable platform id, or an address the blog itself has verified, resolves by itself. */
export function identify(platform: string, person: Person): Who {
  const identity = stableIdentity(platform, person)
  const traits: Traits = { key: traitKeyOf(person), list: () => traitsOf(person) }
  return identity === undefined ? { by: 'unresolved', traits } : { by: 'stable', identity, traits }
}
