import type { PoolClient } from 'pg'
import { ProcessingActivity } from '../events/activity.ts'
import { Capacity, Verb } from '../events/interaction.ts'
import { type ConflictPolicy, RetentionRule } from '../events/retention-rule.ts'
import type { Day } from '../events/vocabulary.ts'
import { coversClass, type RetentionClass, readMark } from './class-rules.ts'
import type { RetentionFacts, RuleVersion } from './rules.ts'

/** What a controller has declared and observed that decides about retention. */
export type RetentionBasis = {
  readonly rules: readonly RuleVersion[]
  /** Names this state of the declarations: an intent checks that it still is so. */
  readonly rulesPosition: string
  /** Which of two competing rules for destruction wins, where they do not say so themselves. */
  readonly setting: ConflictPolicy
  /** Why, as the controller has declared it. */
  readonly settingGround?: string | undefined
  readonly activities: readonly { readonly id: string; readonly scope: ProcessingActivity['scope'] }[]
  readonly closed: ReadonlyMap<string, Day>
  /** Categories of parts that were seen, by channel and verb. */
  readonly seen: ReadonlyMap<string, readonly string[]>
}

type DeclarationRow = { kind: string; id: string; position: string; document: unknown }

export async function retentionBasis(tx: PoolClient, controller: number): Promise<RetentionBasis> {
  const declared = await tx.query<DeclarationRow>(
    "select kind, id, position, document from model.declaration where controller_id = $1 and kind in ('rule', 'activity', 'channel', 'controller')",
    [controller],
  )
  const { rules, approvedPosition } = await ruleVersions(tx, controller)
  const activities: { id: string; scope: ProcessingActivity['scope'] }[] = []
  const closed = new Map<string, Day>()
  let rulesPosition = approvedPosition
  let setting: ConflictPolicy = 'longest'
  let settingGround: string | undefined
  for (const row of declared.rows) {
    if (BigInt(row.position) > rulesPosition) rulesPosition = BigInt(row.position)
    if (row.kind === 'activity')
      activities.push({ id: row.id, scope: ProcessingActivity.parse(row.document).scope })
    if (row.kind === 'channel') {
      const { closedOn } = row.document as { closedOn?: Day }
      if (closedOn !== undefined) closed.set(row.id, closedOn)
    }
    if (row.kind === 'controller') {
      const { conflictPolicy } = row.document as {
        conflictPolicy?: { policy: ConflictPolicy; ground: string }
      }
      setting = conflictPolicy?.policy ?? setting
      settingGround = conflictPolicy?.ground
    }
  }
  const categories = await tx.query<{ channel_id: string; verb: string; categories: string[] }>(
    'select channel_id, verb, array_agg(distinct category) as categories from model.observation where controller_id = $1 group by 1, 2',
    [controller],
  )
  const seen = new Map(categories.rows.map((row) => [`${row.channel_id} ${row.verb}`, row.categories]))
  return { rules, rulesPosition: String(rulesPosition), setting, settingGround, activities, closed, seen }
}

/** Every version of every rule: which of them holds depends on the day, and on who has approved it. */
async function ruleVersions(tx: PoolClient, controller: number) {
  const { rows } = await tx.query<{
    id: string
    version: number
    waits: boolean
    approved: string | null
    document: unknown
  }>(
    `select r.rule_id as id, r.version, r.approval and r.approved_position is null as waits, r.approved_position as approved, r.document
       from model.rule_version r where r.controller_id = $1 order by r.rule_id, r.version`,
    [controller],
  )
  const rules = rows.map(
    ({ id, version, waits, document }): RuleVersion => ({
      id,
      version,
      rule: RetentionRule.parse(document),
      ...(waits ? { awaitsApproval: true } : {}),
    }),
  )
  const approvals = rows.map(({ approved }) => BigInt(approved ?? -1))
  return { rules, approvedPosition: approvals.toSorted((a, b) => Number(b - a))[0] ?? -1n }
}

/** The kinds of objects there are: those that were ever seen, and each mark that objects of one carry now. */
export async function retentionClasses(tx: PoolClient, controller: number): Promise<RetentionClass[]> {
  // From one class and mark to the next by the index: as many steps as there are marks, not objects.
  const { rows } = await tx.query<{
    class_id: number
    channel_id: string
    verb: string
    capacity: string
    mark: string
  }>(
    `with recursive marked as (
       (select o.class_id, o.mark from model.object o where o.controller_id = $1 and o.condemned_position is null
         order by o.class_id, o.mark limit 1)
       union all
       select n.class_id, n.mark from marked m cross join lateral (
         select o.class_id, o.mark from model.object o
          where o.controller_id = $1 and o.condemned_position is null and (o.class_id, o.mark) > (m.class_id, m.mark)
          order by o.class_id, o.mark limit 1) n)
     select c.class_id, c.channel_id, c.verb, c.capacity, coalesce(m.mark, '') as mark
       from model.retention_class c left join marked m on m.class_id = c.class_id
      where c.controller_id = $1 order by c.class_id, 5`,
    [controller],
  )
  return rows.flatMap((row) => {
    const verb = Verb.safeParse(row.verb)
    // A variant is no verb of its own: its object has the class of what it varies.
    if (!verb.success) return []
    const capacity = readMark(row.mark).capacity ?? Capacity.parse(row.capacity)
    return [{ classId: row.class_id, channelId: row.channel_id, verb: verb.data, capacity, mark: row.mark }]
  })
}

/** The facts that rules look at. */
export function factsOf(basis: RetentionBasis, it: RetentionClass): RetentionFacts {
  const categories = basis.seen.get(`${it.channelId} ${it.verb}`) ?? []
  return {
    channel: it.channelId,
    verb: it.verb,
    capacity: it.capacity,
    categories,
    tags: readMark(it.mark).tags,
    activities: basis.activities
      .filter(({ scope }) => coversClass(scope, it, categories))
      .map(({ id }) => id),
  }
}
