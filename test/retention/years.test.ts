import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { RetentionRule } from '../../services/events/retention-rule.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { localDay } from '../../services/platform/clock.ts'
import { auditRetention } from '../../services/retention/audit.ts'
import { liftHold, placeHold } from '../../services/retention/holds.ts'
import { approvePurge, orderPurge } from '../../services/retention/order.ts'
import { executePurge, type PurgeDeps } from '../../services/retention/purge.ts'
import { triggerRetention } from '../../services/retention/triggers.ts'
import { commentDraft, newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'

const databases = testDatabases()
let ledger: Ledger
let purge: PurgeDeps
let clock: Awaited<ReturnType<typeof testLedger>>['clock']
beforeAll(async () => {
  ;({ ledger, purge, clock } = await testLedger(databases))
})

type Start = 'occurred' | 'received' | 'declaredObsolete'
type Verb = 'commented' | 'messaged'
type Rule = { days: number; start: Start; verb: Verb | undefined; preserve: boolean; decided: boolean }
type Step =
  | { do: 'append'; verb: Verb; age: number }
  | { do: 'edit' | 'hold' | 'lift' | 'obsolete'; of: number }
  | { do: 'rule'; name: number; rule: Rule }
  | { do: 'pass'; days: number; approval: boolean }

/** So that something falls due in most histories. */
const beginning: readonly Step[] = [
  { do: 'append', verb: 'commented', age: 30 },
  { do: 'append', verb: 'messaged', age: 200 },
  {
    do: 'rule',
    name: 0,
    rule: { days: 90, start: 'occurred', verb: undefined, preserve: false, decided: true },
  },
]

const rule: fc.Arbitrary<Rule> = fc.record({
  days: fc.integer({ min: 0, max: 400 }),
  start: fc.constantFrom<Start>('occurred', 'received', 'declaredObsolete'),
  verb: fc.constantFrom<Verb | undefined>(undefined, undefined, 'commented', 'messaged'),
  preserve: fc.integer({ min: 0, max: 9 }).map((it) => it === 0),
  decided: fc.integer({ min: 0, max: 9 }).map((it) => it > 0),
})
const of = fc.nat(9)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('append' as const),
    verb: fc.constantFrom<Verb>('commented', 'messaged'),
    age: fc.nat(300),
  }),
  fc.record({
    do: fc.constantFrom('edit' as const, 'hold' as const, 'lift' as const, 'obsolete' as const),
    of,
  }),
  fc.record({ do: fc.constant('rule' as const), name: fc.nat(1), rule }),
  fc.record({
    do: fc.constant('pass' as const),
    days: fc.integer({ min: 1, max: 200 }),
    approval: fc.boolean(),
  }),
)

/** The naive model: what a clerk would keep on cards. Days are numbers. */
type Card = {
  id: string
  name: string
  verb: Verb
  days: Record<Start, number | undefined>
  hold?: string
  gone: boolean
}

const actor = { name: 'officer' }
const today = () => Math.floor(clock.now().getTime() / 86_400_000)
const dayOf = (number: number) => new Date(number * 86_400_000).toISOString().slice(0, 10)

function dueByHand(card: Card, rules: Iterable<Rule>): boolean {
  const own = [...rules].filter((it) => it.verb === undefined || it.verb === card.verb)
  if (own.some((it) => it.preserve)) return false
  const destroying = own.filter((it) => it.decided)
  return (
    destroying.length > 0 &&
    destroying.every((it) => {
      const from = card.days[it.start]
      return from !== undefined && from + it.days <= today()
    })
  )
}

async function declareRule(log: Log, name: string, it: Rule, known: Map<string, string>): Promise<void> {
  const streamId = known.get(name)
  const document = RetentionRule.parse({
    name,
    recordType: name,
    action: it.preserve ? 'preserve' : 'destroy',
    ...(it.preserve ? {} : { period: `P${Math.max(it.days, it.decided ? 0 : 1)}D` }),
    start: it.start,
    ...(it.decided
      ? { decision: { body: 'KS', reference: 'KS 1', date: '2020-01-01', wording: 'Gallras.' } }
      : {}),
    validFrom: '2020-01-01',
    scope: it.verb === undefined ? {} : { verbs: [it.verb] },
  })
  const command = { type: 'rule.declared', actor, data: { document } }
  const made = await recordCommand(ledger, log, {
    ...command,
    ...(streamId === undefined ? {} : { streamId }),
  })
  known.set(name, made.streamId)
}

