import type { PoolClient } from 'pg'
import { ProcessingActivity } from '../events/activity.ts'
import { Capacity, creatingVerbs, Verb } from '../events/interaction.ts'
import { type ConflictPolicy, RetentionRule } from '../events/retention-rule.ts'
import type { Day } from '../events/vocabulary.ts'
import { type DueCondition, type DuePlan, planFor } from './resolve.ts'
import type { RuleVersion, TriggerColumn } from './rules.ts'

/** Objects that share the facts by which rules are scoped. */
export type RetentionClass = {
  readonly classId: number
  readonly channelId: string
  readonly verb: Verb
  readonly capacity: Capacity
}

/** A class with what the rules say of it on a day. */
export type ClassPlan = {
  readonly facts: RetentionClass
  readonly plan: DuePlan
  readonly condition: Condition | undefined
}

/** The plan as SQL: a condition on `model.object o` whose parameters begin after the controller and the class. */
export type Condition = { readonly sql: string; readonly values: readonly Day[] }

/** Everything the plan of a controller is computed from. `rulesPosition` names the state of the rules: an intent checks it. */
export type RetentionPlan = {
  readonly today: Day
  readonly rules: readonly RuleVersion[]
  readonly rulesPosition: string
  readonly classes: readonly ClassPlan[]
}

type DeclarationRow = { kind: string; id: string; version: number; position: string; document: unknown }

