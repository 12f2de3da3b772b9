import { hmacSha256 } from './hmac.ts'
import type { KeyProvider } from './key-provider.ts'

/**
 * Keyed digests under purpose-separated keys: the only form in which anything a person wrote or is stands outside a
 * sealed part. Equal input of one controller gives equal digests under one purpose, and tells nothing under another.
 */
export type Digests = {
  /** Identity of a fact: is this delivered again? */
  readonly fact: (text: string) => Buffer
  /** Content of a fact: is it the same? Destroyed with the record. */
  readonly content: (text: string) => Buffer
  /** Platform ids and traits: who, and which object, is this? */
  readonly find: (text: string) => Buffer
  /** What a fact or object digest becomes when it is disposed of. */
  readonly tombstone: (digest: Buffer) => Buffer
}

/** The text whose find digest names a person by something that is theirs alone. Personal data. */
export function identityDigestText(identity: string): string {
  return `subject\u0000${identity}`
}

/** The text whose find digest names an object. Personal data. */
export function objectDigestText(object: string): string {
  return `object\u0000${object}`
}

/** The text whose find digest proposes a person. Personal data. */
export function traitDigestText(trait: { readonly kind: string; readonly text: string }): string {
  return `${trait.kind}\u0000${trait.text}`
}

export function digestsOf(provider: KeyProvider, controller: number): Digests {
  const under = (purpose: string) => hmacSha256(provider.derive(`${purpose}/v1/${controller}`))
  return {
    fact: under('dedupe'),
    content: under('request'),
    find: under('find'),
    tombstone: under('tombstone'),
  }
}
