import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RetentionRule, type RetentionRuleInput } from '../../services/events/retention-rule.ts'
import { dueDay } from '../../services/retention/cutoff.ts'
import { exampleRules } from '../../services/retention/examples.ts'
import { objectDue } from '../../services/retention/object-due.ts'
import { type DuePlan, planFor, resolve } from '../../services/retention/resolve.ts'
import {
  type RetentionFacts,
  type RuleVersion,
  type TriggerDays,
  triggerColumn,
} from '../../services/retention/rules.ts'

const decision = { body: 'Kommunstyrelsen', reference: 'KS 2026/1', date: '2020-01-01', wording: 'Gallras.' }
const channel = '0198c5a0-0000-7000-8000-000000000001'

function version(id: string, over: Partial<RetentionRuleInput> = {}, number = 1): RuleVersion {
  const rule = RetentionRule.parse({
    name: id,
    recordType: 'Kommentar',
    action: 'destroy',
    period: over.action === 'preserve' ? undefined : 'P1Y',
    start: 'occurred',
    decision,
    validFrom: '2020-01-01',
    ...over,
  })
  return { id, version: number, rule }
}

const facts: RetentionFacts = {
  channel,
  verb: 'commented',
  categories: ['public-text'],
  capacity: 'undetermined',
  tags: ['trifling'],
  activities: [],
}

const today = '2026-03-05'

/** What SQL makes of a plan. */
function holds(plan: DuePlan, days: TriggerDays): boolean {
  if (plan.kind === 'never') return false
  const test = (it: { column: keyof TriggerDays; cutoff: string }) => {
    const value = days[it.column]
    return value !== undefined && value <= it.cutoff
  }
  return 'all' in plan ? plan.all.every(test) : plan.any.some(test)
}

function codes(rules: RuleVersion[]): Record<string, string> {
  return Object.fromEntries(
    resolve(rules, facts, today, 'longest').verdicts.map((it) => [`${it.ruleId}/${it.version}`, it.code]),
  )
}

describe('which rule applies', () => {
  test('is a question of every dimension of the scope that is named', () => {
    expect(
      codes([
        version('all'),
        version('both', { scope: { verbs: ['commented'], tags: ['trifling', 'offensive'] } }),
        version('half', { scope: { verbs: ['commented'], tags: ['offensive'] } }),
        version('elsewhere', { scope: { channels: ['0198c5a0-0000-7000-8000-000000000002'] } }),
        version('private', { scope: { capacities: ['private'] } }),
        version('message', { scope: { categories: ['private-message'] } }),
      ]),
    ).toEqual({
      'all/1': 'applies',
      'both/1': 'applies',
      'half/1': 'outOfScope',
      'elsewhere/1': 'outOfScope',
      'private/1': 'outOfScope',
      'message/1': 'outOfScope',
    })
  })

  test('is a question of validity, to the day', () => {
    expect(
      codes([
        version('a', { validFrom: today }),
        version('b', { validFrom: '2026-03-06' }),
        version('c', { validTo: today }),
        version('d', { validTo: '2026-03-04' }),
      ]),
    ).toEqual({ 'a/1': 'applies', 'b/1': 'notYetValid', 'c/1': 'applies', 'd/1': 'noLongerValid' })
  })

  test('is answered by the newest version in force', () => {
    expect(
      codes([version('a', {}, 1), version('a', {}, 2), version('a', { validFrom: '2027-01-01' }, 3)]),
    ).toEqual({
      'a/1': 'superseded',
      'a/2': 'applies',
      'a/3': 'notYetValid',
    })
  })
})

describe('nothing is destroyed', () => {
  test('without a rule', () => {
    expect(planFor(facts, [], today, 'shortest')).toEqual({ kind: 'never', why: 'noRule' })
  })

  test('by a rule without a decision', () => {
    const rules = [version('a', { decision: undefined })]
    expect(planFor(facts, rules, today, 'shortest')).toEqual({ kind: 'never', why: 'decisionMissing' })
    expect(codes(rules)).toEqual({ 'a/1': 'decisionMissing' })
  })

  test('that another rule preserves, decided or not', () => {
    const rules = [version('destroys'), version('preserves', { action: 'preserve', decision: undefined })]
    for (const policy of ['longest', 'shortest'] as const) {
      expect(planFor(facts, rules, today, policy)).toEqual({ kind: 'never', why: 'preserved' })
    }
    expect(codes(rules)).toEqual({ 'destroys/1': 'preserved', 'preserves/1': 'wins' })
  })

  test('while a rule that keeps it longer waits for its trigger', () => {
    const rules = [version('a'), version('b', { start: 'matterClosed', period: 'P0D' })]
    const resolution = resolve(rules, facts, today, 'longest')
    const due = objectDue(resolution, { occurredOn: '2010-01-01' }, today)
    expect(due.why).toBe('triggerMissing')
    expect(due.rules.map(({ ruleId, code }) => [ruleId, code])).toEqual([
      ['a', 'applies'],
      ['b', 'triggerMissing'],
    ])
    expect(objectDue(resolution, { occurredOn: '2010-01-01', closedOn: today }, today)).toMatchObject({
      dueDay: today,
      winner: { ruleId: 'b', version: 1 },
      why: 'due',
    })
  })
})

