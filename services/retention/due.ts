import type { PoolClient } from 'pg'
import { creatingVerbs } from '../events/interaction.ts'
import type { Day } from '../events/vocabulary.ts'
import { factsOf, type RetentionBasis, retentionBasis, retentionClasses } from './basis-queries.ts'
import type { RetentionClass } from './class-rules.ts'
import { type DueCondition, type DuePlan, planFor } from './resolve.ts'
import type { RuleVersion, TriggerColumn } from './rules.ts'

/** A class with what the rules say of it on a day. */
export type ClassPlan = {
  readonly facts: RetentionClass
  readonly plan: DuePlan
  readonly condition: Condition | undefined
}

/** The plan as SQL: a condition on `model.object o` whose parameters begin after controller, class and mark. */
export type Condition = { readonly sql: string; readonly values: readonly Day[] }

/** Everything the plan of a controller is computed from. `rulesPosition` names the state of the rules: an intent checks it. */
export type RetentionPlan = {
  readonly today: Day
  readonly rules: readonly RuleVersion[]
  readonly rulesPosition: string
  readonly classes: readonly ClassPlan[]
}

/** Rules become cut-off days here, when read: no stored due day can be out of date. */
export async function retentionPlan(tx: PoolClient, controller: number, today: Day): Promise<RetentionPlan> {
  const basis = await retentionBasis(tx, controller)
  return planOf(basis, await retentionClasses(tx, controller), today)
}

function planOf(basis: RetentionBasis, classes: readonly RetentionClass[], today: Day): RetentionPlan {
  const { rules, rulesPosition, setting, closed } = basis
  return {
    today,
    rules,
    rulesPosition,
    classes: classes.map((facts) => {
      const plan = planFor(factsOf(basis, facts), rules, today, setting)
      const condition = conditionOf(plan, facts, closed.get(facts.channelId))
      return { facts, plan, condition: facts.capacity === 'private' ? orQuarantined(condition) : condition }
    }),
  }
}

/**
 * Beside what the rules say: content of an act ruled private, of which another than who ruled has said that it be destroyed.
 * That is said after the quarantine only, whose hold goes with it; contested, it is held again.
 */
const quarantined = `o.object_id in (select q.object_id from model.capacity_ruling q
  where q.controller_id = $1 and q.capacity = 'private' and q.approved_position is not null)`

function orQuarantined(condition: Condition | undefined): Condition {
  if (condition === undefined) return { sql: quarantined, values: [] }
  return { sql: `(${condition.sql} or ${quarantined})`, values: condition.values }
}

const columns: Readonly<Record<Exclude<TriggerColumn, 'channelClosedOn' | 'publishedOn'>, string>> = {
  occurredOn: 'o.occurred_on',
  receivedOn: 'o.received_on',
  closedOn: 'o.closed_on',
  obsoleteOn: 'o.obsolete_on',
  withdrawnOn: 'o.withdrawn_on',
  deliveredOn: 'o.delivered_on',
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
  return `${column} <= $${values.length + 3}`
}

/** The objects of a class, as parameters 1 to 3 name it, that nothing has condemned. */
export const ofClass =
  'o.controller_id = $1 and o.class_id = $2 and o.mark = $3 and o.condemned_position is null'

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
    if (it.condition === undefined) continue
    const { rows } = await tx.query<{ objects: string; oldest: Day | null }>(
      `select count(*) as objects, min(o.occurred_on) as oldest from model.object o
       where ${ofClass} and ${it.condition.sql}`,
      [controller, it.facts.classId, it.facts.mark, ...it.condition.values],
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

/** Due objects, and how many events the log had when they were: one that something has happened to since is refused. */
export type DueObjects = { readonly due: readonly DueCursor[]; readonly seen: string }

/** The next due objects of a class, in order of day and id. */
export async function nextDue(
  tx: PoolClient,
  controller: number,
  it: ClassPlan,
  after: DueCursor | undefined,
  limit: number,
): Promise<DueObjects> {
  if (it.condition === undefined) return { due: [], seen: '0' }
  const values: unknown[] = [controller, it.facts.classId, it.facts.mark, ...it.condition.values]
  let beyond = ''
  if (after !== undefined) {
    values.push(after.day, after.objectId)
    beyond = `and (o.occurred_on, o.object_id) > ($${values.length - 1}::date, $${values.length}::uuid)`
  }
  values.push(limit)
  const { rows } = await tx.query<{ occurred_on: Day; object_id: string; seen: string }>(
    `select o.occurred_on, o.object_id, (select h.size from ledger.log_head h where h.controller_id = $1) as seen
     from model.object o where ${ofClass} and ${it.condition.sql} ${beyond}
     order by o.occurred_on, o.object_id limit $${values.length}`,
    values,
  )
  return {
    due: rows.map((row) => ({ day: row.occurred_on, objectId: row.object_id })),
    seen: rows[0]?.seen ?? '0',
  }
}
