import type { RecipientOfClass } from '../disclosures/queries.ts'
import type { ProcessingActivity } from '../events/activity.ts'
import type { ChannelDeclaration } from '../events/channel.ts'
import type { ControllerDeclaration } from '../events/controller.ts'
import type { Capacity, Verb } from '../events/interaction.ts'
import type { RetentionRule } from '../events/retention-rule.ts'
import type { Day } from '../events/vocabulary.ts'

export type Stated<T> = {
  readonly id: string
  readonly version: number
  readonly document: T
  /** The day it was declared, which publication it is, and the digest of its open side. */
  readonly declaredOn?: Day
  readonly publication?: number
  readonly digest?: string
}

/** One counter of the log: a category of data in one kind of records. */
export type Observation = {
  readonly channel: string
  readonly verb: Verb
  readonly category: string
  readonly capacity: Capacity
  readonly records: number
  readonly first: Day
  readonly last: Day
}

/** A kind of records, by which they are assigned to activities and rules. */
export type ClassKey = { readonly channel: string; readonly verb: Verb; readonly capacity: Capacity }

/** Figures of the retention of a class, from whoever knows the rules' arithmetic. */
export type RetentionFigures = ClassKey & { readonly due: number; readonly nextDue: Day | undefined }

/** Everything the register is made of, read in one snapshot. */
export type RegisterFacts = {
  readonly slug: string
  readonly today: Day
  readonly size: string
  /** When the last event that is taken in was recorded; undefined for an empty log. */
  readonly knownAt?: string | undefined
  readonly controller: Stated<ControllerDeclaration> | undefined
  readonly channels: readonly Stated<ChannelDeclaration>[]
  readonly activities: readonly Stated<ProcessingActivity>[]
  /** Activities of which a newer version waits to be published. */
  readonly drafted: readonly string[]
  readonly rules: readonly Stated<RetentionRule>[]
  readonly observations: readonly Observation[]
  readonly retention: readonly RetentionFigures[]
  readonly objects: readonly (ClassKey & { readonly disposed: number; readonly held: number })[]
  /** To whom records of a class were disclosed. */
  readonly recipients: readonly RecipientOfClass[]
  /** Persons by the channels they were seen on: the key is `channelSetKey`. */
  readonly subjects: ReadonlyMap<string, number>
}

export function channelSetKey(channels: Iterable<string>): string {
  return [...new Set(channels)].sort().join(' ')
}
