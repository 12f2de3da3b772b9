import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { RetentionRule, type RetentionStart } from '../../services/events/retention-rule.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { localDay } from '../../services/platform/clock.ts'
import { uuidv7 } from '../../services/platform/ids.ts'
import { recordDelivery } from '../../services/retention/archive.ts'
import { auditRetention } from '../../services/retention/audit.ts'
import { liftHold, placeHold } from '../../services/retention/holds.ts'
import { tagObjects } from '../../services/retention/marks.ts'
import { orderPurge } from '../../services/retention/order.ts'
import { executePurge, type PurgeDeps } from '../../services/retention/purge.ts'
import { type Trigger, triggerRetention } from '../../services/retention/triggers.ts'
import { commentDraft, newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { add } from './naive-calendar.ts'
import { type Card, clerksDay, type PlainRule } from './naive-clerk.ts'

const databases = testDatabases()
let ledger: Ledger
let purge: PurgeDeps
let clock: Awaited<ReturnType<typeof testLedger>>['clock']
beforeAll(async () => {
  ;({ ledger, purge, clock } = await testLedger(databases))
})

type Step =
  | { do: 'append'; verb: Card['verb']; channel: number; age: number }
  | { do: 'say'; what: Trigger | 'archiveDelivered'; of: number; ago: number }
  | { do: 'tag' | 'untag'; of: number }
  | { do: 'hold' | 'lift'; of: number }
  | { do: 'hold-query'; verb: Card['verb']; channel: number }
  | { do: 'lift-query' }
  | { do: 'edit'; of: number }
  | { do: 'close'; channel: number }
  | {
      do: 'rule'
      name: number
      rule: Omit<PlainRule, 'from' | 'to'>
      begins: number
      lasts: number | undefined
    }
  | { do: 'pass'; days: number }
  | { do: 'meet'; of: number; eve: boolean; hour: 'first' | 'last' }

const starts: RetentionStart[] = [
  'occurred',
  'received',
  'published',
  'matterClosed',
  'declaredObsolete',
  'withdrawn',
  'channelClosed',
  'calendarYearEnd',
  'archiveDelivered',
]
const verb = fc.constantFrom<Card['verb']>('commented', 'messaged', 'reacted')
const channel = fc.nat(1)
const of = fc.nat(9)
const rule = fc.record({
  preserve: fc.nat(7).map((it) => it === 0),
  decided: fc.nat(7).map((it) => it > 0),
  years: fc.oneof({ weight: 5, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.constant(400) }),
  months: fc.nat(14),
  days: fc.nat(40),
  start: fc.oneof(fc.constantFrom<RetentionStart>('occurred', 'received'), fc.constantFrom(...starts)),
  rounding: fc.constantFrom('none' as const, 'none' as const, 'calendarYearEnd' as const),
  verb: fc.option(verb, { nil: undefined, freq: 2 }),
  tag: fc.constantFrom(undefined, undefined, 'trifling'),
  channel: fc.option(channel, { nil: undefined, freq: 2 }),
  shortest: fc.boolean(),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('append' as const), verb, channel, age: fc.nat(500) }),
  fc.record({
    do: fc.constant('say' as const),
    what: fc.constantFrom(
      'matterClosed' as const,
      'declaredObsolete' as const,
      'withdrawn' as const,
      'archiveDelivered' as const,
    ),
    of,
    ago: fc.nat(60),
  }),
  fc.record({ do: fc.constantFrom('tag' as const, 'untag' as const), of }),
  fc.record({ do: fc.constantFrom('hold' as const, 'lift' as const, 'edit' as const), of }),
  fc.record({ do: fc.constant('hold-query' as const), verb, channel }),
  fc.record({ do: fc.constant('lift-query' as const) }),
  fc.record({ do: fc.constant('close' as const), channel }),
  fc.record({
    do: fc.constant('rule' as const),
    name: fc.nat(2),
    rule,
    begins: fc.integer({ min: -30, max: 200 }),
    lasts: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined, freq: 3 }),
  }),
  fc.record({ do: fc.constant('pass' as const), days: fc.integer({ min: 1, max: 300 }) }),
  fc.record({
    do: fc.constant('meet' as const),
    of,
    eve: fc.boolean(),
    hour: fc.constantFrom('first' as const, 'last' as const),
  }),
)

