import type { ConflictPolicy } from '../events/retention-rule.ts'
import type { Day } from '../events/vocabulary.ts'
import { cutoff } from './cutoff.ts'
import type { ExplanationCode } from './explanations.ts'
import {
  covers,
  inForce,
  type RetentionFacts,
  type RuleVersion,
  type TriggerColumn,
  triggerColumn,
} from './rules.ts'

/** What became of one rule for these facts, before any trigger day is looked at. */
export type Verdict = { readonly ruleId: string; readonly version: number; readonly code: ExplanationCode }

export type Resolution = {
  readonly outcome: 'preserve' | 'destroy' | 'none'
  readonly why: ExplanationCode
  /** The rules that decide together: those that preserve, or those for destruction that the policy weighs. */
  readonly deciding: readonly RuleVersion[]
  readonly policy: ConflictPolicy
  readonly verdicts: readonly Verdict[]
}

/** One comparison on an object's column: due when the day is there and not after the cut-off. */
export type DueCondition = {
  readonly column: TriggerColumn
  readonly cutoff: Day
  readonly ruleId: string
  readonly version: number
}

/** When objects of a class are due: never, or when all (longest) or any (shortest) of the conditions hold. */
export type DuePlan =
  | { readonly kind: 'never'; readonly why: ExplanationCode }
  | { readonly kind: 'conditions'; readonly all: readonly DueCondition[] }
  | { readonly kind: 'conditions'; readonly any: readonly DueCondition[] }

function standing(version: RuleVersion, facts: RetentionFacts, today: Day, newest: number): ExplanationCode {
  if (version.awaitsApproval === true) return 'awaitingApproval'
  const force = inForce(version.rule, today)
  if (force === 'notYetValid') return force
  // Also where the newer one has ended meanwhile: what it replaced does not come back.
  if (version.version < newest) return 'superseded'
  if (force === 'noLongerValid') return force
  if (!covers(version.rule.scope, facts)) return 'outOfScope'
  // A duty to preserve needs no decision (arkivlagen 3 §); destruction does (6 § 5, "föreskriven gallring").
  if (version.rule.action === 'destroy' && version.rule.decision === undefined) return 'decisionMissing'
  return 'applies'
}

/** The setting holds unless rules depart from it; when those do not agree, the longer time is the safe one. */
function policyOf(rules: readonly RuleVersion[], setting: ConflictPolicy): ConflictPolicy {
  const own = new Set(rules.flatMap(({ rule }) => rule.conflictPolicy?.policy ?? []))
  if (own.size === 0) return setting
  return own.has('longest') ? 'longest' : 'shortest'
}

/** How a rule fares where another, or itself, preserves. */
function besidePreserving({ rule }: RuleVersion, preserved: boolean): ExplanationCode {
  if (rule.action === 'preserve') return preserved ? 'wins' : 'preservedUntilDelivery'
  return !preserved && rule.start === 'archiveDelivered' ? 'applies' : 'preserved'
}

function byId(a: RuleVersion, b: RuleVersion): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : a.version - b.version
}

/** Which rules apply to these facts on `today` and which of them decide. Preserving goes before destroying. */
export function resolve(
  rules: readonly RuleVersion[],
  facts: RetentionFacts,
  today: Day,
  setting: ConflictPolicy,
): Resolution {
  const newest = new Map<string, number>()
  for (const { id, version, rule, awaitsApproval } of rules) {
    if (rule.validFrom <= today && awaitsApproval !== true)
      newest.set(id, Math.max(newest.get(id) ?? 0, version))
  }
  const judged = rules
    .toSorted(byId)
    .map((version) => ({ version, code: standing(version, facts, today, newest.get(version.id) ?? 0) }))
  const applying = judged.filter(({ code }) => code === 'applies').map(({ version }) => version)
  const preserving = applying.filter(({ rule }) => rule.action === 'preserve')
  // What is to be preserved lies with the archive authority once it is delivered: from there a rule of its own may count.
  const afterDelivery = applying.filter(
    ({ rule }) => rule.action === 'destroy' && rule.start === 'archiveDelivered',
  )
  const preserved = preserving.length > 0 && afterDelivery.length === 0
  const deciding = preserved ? preserving : preserving.length > 0 ? afterDelivery : applying
  const outcome = preserved ? 'preserve' : applying.length > 0 ? 'destroy' : 'none'
  const undecided = judged.some(({ code }) => code === 'decisionMissing')
  const why =
    outcome === 'preserve'
      ? 'preserved'
      : outcome === 'destroy'
        ? 'applies'
        : undecided
          ? 'decisionMissing'
          : 'noRule'
  return {
    outcome,
    why,
    deciding,
    policy: policyOf(deciding, setting),
    verdicts: judged.map(({ version, code }) => ({
      ruleId: version.id,
      version: version.version,
      code: code === 'applies' && preserving.length > 0 ? besidePreserving(version, preserved) : code,
    })),
  }
}

/** The comparisons by which SQL finds what is due among the objects of a class on `today`. */
export function planFor(
  classFacts: RetentionFacts,
  rules: readonly RuleVersion[],
  today: Day,
  setting: ConflictPolicy,
): DuePlan {
  const resolution = resolve(rules, classFacts, today, setting)
  if (resolution.outcome !== 'destroy') return { kind: 'never', why: resolution.why }
  const conditions = resolution.deciding.flatMap(({ id, version, rule }): DueCondition[] => {
    const day = cutoff(rule, today)
    return day === undefined ? [] : [{ column: triggerColumn(rule.start), cutoff: day, ruleId: id, version }]
  })
  if (resolution.policy === 'shortest') {
    return conditions.length === 0
      ? { kind: 'never', why: 'notDue' }
      : { kind: 'conditions', any: conditions }
  }
  // A rule that no start day satisfies yet keeps everything: an empty list of conditions would destroy everything.
  return conditions.length < resolution.deciding.length
    ? { kind: 'never', why: 'notDue' }
    : { kind: 'conditions', all: conditions }
}
