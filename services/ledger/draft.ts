import type { JsonObject } from '../platform/json.ts'

/**
 * Whom a part concerns.
 * - `known`: a subject by its id.
 * - `stable`: resolves by itself: `identity` is a text that is the person's alone (platform and stable id).
 * - `unresolved`: nothing tells who it is: the record gets a subject of its own until an officer links it.
 */
export type Who =
  | { readonly by: 'known'; readonly subjectId: string }
  | { readonly by: 'stable'; readonly identity: string; readonly traits: Traits }
  | { readonly by: 'unresolved'; readonly traits: Traits }

/** Something a person is found by but never resolved by: a handle, an address, a folded name token. Personal data. */
export type Trait = { readonly kind: 'handle' | 'email' | 'url' | 'name'; readonly text: string }

/** Traits of a person, folded only when they are needed: `key` tells whether they are those of last time. */
export type Traits = { readonly key: string; readonly list: () => readonly Trait[] }

export const noTraits: Traits = { key: '', list: () => [] }

export type DraftPart = {
  /** Index into the draft's `persons`. */
  readonly person: number
  readonly role: string
  readonly category: string
  readonly content: JsonObject
}

/**
 * An event as a service decides it: who and what in plain text, before identities are resolved and parts are sealed.
 * Lives in memory only.
 */
export type Draft = {
  readonly type: string
  /** The stream by id, or by the text of the platform's id of the object, which is resolved or made. */
  readonly stream: { readonly id: string } | { readonly object: string }
  /** The version the stream must have; 0 = must be new; absent = any. */
  readonly expectedVersion?: number
  readonly channelId?: string
  /** Text of the thread's object. */
  readonly thread?: string
  /** Texts of other objects referred to, by the member of `data` that takes their id. */
  readonly references?: Readonly<Record<string, string>>
  /** Has to stand in `data` as well: columns beside the header are checked against it. */
  readonly capacity?: string
  readonly occurredOn: string
  /** Open payload: no personal data. */
  readonly data: JsonObject
  readonly persons: readonly Who[]
  readonly parts: readonly DraftPart[]
  /** Texts that identify the fact: by native id, and by what it consists of. Personal data. */
  readonly fact?: string
  readonly alias?: string
  /** Canonical text of the content, to tell a repetition from a variant. Personal data. */
  readonly content?: string
  /** True where the event normally brings its object into being: then nobody asks first whether the object is known. */
  readonly opens?: boolean
  /** True where a disposed object must not come back, whatever fact names it. */
  readonly lasting?: boolean
}