/** So that most histories have something to destroy, 29 February among it. */
const beginning: readonly Step[] = [
  { do: 'append', verb: 'commented', channel: 0, age: 3 },
  { do: 'append', verb: 'messaged', channel: 1, age: 200 },
  {
    do: 'rule',
    name: 0,
    rule: {
      preserve: false,
      decided: true,
      years: 1,
      months: 0,
      days: 0,
      start: 'occurred',
      rounding: 'none',
      verb: undefined,
      tag: undefined,
      channel: undefined,
      shortest: false,
    },
    begins: 0,
    lasts: undefined,
  },
  { do: 'meet', of: 0, eve: true, hour: 'last' },
  { do: 'meet', of: 0, eve: false, hour: 'first' },
]

type World = {
  log: Log
  cards: Card[]
  rules: Map<number, { id: string; versions: PlainRule[] }>
  channels: { id: string; closed: string | undefined }[]
  queries: { id: string; verb: Card['verb']; channel: number }[]
  destroyed: number
}

const actor = { name: 'officer' }
const today = () => localDay(clock.now())
const back = (days: number) =>
  new Date(Date.parse(`${today()}T12:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10)

function dayOf({ rules, channels }: World, card: Card): string | undefined {
  const versions = [...rules.values()].map((it) => it.versions)
  return clerksDay(card, versions, today(), channels[card.channel]?.closed)
}

function isHeld({ queries }: World, card: Card): boolean {
  return card.holds.size > 0 || queries.some((it) => it.verb === card.verb && it.channel === card.channel)
}

/** The job of the night, and what the clerk would have taken to the shredder on the same day. */
async function nightly(world: World): Promise<void> {
  const { log, cards } = world
  const id = await orderPurge(ledger, log, 'clerk', today())
  await executePurge(purge, log, id, 'job')
  for (const card of cards) {
    const day = dayOf(world, card)
    card.gone ||= !isHeld(world, card) && day !== undefined && day <= today()
  }
  const { rows } = await reading(ledger, log, (tx) =>
    tx.query<{ object_id: string }>('select object_id from ledger.condemned where controller_id = $1', [
      log.controller,
    ]),
  )
  const gone = cards.filter((it) => it.gone).map(({ id }) => id)
  expect(rows.map((row) => row.object_id).toSorted()).toEqual(gone.toSorted())
  world.destroyed = gone.length
}

function documentOf(name: string, it: PlainRule, channels: World['channels']): RetentionRule {
  const none = it.years + it.months + it.days === 0 && !it.decided
  return RetentionRule.parse({
    name,
    recordType: name,
    action: it.preserve ? 'preserve' : 'destroy',
    ...(it.preserve ? {} : { period: none ? 'P1D' : `P${it.years}Y${it.months}M${it.days}D` }),
    start: it.start,
    rounding: it.rounding,
    ...(it.decided
      ? { decision: { body: 'KS', reference: 'KS 1', date: '2020-01-01', wording: 'Gallras.' } }
      : {}),
    validFrom: it.from,
    ...(it.to === undefined ? {} : { validTo: it.to }),
    ...(it.shortest ? { conflictPolicy: { policy: 'shortest', ground: 'Planen' } } : {}),
    scope: {
      ...(it.verb === undefined ? {} : { verbs: [it.verb] }),
      ...(it.tag === undefined ? {} : { tags: [it.tag] }),
      ...(it.channel === undefined ? {} : { channels: [channels[it.channel]?.id] }),
    },
  })
}

async function appendOne(world: World, it: Extract<Step, { do: 'append' }>): Promise<void> {
  const name = `o-${world.cards.length}`
  const occurred = back(it.age)
  const draft = commentDraft(name, {
    verb: it.verb,
    channel: world.channels[it.channel]?.id as string,
    occurredAt: `${occurred}T12:00:00Z`,
    persons: [],
  })
  const [stored] = await ledger.writer(world.log).append([draft])
  world.cards.push({
    id: stored?.streamId as string,
    name,
    verb: it.verb,
    channel: it.channel,
    tags: new Set(),
    days: { occurred, received: today(), ...(it.verb === 'reacted' ? {} : { published: occurred }) },
    holds: new Set(),
    gone: false,
  })
}

async function onCard(world: World, card: Card, it: Step): Promise<void> {
  const { log } = world
  const scope = { objects: [card.id] }
  if (it.do === 'say') {
    const day = back(it.ago)
    card.days[it.what] = day
    if (it.what === 'archiveDelivered')
      await recordDelivery(ledger, log, actor, { day, authority: 'Stadsarkivet', receipt: 'SA 1', scope })
    else await triggerRetention(ledger, log, actor, { trigger: it.what, day, scope })
  } else if (it.do === 'tag' || it.do === 'untag') {
    const remove = it.do === 'untag'
    await tagObjects(ledger, log, actor, { tags: ['trifling'], remove, scope })
    if (remove) card.tags.delete('trifling')
    else card.tags.add('trifling')
  } else if (it.do === 'hold') {
    const placed = await placeHold(ledger, log, actor, { kind: 'object', target: card.id, ground: 'appeal' })
    card.holds.add(placed.id)
  } else if (it.do === 'lift') {
    for (const id of card.holds) await liftHold(ledger, log, actor, id)
    card.holds.clear()
  } else if (it.do === 'edit') {
    const at = { channel: world.channels[card.channel]?.id as string, occurredAt: `${today()}T01:00:00Z` }
    await ledger.writer(log).append([commentDraft(card.name, { ...at, verb: 'edited', text: uuidv7() })])
  } else if (it.do === 'meet') {
    const day = dayOf(world, card)
    const last = add(today(), 450, 0, 0)
    if (day === undefined || day <= today() || day > last) return
    const local = it.eve
      ? new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
      : day
    // Half past midnight, or a quarter to it, by the clock on the wall: summer or winter.
    const wall = Temporal.PlainDateTime.from(`${local}T${it.hour === 'first' ? '00:30' : '23:45'}`)
    const instant = wall.toZonedDateTime('Europe/Stockholm').toInstant().toString()
    if (new Date(instant) < clock.now()) return
    clock.set(instant)
    await nightly(world)
  }
}

async function act(world: World, it: Step): Promise<void> {
  const { log, cards, channels } = world
  if (it.do === 'append') return appendOne(world, it)
  if (it.do === 'pass') {
    clock.advance({ days: it.days })
    return nightly(world)
  }
  if (it.do === 'hold-query') {
    const target = channels[it.channel]?.id as string
    const hold = await placeHold(ledger, log, actor, {
      kind: 'query',
      target,
      verb: it.verb,
      ground: 'appeal',
    })
    world.queries.push({ id: hold.id, verb: it.verb, channel: it.channel })
  } else if (it.do === 'lift-query') {
    for (const { id } of world.queries.splice(0)) await liftHold(ledger, log, actor, id)
  } else if (it.do === 'close') {
    const one = channels[it.channel]
    if (one === undefined || one.closed !== undefined) return
    one.closed = today()
    const data = { document: { closedOn: one.closed } }
    await recordCommand(ledger, log, { type: 'channel.declared', streamId: one.id, actor, data })
  } else if (it.do === 'rule') {
    const known = world.rules.get(it.name) ?? { id: uuidv7(), versions: [] }
    const from = back(-it.begins)
    const to = it.lasts === undefined ? undefined : back(-it.begins - it.lasts)
    const plain = { ...it.rule, decided: it.rule.decided, from, to }
    const zero = plain.years + plain.months + plain.days === 0 && !plain.decided
    known.versions.push(zero ? { ...plain, days: 1 } : plain)
    world.rules.set(it.name, known)
    const document = documentOf(`rule-${it.name}`, plain, channels)
    await recordCommand(ledger, log, { type: 'rule.declared', streamId: known.id, actor, data: { document } })
  } else {
    const card = cards[it.of % Math.max(cards.length, 1)]
    if (card !== undefined && !card.gone) await onCard(world, card, it)
  }
}

it('destroys over the centuries on the day and not the eve, by rules in versions, tags, deliveries and holds', async () => {
  let destroyed = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 26 }), async (steps) => {
      clock.set('2028-03-02T21:30:00Z')
      const channels = [uuidv7(), uuidv7()].map((id) => ({ id, closed: undefined }))
      const log = await newLog(ledger)
      for (const { id } of channels)
        await recordCommand(ledger, log, {
          type: 'channel.declared',
          streamId: id,
          actor,
          data: { document: {} },
        })
      const world: World = { log, cards: [], rules: new Map(), channels, queries: [], destroyed: 0 }
      for (const it of [...beginning, ...steps]) await act(world, it)
      const pool = databases.ledger('auditor')
      const report = await auditRetention(pool, log, { now: clock.now(), graceDays: 400_000 })
      expect(report.findings).toEqual([])
      expect(report.destroyed).toBe(world.destroyed)
      destroyed += world.destroyed
    }),
    { numRuns: 20 },
  )
  // Else the property would hold of nothing.
  expect(destroyed).toBeGreaterThan(15)
}, 120_000)
