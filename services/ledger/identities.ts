import { LRUCache } from 'lru-cache'

/**
 * What this process knows of one platform id. `confirmed` = it stands in the database; until then the same candidate id
 * is sent along as fresh by every event that names it, and the append function decides.
 */
export type Identity = {
  readonly text: string
  readonly digest: Buffer
  readonly kind: 'object' | 'subject'
  id: string
  confirmed: boolean
  /** A subject's key, once it is known. */
  key?: Buffer
  /** The traits last stored for a subject: the same ones are not sent again. */
  traits?: string
}

/** Identities of one log that were used lately. A hint only: the append function checks each under the lock. */
export type IdentityCache = {
  readonly get: (text: string) => Identity | undefined
  readonly set: (identity: Identity) => void
  readonly forget: (identity: Identity) => void
  readonly clear: () => void
}

const capacity = 50_000

export function identityCache(): IdentityCache {
  const cache = new LRUCache<string, Identity>({ max: capacity })
  return {
    get: (text) => cache.get(text),
    set: (identity) => {
      cache.set(identity.text, identity)
    },
    forget: (identity) => {
      if (cache.peek(identity.text) === identity) cache.delete(identity.text)
    },
    clear: () => cache.clear(),
  }
}
