import type { ProcessingActivity } from '../events/activity.ts'
import type { Capacity, Verb } from '../events/interaction.ts'

/** Objects that share the facts by which rules are scoped. */
export type RetentionClass = {
  readonly classId: number
  readonly channelId: string
  readonly verb: Verb
  readonly capacity: Capacity
}

/** Whether a declared activity covers a class; a dimension left out covers all. */
export function coversClass(
  scope: ProcessingActivity['scope'],
  facts: RetentionClass,
  categories: readonly string[],
): boolean {
  return (
    (scope.channels?.includes(facts.channelId) ?? true) &&
    (scope.verbs?.includes(facts.verb) ?? true) &&
    (scope.categories?.some((category) => categories.includes(category)) ?? true)
  )
}