/** Rules become cut-off days here, when read: no stored due day can be out of date. */
export async function retentionPlan(
  tx: PoolClient,
  controller: number,
  today: Day,
  setting: ConflictPolicy = 'longest',
): Promise<RetentionPlan> {
  const declared = await tx.query<DeclarationRow>(
    "select kind, id, version, position, document from model.declaration where controller_id = $1 and kind in ('rule', 'activity', 'channel')",
    [controller],
  )
  const rules: RuleVersion[] = []
  const activities: { id: string; scope: ProcessingActivity['scope'] }[] = []
  const closed = new Map<string, Day>()
  let rulesPosition = -1n
  for (const row of declared.rows) {
    if (BigInt(row.position) > rulesPosition) rulesPosition = BigInt(row.position)
    if (row.kind === 'rule')
      rules.push({ id: row.id, version: row.version, rule: RetentionRule.parse(row.document) })
    if (row.kind === 'activity')
      activities.push({ id: row.id, scope: ProcessingActivity.parse(row.document).scope })
    if (row.kind === 'channel') {
      const { closedOn } = row.document as { closedOn?: Day }
      if (closedOn !== undefined) closed.set(row.id, closedOn)
    }
  }
  const categories = await tx.query<{ channel_id: string; verb: string; categories: string[] }>(
    'select channel_id, verb, array_agg(distinct category) as categories from model.observation where controller_id = $1 group by 1, 2',
    [controller],
  )
  const seen = new Map(categories.rows.map((row) => [`${row.channel_id} ${row.verb}`, row.categories]))
  const classes = await tx.query<{ class_id: number; channel_id: string; verb: string; capacity: string }>(
    'select class_id, channel_id, verb, capacity from model.retention_class where controller_id = $1 order by class_id',
    [controller],
  )
  return {
    today,
    rules,
    rulesPosition: String(rulesPosition),
    classes: classes.rows.map((row) => {
      const facts = {
        classId: row.class_id,
        channelId: row.channel_id,
        verb: Verb.parse(row.verb),
        capacity: Capacity.parse(row.capacity),
      }
      const present = seen.get(`${facts.channelId} ${facts.verb}`) ?? []
      const under = activities.filter(({ scope }) => coversClass(scope, facts, present)).map(({ id }) => id)
      const plan = planFor(
        {
          channel: facts.channelId,
          verb: facts.verb,
          capacity: facts.capacity,
          categories: present,
          tags: [],
          activities: under,
        },
        rules,
        today,
        setting,
      )
      return { facts, plan, condition: conditionOf(plan, facts, closed.get(facts.channelId)) }
    }),
  }
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

const columns: Readonly<Record<Exclude<TriggerColumn, 'channelClosedOn' | 'publishedOn'>, string>> = {
  occurredOn: 'o.occurred_on',
  receivedOn: 'o.received_on',
  closedOn: 'o.closed_on',
  obsoleteOn: 'o.obsolete_on',
  withdrawnOn: 'o.withdrawn_on',
}

/** Turns a plan into comparisons; undefined when nothing of the class can be due. */
function conditionOf(
  plan: DuePlan,
  facts: RetentionClass,
  channelClosedOn: Day | undefined,
): Condition | undefined {
  if (plan.kind === 'never') return undefined
  const all = 'all' in plan
  const conditions = all ? plan.all : plan.any
  const values: Day[] = []
  const parts: string[] = []
  for (const condition of conditions) {
    const part = comparison(condition, facts, channelClosedOn, values)
    if (part === 'false' && all) return undefined
    if (part === 'true' && !all) return { sql: 'true', values: [] }
    if (part !== 'true' && part !== 'false') parts.push(part)
  }
  if (parts.length === 0) return all && conditions.length > 0 ? { sql: 'true', values: [] } : undefined
  return { sql: `(${parts.join(all ? ' and ' : ' or ')})`, values }
}

function comparison(
  condition: DueCondition,
  facts: RetentionClass,
  channelClosedOn: Day | undefined,
  values: Day[],
): string {
  if (condition.column === 'channelClosedOn') {
    return channelClosedOn !== undefined && channelClosedOn <= condition.cutoff ? 'true' : 'false'
  }
  // An object is published by the event that creates it: the day is the same, but a mere reaction is never published.
  if (condition.column === 'publishedOn' && !creatingVerbs.has(facts.verb)) return 'false'
  const column = condition.column === 'publishedOn' ? columns.occurredOn : columns[condition.column]
  values.push(condition.cutoff)
  return `${column} <= $${values.length + 2}`
}

/** What is due of a class. */
export type DueSummary = RetentionClass & {
  readonly rules: readonly { readonly ruleId: string; readonly version: number }[]
  readonly objects: number
  readonly oldest: Day
}

/** Counts what is due, class by class: costs what is due, not what is stored. */
export async function summariseDue(
  tx: PoolClient,
  controller: number,
  plan: RetentionPlan,
): Promise<DueSummary[]> {
  const due: DueSummary[] = []
  for (const it of plan.classes) {
    if (it.condition === undefined || it.plan.kind === 'never') continue
    const { rows } = await tx.query<{ objects: string; oldest: Day | null }>(
      `select count(*) as objects, min(o.occurred_on) as oldest from model.object o
       where o.controller_id = $1 and o.class_id = $2 and o.condemned_position is null and ${it.condition.sql}`,
      [controller, it.facts.classId, ...it.condition.values],
    )
    const objects = Number(rows[0]?.objects ?? 0)
    if (objects === 0) continue
    due.push({ ...it.facts, rules: rulesOf(it.plan), objects, oldest: rows[0]?.oldest as Day })
  }
  return due
}

export function rulesOf(plan: DuePlan): { ruleId: string; version: number }[] {
  if (plan.kind === 'never') return []
  const conditions = 'all' in plan ? plan.all : plan.any
  return conditions.map(({ ruleId, version }) => ({ ruleId, version }))
}

export type DueCursor = { readonly day: Day; readonly objectId: string }

/** The next due objects of a class, in order of day and id. */
export async function nextDue(
  tx: PoolClient,
  controller: number,
  it: ClassPlan,
  after: DueCursor | undefined,
  limit: number,
): Promise<DueCursor[]> {
  if (it.condition === undefined) return []
  const values: unknown[] = [controller, it.facts.classId, ...it.condition.values]
  let beyond = ''
  if (after !== undefined) {
    values.push(after.day, after.objectId)
    beyond = `and (o.occurred_on, o.object_id) > ($${values.length - 1}::date, $${values.length}::uuid)`
  }
  values.push(limit)
  const { rows } = await tx.query<{ occurred_on: Day; object_id: string }>(
    `select o.occurred_on, o.object_id from model.object o
     where o.controller_id = $1 and o.class_id = $2 and o.condemned_position is null and ${it.condition.sql} ${beyond}
     order by o.occurred_on, o.object_id limit $${values.length}`,
    values,
  )
  return rows.map((row) => ({ day: row.occurred_on, objectId: row.object_id }))
}
