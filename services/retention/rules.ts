import type { Capacity, Verb } from '../events/interaction.ts'
import type { RetentionRule, RetentionScope, RetentionStart } from '../events/retention-rule.ts'
import type { Day } from '../events/vocabulary.ts'

/** One version of a declared rule, as the log holds it. */
export type RuleVersion = {
  readonly id: string
  readonly version: number
  readonly rule: RetentionRule
  /** It makes so much due that another person has to approve it first: until then it has no force. */
  readonly awaitsApproval?: boolean
}

/** What a rule's scope looks at: facts of an object, or of a class of objects, that no rule change can touch. */
export type RetentionFacts = {
  readonly channel: string
  readonly verb: Verb
  readonly categories: readonly string[]
  readonly capacity: Capacity
  readonly tags: readonly string[]
  readonly activities: readonly string[]
}

/** The columns of an object that can start a period. */
export type TriggerColumn =
  | 'occurredOn'
  | 'receivedOn'
  | 'publishedOn'
  | 'closedOn'
  | 'obsoleteOn'
  | 'withdrawnOn'
  | 'channelClosedOn'
  | 'deliveredOn'

/** An object's trigger days; one left out has not happened (yet). */
export type TriggerDays = { readonly [column in TriggerColumn]?: Day | undefined }

const columns: Readonly<Record<RetentionStart, TriggerColumn>> = {
  occurred: 'occurredOn',
  received: 'receivedOn',
  published: 'publishedOn',
  matterClosed: 'closedOn',
  declaredObsolete: 'obsoleteOn',
  withdrawn: 'withdrawnOn',
  channelClosed: 'channelClosedOn',
  calendarYearEnd: 'occurredOn',
  archiveDelivered: 'deliveredOn',
}

export function triggerColumn(start: RetentionStart): TriggerColumn {
  return columns[start]
}

function meets<T>(wanted: readonly T[] | undefined, present: readonly T[]): boolean {
  return wanted === undefined || wanted.some((it) => present.includes(it))
}

/** Within a dimension any value suffices, between dimensions all must fit; a dimension left out covers all. */
export function covers(scope: RetentionScope, facts: RetentionFacts): boolean {
  return (
    meets(scope.channels, [facts.channel]) &&
    meets(scope.verbs, [facts.verb]) &&
    meets(scope.categories, facts.categories) &&
    meets(scope.capacities, [facts.capacity]) &&
    meets(scope.tags, facts.tags) &&
    meets(scope.activities, facts.activities)
  )
}

/** Whether the rule holds on `today`: destruction follows the rule in force on its own day, not on the record's. */
export function inForce(rule: RetentionRule, today: Day): 'inForce' | 'notYetValid' | 'noLongerValid' {
  if (today < rule.validFrom) return 'notYetValid'
  if (rule.validTo !== undefined && rule.validTo < today) return 'noLongerValid'
  return 'inForce'
}
