import type { PoolClient } from 'pg'
import type { Day } from '../events/vocabulary.ts'
import { type RetentionClass, readMark } from './class-rules.ts'
import { type ClassPlan, ofClass, type RetentionPlan, retentionPlan, rulesOf, summariseDue } from './due.ts'

/** Due objects under a hold of this ground. An object may be held on several grounds. */
export type HeldOn = { readonly ground: string; readonly objects: number }

export type PreviewedRule = {
  readonly rule: string
  readonly version: number
  readonly name: string
  readonly objects: number
}

export type PreviewedClass = Pick<RetentionClass, 'verb' | 'capacity'> & {
  readonly channel: string
  readonly tags: readonly string[]
  readonly rules: readonly Omit<PreviewedRule, 'objects'>[]
  readonly objects: number
  readonly oldest: Day
  readonly held: number
  readonly holds: readonly HeldOn[]
}

/** What a purge on this day would do, and what keeps the rest. */
export type Preview = {
  readonly on: Day
  /** The declarations it is computed from. */
  readonly rulesPosition: string
  readonly classes: readonly PreviewedClass[]
  /** An object that several rules decide together counts for each. */
  readonly rules: readonly PreviewedRule[]
  readonly objects: number
  readonly held: number
  readonly oldest: Day | null
}

/** Counts what is due on a day, by class and by rule, with what is held and why. */
export async function previewOf(tx: PoolClient, controller: number, on: Day): Promise<Preview> {
  const plan = await retentionPlan(tx, controller, on)
  const due = await summariseDue(tx, controller, plan)
  const classes: PreviewedClass[] = []
  for (const { classId, mark, channelId, verb, capacity, objects, oldest } of due) {
    const it = plan.classes.find(({ facts }) => facts.classId === classId && facts.mark === mark) as ClassPlan
    const { held, holds } = await heldOf(tx, controller, it)
    classes.push({
      channel: channelId,
      verb,
      capacity,
      tags: readMark(mark).tags,
      rules: namedRules(plan, it),
      objects,
      oldest,
      held,
      holds,
    })
  }
  return {
    on,
    rulesPosition: plan.rulesPosition,
    classes,
    rules: countsByRule(classes),
    objects: classes.reduce((sum, it) => sum + it.objects, 0),
    held: classes.reduce((sum, it) => sum + it.held, 0),
    oldest: classes.map(({ oldest }) => oldest).toSorted()[0] ?? null,
  }
}

function namedRules(plan: RetentionPlan, it: ClassPlan) {
  return rulesOf(it.plan).map(({ ruleId, version }) => ({
    rule: ruleId,
    version,
    name: plan.rules.find((it) => it.id === ruleId && it.version === version)?.rule.name ?? '',
  }))
}

function countsByRule(classes: readonly PreviewedClass[]): PreviewedRule[] {
  const counts = new Map<string, PreviewedRule>()
  for (const { rules, objects } of classes) {
    for (const it of rules) {
      const before = counts.get(it.rule)?.objects ?? 0
      counts.set(it.rule, { ...it, objects: before + objects })
    }
  }
  return [...counts.values()]
}

/** Starts from the holds, which are few, and not from the due. */
async function heldOf(
  tx: PoolClient,
  controller: number,
  it: ClassPlan,
): Promise<{ held: number; holds: HeldOn[] }> {
  if (it.condition === undefined) return { held: 0, holds: [] }
  const { classId, mark, channelId, verb } = it.facts
  const values: unknown[] = [controller, classId, mark, ...it.condition.values, channelId, verb]
  const due = `${ofClass} and ${it.condition.sql}`
  const channel = `$${values.length - 1}::uuid`
  const active = 'h.controller_id = $1 and h.lifted_position is null'
  const { rows } = await tx.query<{ ground: string | null; objects: string }>(
    `with held as (
       select h.ground, o.object_id from model.hold h join model.object o on o.object_id = h.target_id
        where ${active} and h.kind in ('object', 'thread') and ${due}
       union
       select h.ground, o.object_id from model.hold h join model.object o on o.thread_id = h.target_id
        where ${active} and h.kind = 'thread' and ${due}
       union
       select h.ground, o.object_id from model.hold h cross join model.object o
        where ${active} and h.target_id = ${channel} and (h.kind = 'channel'
          or h.kind = 'query' and coalesce(h.verb, $${values.length}) = $${values.length}
            and o.occurred_on between coalesce(h.from_on, '-infinity') and coalesce(h.to_on, 'infinity')) and ${due}
       union
       select h.ground, o.object_id from model.hold h
         join ledger.event_part p on p.controller_id = $1 and p.subject_id = h.target_id
         join ledger.event e on e.controller_id = $1 and e.position = p.position
         join model.object o on o.object_id = e.stream_id
        where ${active} and h.kind = 'subject' and ${due})
     select ground, count(distinct object_id) as objects from held group by grouping sets ((ground), ()) order by ground`,
    values,
  )
  return {
    held: Number(rows.find(({ ground }) => ground === null)?.objects ?? 0),
    holds: rows.flatMap(({ ground, objects }) =>
      ground === null ? [] : [{ ground, objects: Number(objects) }],
    ),
  }
}
