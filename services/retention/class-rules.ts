import type { ProcessingActivity } from '../events/activity.ts'
import { Capacity, type Verb } from '../events/interaction.ts'

/** Objects that share the facts by which rules are scoped. */
export type RetentionClass = {
  readonly classId: number
  readonly channelId: string
  readonly verb: Verb
  /** As it came, or as somebody has ruled since. */
  readonly capacity: Capacity
  /** What people have said of the objects since, as `model.object` writes it; empty when nothing. */
  readonly mark: string
}

/** The capacity somebody has ruled, if any, and the tags. */
export function readMark(mark: string): { capacity: Capacity | undefined; tags: string[] } {
  const [capacity = '', tags = ''] = mark.split('/')
  return {
    capacity: capacity === '' ? undefined : Capacity.parse(capacity),
    tags: tags === '' ? [] : tags.split(','),
  }
}

/** The mark of a capacity ruled and of tags: the same text for the same words. */
export function writeMark(capacity: Capacity | undefined, tags: Iterable<string>): string {
  const words = [...new Set(tags)].toSorted()
  return capacity === undefined && words.length === 0 ? '' : `${capacity ?? ''}/${words.join(',')}`
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
