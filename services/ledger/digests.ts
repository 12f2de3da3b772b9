import { createHmac } from 'node:crypto'
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

function keyed(key: Buffer): (text: string | Buffer) => Buffer {
  return (text) => createHmac('sha256', key).update(text).digest()
}

export function digestsOf(provider: KeyProvider, controller: number): Digests {
  const under = (purpose: string) => keyed(provider.derive(`${purpose}/v1/${controller}`))
  return {
    fact: under('dedupe'),
    content: under('request'),
    find: under('find'),
    tombstone: under('tombstone'),
  }
}
