import type { Capacity, Verb } from './interaction.ts'

/** What the scope of an activity or of a rule looks at: facts of a kind of records that no declaration can change. */
export type ScopeFacts = {
  readonly channel: string
  readonly verb: Verb
  readonly capacity: Capacity
  readonly categories: readonly string[]
  /** The activities that cover it: only rules ask. */
  readonly activities?: readonly string[]
}

type Scope = {
  readonly [dimension in 'channels' | 'verbs' | 'categories' | 'capacities' | 'activities' | 'tags']?:
    | readonly string[]
    | undefined
}

function meets(wanted: readonly string[] | undefined, present: readonly string[]): boolean {
  return wanted === undefined || wanted.some((it) => present.includes(it))
}

/**
 * Whether the facts lie within a scope: within a dimension any value suffices, between dimensions all must fit, a
 * dimension left out covers all. Tags are facts of single records: whoever asks of kinds of records reads them apart.
 */
export function withinScope(scope: Scope, facts: ScopeFacts): boolean {
  return (
    meets(scope.channels, [facts.channel]) &&
    meets(scope.verbs, [facts.verb]) &&
    meets(scope.categories, facts.categories) &&
    meets(scope.capacities, [facts.capacity]) &&
    meets(scope.activities, facts.activities ?? [])
  )
}