async function nightly(log: Log, approval: boolean): Promise<void> {
  const id = await orderPurge(ledger, log, 'clerk', localDay(clock.now()), approval ? 0 : 1_000)
  const waits = executePurge(purge, log, id, 'job').catch((error: { code: string }) => error.code)
  if ((await waits) !== 'four-eyes-required') return
  await approvePurge(ledger, log, { name: 'other' }, id)
  await executePurge(purge, log, id, 'job')
}

async function condemned(log: Log): Promise<Set<string>> {
  const { rows } = await reading(ledger, log, (tx) =>
    tx.query<{ object_id: string }>('select object_id from ledger.condemned where controller_id = $1', [
      log.controller,
    ]),
  )
  return new Set(rows.map((row) => row.object_id))
}

async function act(log: Log, it: Step, cards: Card[], rules: Map<string, Rule>, known: Map<string, string>) {
  if (it.do === 'append') {
    const name = `o-${cards.length}`
    const occurred = today() - it.age
    const draft = commentDraft(name, {
      verb: it.verb,
      occurredAt: `${dayOf(occurred)}T12:00:00Z`,
      persons: [],
    })
    const [stored] = await ledger.writer(log).append([draft])
    const days = { occurred, received: today(), declaredObsolete: undefined }
    cards.push({ id: stored?.streamId as string, name, verb: it.verb, days, gone: false })
  } else if (it.do === 'rule') {
    const name = `rule-${it.name}`
    rules.set(name, it.rule)
    await declareRule(log, name, it.rule, known)
  } else if (it.do === 'pass') {
    clock.advance({ days: it.days })
    await nightly(log, it.approval)
    for (const card of cards) card.gone ||= card.hold === undefined && dueByHand(card, rules.values())
    expect(await condemned(log)).toEqual(new Set(cards.filter(({ gone }) => gone).map(({ id }) => id)))
  } else {
    const card = cards[it.of % Math.max(cards.length, 1)]
    if (card === undefined || card.gone) return
    if (it.do === 'edit') {
      const at = `${dayOf(today())}T12:00:00Z`
      await ledger
        .writer(log)
        .append([commentDraft(card.name, { verb: 'edited', occurredAt: at, text: String(it.of + today()) })])
    } else if (it.do === 'hold' && card.hold === undefined) {
      card.hold = (
        await placeHold(ledger, log, actor, { kind: 'object', target: card.id, ground: 'appeal' })
      ).id
    } else if (it.do === 'lift' && card.hold !== undefined) {
      await liftHold(ledger, log, actor, card.hold)
      delete card.hold
    } else if (it.do === 'obsolete') {
      card.days.declaredObsolete = today()
      const scope = { objects: [card.id] }
      await triggerRetention(ledger, log, actor, { trigger: 'declaredObsolete', day: dayOf(today()), scope })
    }
  }
}

it('destroys over the years exactly what a clerk with cards would, on the day, and never under a hold', async () => {
  let destroyed = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
      clock.set('2026-01-10T11:00:00Z')
      const log = await newLog(ledger)
      const cards: Card[] = []
      const rules = new Map<string, Rule>()
      const known = new Map<string, string>()
      for (const it of [...beginning, ...steps]) await act(log, it, cards, rules, known)
      const report = await auditRetention(databases.ledger('auditor'), log, {
        now: clock.now(),
        graceDays: 100_000,
      })
      expect(report.findings).toEqual([])
      destroyed += report.destroyed
      expect(report.destroyed).toBe(cards.filter(({ gone }) => gone).length)
    }),
    { numRuns: 16 },
  )
  // Else the property would hold of nothing.
  expect(destroyed).toBeGreaterThan(10)
}, 60_000)
