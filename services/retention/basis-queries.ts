import type { PoolClient } from 'pg'
import { ProcessingActivity } from '../events/activity.ts'
import { Capacity, Verb } from '../events/interaction.ts'
import { type ConflictPolicy, RetentionRule } from '../events/retention-rule.ts'
import type { Day } from '../events/vocabulary.ts'
import { coversClass, type RetentionClass } from './class-rules.ts'
import type { RetentionFacts, RuleVersion } from './rules.ts'

/** What a controller has declared and observed that decides about retention. */
export type RetentionBasis = {
  readonly rules: readonly RuleVersion[]
  /** Names this state of the declarations: an intent checks that it still is so. */
  readonly rulesPosition: string
  /** Which of two competing rules for destruction wins, where they do not say so themselves. */
  readonly setting: ConflictPolicy
  readonly activities: readonly { readonly id: string; readonly scope: ProcessingActivity['scope'] }[]
  readonly closed: ReadonlyMap<string, Day>
  /** Categories of parts that were seen, by channel and verb. */
  readonly seen: ReadonlyMap<string, readonly string[]>
}

type DeclarationRow = { kind: string; id: string; version: number; position: string; document: unknown }

export async function retentionBasis(tx: PoolClient, controller: number): Promise<RetentionBasis> {
  const declared = await tx.query<DeclarationRow>(
    "select kind, id, version, position, document from model.declaration where controller_id = $1 and kind in ('rule', 'activity', 'channel', 'controller')",
    [controller],
  )
  const rules: RuleVersion[] = []
  const activities: { id: string; scope: ProcessingActivity['scope'] }[] = []
  const closed = new Map<string, Day>()
  let rulesPosition = -1n
  let setting: ConflictPolicy = 'longest'
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
    if (row.kind === 'controller') {
      const { conflictPolicy } = row.document as { conflictPolicy?: { policy: ConflictPolicy } }
      setting = conflictPolicy?.policy ?? setting
    }
  }
  const categories = await tx.query<{ channel_id: string; verb: string; categories: string[] }>(
    'select channel_id, verb, array_agg(distinct category) as categories from model.observation where controller_id = $1 group by 1, 2',
    [controller],
  )
  const seen = new Map(categories.rows.map((row) => [`${row.channel_id} ${row.verb}`, row.categories]))
  return { rules, rulesPosition: String(rulesPosition), setting, activities, closed, seen }
}

export async function retentionClasses(tx: PoolClient, controller: number): Promise<RetentionClass[]> {
  const { rows } = await tx.query<{ class_id: number; channel_id: string; verb: string; capacity: string }>(
    'select class_id, channel_id, verb, capacity from model.retention_class where controller_id = $1 order by class_id',
    [controller],
  )
  return rows.flatMap((row) => {
    const verb = Verb.safeParse(row.verb)
    // A variant is no verb of its own: its object has the class of what it varies.
    if (!verb.success) return []
    const capacity = Capacity.parse(row.capacity)
    return [{ classId: row.class_id, channelId: row.channel_id, verb: verb.data, capacity }]
  })
}

/** The facts that rules look at. Nothing carries tags: a rule scoped by them is refused when it is declared. */
export function factsOf(basis: RetentionBasis, it: RetentionClass): RetentionFacts {
  const categories = basis.seen.get(`${it.channelId} ${it.verb}`) ?? []
  return {
    channel: it.channelId,
    verb: it.verb,
    capacity: it.capacity,
    categories,
    tags: [],
    activities: basis.activities
      .filter(({ scope }) => coversClass(scope, it, categories))
      .map(({ id }) => id),
  }
}
