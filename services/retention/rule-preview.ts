import type { PoolClient } from 'pg'
import type { Capacity, Verb } from '../events/interaction.ts'
import { creatingVerbs } from '../events/interaction.ts'
import type { RetentionRule } from '../events/retention-rule.ts'
import type { Day } from '../events/vocabulary.ts'
import { DomainError } from '../platform/errors.ts'
import { factsOf, type RetentionBasis, retentionBasis, retentionClasses } from './basis-queries.ts'
import { type RetentionClass, readMark } from './class-rules.ts'
import { ofClass } from './due.ts'
import { objectDue } from './object-due.ts'
import { type Resolution, resolve } from './resolve.ts'
import type { TriggerDays } from './rules.ts'

/** How objects fare under a changed rule. `newlyDue` and `noLongerDue` count on the day, the others all days to come. */
export type Difference = {
  readonly earlier: number
  readonly later: number
  /** Had no day and get one; had one and have none. */
  readonly gained: number
  readonly lost: number
  readonly newlyDue: number
  readonly noLongerDue: number
  readonly unchanged: number
}

export type ClassDifference = Difference & {
  readonly channel: string
  readonly verb: Verb
  readonly capacity: Capacity
  readonly tags: readonly string[]
  readonly rulesBefore: readonly string[]
  readonly rulesAfter: readonly string[]
}

export type RulePreview = {
  readonly on: Day
  readonly classes: readonly ClassDifference[]
  /** The same by each rule that decides before or after: what moves from one to another counts for both. */
  readonly rules: readonly (Difference & { readonly rule: string | null; readonly name: string })[]
  readonly total: Difference
}

const none: Difference = {
  earlier: 0,
  later: 0,
  gained: 0,
  lost: 0,
  newlyDue: 0,
  noLongerDue: 0,
  unchanged: 0,
}

function plus(a: Difference, b: Difference): Difference {
  return {
    earlier: a.earlier + b.earlier,
    later: a.later + b.later,
    gained: a.gained + b.gained,
    lost: a.lost + b.lost,
    newlyDue: a.newlyDue + b.newlyDue,
    noLongerDue: a.noLongerDue + b.noLongerDue,
    unchanged: a.unchanged + b.unchanged,
  }
}

/** Pure: what becomes of `objects` objects with these days. */
function differenceOf(
  before: Resolution,
  after: Resolution,
  days: TriggerDays,
  on: Day,
  objects: number,
): Difference {
  const old = objectDue(before, days, on).dueDay
  const now = objectDue(after, days, on).dueDay
  const due = (day: Day | undefined) => day !== undefined && day <= on
  return {
    earlier: old !== undefined && now !== undefined && now < old ? objects : 0,
    later: old !== undefined && now !== undefined && now > old ? objects : 0,
    gained: old === undefined && now !== undefined ? objects : 0,
    lost: old !== undefined && now === undefined ? objects : 0,
    newlyDue: !due(old) && due(now) ? objects : 0,
    noLongerDue: due(old) && !due(now) ? objects : 0,
    unchanged: old === now ? objects : 0,
  }
}

/**
 * What a new rule, or another version of one, would change on a day, before it is declared. Objects are counted by their
 * days, so that it costs one look at the classes concerned. `not-found` for a rule that is not there.
 */
export async function previewRule(
  tx: PoolClient,
  controller: number,
  wish: { readonly id?: string | undefined; readonly rule: RetentionRule; readonly on: Day },
): Promise<RulePreview> {
  const { on } = wish
  const basis = await retentionBasis(tx, controller)
  const versions = basis.rules.filter(({ id }) => id === wish.id).map(({ version }) => version)
  if (wish.id !== undefined && versions.length === 0)
    throw new DomainError('not-found', 'there is no such rule')
  const proposed = { id: wish.id ?? 'proposed', version: Math.max(0, ...versions) + 1, rule: wish.rule }
  const changed = { ...basis, rules: [...basis.rules, proposed] }
  const classes: ClassDifference[] = []
  const byRule = new Map<string, Difference & { rule: string | null; name: string }>()
  for (const it of await retentionClasses(tx, controller)) {
    const before = resolve(basis.rules, factsOf(basis, it), on, basis.setting)
    const after = resolve(changed.rules, factsOf(changed, it), on, basis.setting)
    // A class that the rule decides about neither before nor after is not looked at.
    const touched = [...before.deciding, ...after.deciding].some(({ id }) => id === proposed.id)
    if (!touched) continue
    let sum = none
    for (const { days, objects } of await objectsByDays(tx, controller, it, basis))
      sum = plus(sum, differenceOf(before, after, days, on, objects))
    for (const { id, rule } of new Map(
      [...before.deciding, ...after.deciding].map((version) => [version.id, version]),
    ).values()) {
      const name = { rule: id === 'proposed' ? null : id, name: rule.name }
      byRule.set(id, { ...plus(byRule.get(id) ?? none, sum), ...name })
    }
    classes.push({
      channel: it.channelId,
      verb: it.verb,
      capacity: it.capacity,
      tags: readMark(it.mark).tags,
      rulesBefore: before.deciding.map(({ rule }) => rule.name),
      rulesAfter: after.deciding.map(({ rule }) => rule.name),
      ...sum,
    })
  }
  return { on, classes, rules: [...byRule.values()], total: classes.reduce(plus, none) }
}

type DaysRow = {
  occurred_on: Day
  received_on: Day
  closed_on: Day | null
  obsolete_on: Day | null
  withdrawn_on: Day | null
  delivered_on: Day | null
  objects: string
}

async function objectsByDays(tx: PoolClient, controller: number, it: RetentionClass, basis: RetentionBasis) {
  const { rows } = await tx.query<DaysRow>(
    `select o.occurred_on, o.received_on, o.closed_on, o.obsolete_on, o.withdrawn_on, o.delivered_on, count(*) as objects
       from model.object o where ${ofClass} group by 1, 2, 3, 4, 5, 6`,
    [controller, it.classId, it.mark],
  )
  const channelClosedOn = basis.closed.get(it.channelId)
  return rows.map((row) => ({
    objects: Number(row.objects),
    days: {
      occurredOn: row.occurred_on,
      receivedOn: row.received_on,
      publishedOn: creatingVerbs.has(it.verb) ? row.occurred_on : undefined,
      closedOn: row.closed_on ?? undefined,
      obsoleteOn: row.obsolete_on ?? undefined,
      withdrawnOn: row.withdrawn_on ?? undefined,
      deliveredOn: row.delivered_on ?? undefined,
      channelClosedOn,
    },
  }))
}
