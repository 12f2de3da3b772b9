import type { ProcessingActivity } from '../events/activity.ts'
import type { RetentionRule } from '../events/retention-rule.ts'
import { withinScope } from '../events/scope.ts'
import type { Day } from '../events/vocabulary.ts'
import type { ClassKey, Observation, RegisterFacts, Stated } from './facts.ts'

/** A kind of records as the log shows it, with the activities and rules that cover it as they are declared now. */
export type AssignedClass = ClassKey & {
  readonly rows: readonly Observation[]
  readonly activities: readonly string[]
  readonly rules: readonly Stated<RetentionRule>[]
}

export function classKeyText({ channel, verb, capacity }: ClassKey): string {
  return `${channel} ${verb} ${capacity}`
}

function holdsOn(today: Day, it: { validFrom?: Day | undefined; validTo?: Day | undefined }): boolean {
  return (it.validFrom ?? '0000') <= today && today <= (it.validTo ?? '9999')
}

/** The activities that stand in the register on a day. */
export function standingActivities(facts: RegisterFacts): Stated<ProcessingActivity>[] {
  return facts.activities.filter(
    ({ document }) => document.status !== 'retired' && holdsOn(facts.today, document),
  )
}

export function rulesInForce(facts: RegisterFacts): Stated<RetentionRule>[] {
  return facts.rules.filter(({ document }) => holdsOn(facts.today, document))
}

/**
 * Assigns each kind of records to activities and rules. Private acts are nobody's processing here: they are left out.
 * Categories are those seen on the channel with the verb, as for retention.
 */
export function assignClasses(facts: RegisterFacts): AssignedClass[] {
  const categories = new Map<string, string[]>()
  const classes = new Map<string, Observation[]>()
  for (const row of facts.observations) {
    const kind = `${row.channel} ${row.verb}`
    categories.set(kind, [...(categories.get(kind) ?? []), row.category])
    if (row.capacity === 'private') continue
    const key = classKeyText(row)
    classes.set(key, [...(classes.get(key) ?? []), row])
  }
  const activities = standingActivities(facts)
  const rules = rulesInForce(facts)
  return [...classes.values()].map((rows) => {
    const { channel, verb, capacity } = rows[0] as Observation
    const at = { channel, verb, capacity, categories: categories.get(`${channel} ${verb}`) ?? [] }
    const under = activities.filter(({ document }) => withinScope(document.scope, at)).map(({ id }) => id)
    return {
      channel,
      verb,
      capacity,
      rows,
      activities: under,
      rules: rules.filter(({ document }) => withinScope(document.scope, { ...at, activities: under })),
    }
  })
}

/**
 * Interactions of a class: every one has a content, so that the largest category counts them all. Under an activity
 * limited to some categories it is those that carry the most common of them.
 */
export function recordsOf(rows: readonly Observation[], categories: readonly string[] | undefined): number {
  const counted = rows.filter(({ category }) => categories?.includes(category) ?? true)
  return Math.max(0, ...counted.map(({ records }) => records))
}
