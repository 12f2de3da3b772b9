import type { Day } from '../events/vocabulary.ts'
import { dueDay } from './cutoff.ts'
import type { ExplanationCode } from './explanations.ts'
import type { Resolution } from './resolve.ts'
import { type RuleVersion, type TriggerColumn, type TriggerDays, triggerColumn } from './rules.ts'

/** How one deciding rule stands for one object: what it counts from, since when, and when it falls due. */
export type RuleOutcome = {
  readonly ruleId: string
  readonly version: number
  readonly column: TriggerColumn
  readonly startDay?: Day
  readonly dueDay?: Day
  readonly code: ExplanationCode
}

export type ObjectDue = {
  /** The first day on which the object may be destroyed; left out when no such day is known. */
  readonly dueDay?: Day
  readonly winner?: { readonly ruleId: string; readonly version: number }
  readonly why: ExplanationCode
  readonly rules: readonly RuleOutcome[]
}

type Dated = {
  readonly version: RuleVersion
  readonly column: TriggerColumn
  readonly startDay?: Day
  readonly due?: Day
}

function dated(version: RuleVersion, days: TriggerDays): Dated {
  const column = triggerColumn(version.rule.start)
  const startDay = days[column]
  if (startDay === undefined) return { version, column }
  const due = dueDay(version.rule, startDay)
  return { version, column, startDay, ...(due === undefined ? {} : { due }) }
}

/** Of equal days the first rule in order of id wins, so that the same facts always name the same rule. */
function pick(all: readonly Dated[], policy: 'longest' | 'shortest'): Dated | undefined {
  if (policy === 'longest' && all.some(({ due }) => due === undefined)) return undefined
  return all.reduce<Dated | undefined>((best, it) => {
    if (it.due === undefined) return best
    if (best?.due === undefined) return it
    return policy === 'longest' ? (it.due > best.due ? it : best) : it.due < best.due ? it : best
  }, undefined)
}

function codeOf(it: Dated, winner: Dated | undefined, policy: 'longest' | 'shortest'): ExplanationCode {
  if (it === winner) return 'wins'
  if (it.startDay === undefined) return 'triggerMissing'
  if (winner === undefined) return it.due === undefined ? 'notDue' : 'applies'
  return policy === 'longest' ? 'outlived' : 'overtaken'
}

/** When an object with these trigger days is due and by which rule: the same answer as the plan's comparisons give. */
export function objectDue(resolution: Resolution, days: TriggerDays, today: Day): ObjectDue {
  if (resolution.outcome !== 'destroy') {
    const rules = resolution.deciding.map((version): RuleOutcome => {
      const { column, startDay } = dated(version, days)
      return {
        ruleId: version.id,
        version: version.version,
        column,
        ...(startDay && { startDay }),
        code: 'wins',
      }
    })
    return { why: resolution.why, rules }
  }
  const all = resolution.deciding.map((version) => dated(version, days))
  const winner = pick(all, resolution.policy)
  const rules = all.map(
    (it): RuleOutcome => ({
      ruleId: it.version.id,
      version: it.version.version,
      column: it.column,
      ...(it.startDay && { startDay: it.startDay }),
      ...(it.due && { dueDay: it.due }),
      code: codeOf(it, winner, resolution.policy),
    }),
  )
  if (winner?.due === undefined) {
    const waiting = all.some(({ startDay }) => startDay === undefined)
    return { why: waiting ? 'triggerMissing' : 'notDue', rules }
  }
  return {
    dueDay: winner.due,
    winner: { ruleId: winner.version.id, version: winner.version.version },
    why: winner.due <= today ? 'due' : 'notDue',
    rules,
  }
}