describe('of two rules for destruction', () => {
  const rules = [version('long', { period: 'P2Y' }), version('short', { period: 'P1M' })]
  const days = { occurredOn: '2025-01-31' }

  test('the policy picks, and the other is explained', () => {
    const longest = objectDue(resolve(rules, facts, today, 'longest'), days, today)
    expect(longest).toMatchObject({ dueDay: '2027-01-31', winner: { ruleId: 'long' }, why: 'notDue' })
    expect(longest.rules.map(({ code }) => code)).toEqual(['wins', 'outlived'])
    const shortest = objectDue(resolve(rules, facts, today, 'shortest'), days, today)
    expect(shortest).toMatchObject({ dueDay: '2025-02-28', winner: { ruleId: 'short' }, why: 'due' })
    expect(shortest.rules.map(({ code }) => code)).toEqual(['overtaken', 'wins'])
  })

  test('a rule may depart from the setting, and where they disagree the longer time holds', () => {
    const shortest = version('own', { conflictPolicy: { policy: 'shortest', ground: 'Plan 3.2' } })
    const longest = version('other', { conflictPolicy: { policy: 'longest', ground: 'Plan 3.3' } })
    expect(resolve([...rules, shortest], facts, today, 'longest').policy).toBe('shortest')
    expect(resolve([...rules, shortest, longest], facts, today, 'shortest').policy).toBe('longest')
  })
})

const starts = [
  'occurred',
  'received',
  'published',
  'matterClosed',
  'declaredObsolete',
  'withdrawn',
  'channelClosed',
  'calendarYearEnd',
] as const
const dayIn = (from: number, to: number) =>
  fc
    .date({ min: new Date(Date.UTC(from, 0, 1)), max: new Date(Date.UTC(to, 11, 31)), noInvalidDate: true })
    .map((it) => it.toISOString().slice(0, 10))

const someRule = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    start: fc.constantFrom(...starts),
    period: fc.constantFrom('P0D', 'P1M', 'P6M', 'P1Y', 'P2Y', 'P3W'),
    rounding: fc.constantFrom('none' as const, 'calendarYearEnd' as const),
    decided: fc.boolean(),
    preserves: fc.constantFrom(false, false, false, false, true),
    validFrom: dayIn(2018, 2022),
    tag: fc.constantFrom('trifling', 'trifling', 'routine'),
  })
  .map((it) =>
    version(it.id, {
      action: it.preserves ? 'preserve' : 'destroy',
      period: it.preserves ? undefined : it.decided ? it.period : 'P1M',
      decision: it.decided ? decision : undefined,
      start: it.start,
      rounding: it.rounding,
      validFrom: it.validFrom,
      scope: { tags: [it.tag] },
    }),
  )

const someRules = fc.uniqueArray(someRule, { selector: ({ id }) => id, maxLength: 4 })
const maybeDay = fc.option(dayIn(2018, 2026), { nil: undefined })
const someDays = fc.record({
  occurredOn: dayIn(2018, 2026),
  receivedOn: maybeDay,
  publishedOn: maybeDay,
  closedOn: maybeDay,
  obsoleteOn: maybeDay,
  withdrawnOn: maybeDay,
  channelClosedOn: maybeDay,
})

/** The law in one paragraph, without cut-offs, plans or verdicts. */
function naivelyDue(
  rules: RuleVersion[],
  days: TriggerDays,
  on: string,
  policy: 'longest' | 'shortest',
): boolean {
  const valid = rules.filter(({ rule }) => rule.validFrom <= on && rule.scope.tags?.includes('trifling'))
  if (valid.some(({ rule }) => rule.action === 'preserve')) return false
  const decided = valid.filter(({ rule }) => rule.decision !== undefined)
  const due = decided.map(({ rule }) => {
    const start = days[triggerColumn(rule.start)]
    const at = start === undefined ? undefined : dueDay(rule, start)
    return at !== undefined && at <= on
  })
  return due.length > 0 && (policy === 'longest' ? due.every(Boolean) : due.some(Boolean))
}

test('plan, object and the naive model agree on every day', () => {
  fc.assert(
    fc.property(
      someRules,
      someDays,
      dayIn(2018, 2030),
      fc.constantFrom('longest', 'shortest'),
      (rules, days, on, policy) => {
        const expected = naivelyDue(rules, days, on, policy)
        expect(holds(planFor(facts, rules, on, policy), days)).toBe(expected)
        const resolution = resolve(rules, facts, on, policy)
        const object = objectDue(resolution, days, on)
        expect(object.why === 'due').toBe(expected)
        expect(resolution.verdicts).toHaveLength(rules.length)
      },
    ),
    { numRuns: 1000 },
  )
})

test('the example rules are whole rules, each with its own name', () => {
  const rules = exampleRules(decision, '2026-01-01').map((rule) => RetentionRule.parse(rule))
  expect(rules.filter(({ action }) => action === 'preserve')).toHaveLength(4)
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length)
})
