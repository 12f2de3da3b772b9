import { beforeAll, expect, it } from 'vitest'
import { runOnce } from '../../services/jobs/worker.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import { openJournal } from '../../services/ledger/journal.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { createLogger } from '../../services/platform/log.ts'
import type { PurgeDeps } from '../../services/retention/purge.ts'
import {
  activityDocument,
  type Call,
  channelDocument,
  ruleDocument,
  testService,
} from '../declarations/support.ts'
import { commentDraft, newLog, someChannel } from '../ledger/support.ts'

const service = testService()
let deps: PurgeDeps
let officer: string
let other: string
beforeAll(async () => {
  service.clock.set('2026-11-23T10:00:00Z')
  const { databases, ledger } = service
  const journal = openJournal(databases.config.journalFile)
  deps = { ledger, purgePool: databases.ledger('purge'), journal }
  officer = await service.token({ subject: 'officer-1' })
  other = await service.token({ subject: 'officer-2' })
})

const call = (method: 'GET' | 'POST' | 'PUT', path: string, given: Call = {}) =>
  service.call(method, path, { token: officer, ...given })
const post = (path: string, body: object, token = officer) => call('POST', path, { body, token })
const old = { occurredAt: '2026-03-05T10:15:00+01:00' }
const decision = ruleDocument().decision

async function someLog(count = 2): Promise<{ log: Log; path: string; objects: string[]; events: string[] }> {
  const log = await newLog(service.ledger)
  const drafts = Array.from({ length: count }, (_, n) => commentDraft(`o-${n}`, old))
  const stored = await service.ledger.writer(log).append(drafts)
  return {
    log,
    path: `/controllers/${log.slug}`,
    objects: stored.map(({ streamId }) => streamId),
    events: stored.map(({ eventId }) => eventId),
  }
}

type Due = { objects: number; held: number; classes: { tags: string[]; objects: number }[] }
const due = async (path: string, on = '2026-11-23') =>
  (await call('GET', `${path}/retention/due?on=${on}`)).body as Due
type Why = {
  why: { code: string }
  tags: string[]
  capacity: string
  dueDay?: string
  rules: { version: number; name: string; code: string }[]
  condemnedPosition: string | null
}
const why = async (path: string, event: string | undefined, on = '2026-11-23') =>
  (await call('GET', `${path}/interactions/${event}/retention?on=${on}`)).body as Why
const nightly = async (path: string) => {
  await post(`${path}/purges`, {})
  await runOnce({ ...deps, log: createLogger({ level: 'silent' }) })
}

it('applies a rule scoped by a tag to what carries it, until it is taken away', async () => {
  const { path, objects, events } = await someLog()
  await post(`${path}/retention-rules`, ruleDocument({ start: 'occurred', scope: { tags: ['trifling'] } }))
  expect((await why(path, events[0])).why.code).toBe('noRule')
  const tagged = await post(`${path}/retention/tags`, {
    tags: ['trifling', 'routine'],
    objects: [objects[0]],
  })
  expect(tagged.body).toMatchObject({ events: 1, objects: 1 })
  expect(await why(path, events[0])).toMatchObject({ tags: ['routine', 'trifling'], dueDay: '2026-05-05' })
  expect(await due(path)).toMatchObject({ objects: 1, classes: [{ tags: ['routine', 'trifling'] }] })
  const query = { channel: someChannel, before: '2026-11-01' }
  expect((await post(`${path}/retention/tags`, { tags: ['trifling'], query })).body).toMatchObject({
    objects: 1,
  })
  expect((await post(`${path}/retention/tags`, { tags: ['trifling'], query })).body).toMatchObject({
    objects: 0,
  })
  expect((await due(path)).objects).toBe(2)
  const gone = { tags: ['trifling'], remove: true, query: { ...query, tag: 'routine' } }
  expect((await post(`${path}/retention/tags`, gone)).body).toMatchObject({ objects: 1 })
  await nightly(path)
  expect((await why(path, events[0])).condemnedPosition).toBeNull()
  expect((await why(path, events[1])).condemnedPosition).not.toBeNull()
})

it('applies a rule by the capacity that somebody has ruled, and by its correction', async () => {
  const { path, objects, events } = await someLog(1)
  await post(`${path}/retention-rules`, ruleDocument({ start: 'occurred', scope: { capacities: ['mixed'] } }))
  const [object] = objects
  const ruling = { object, ground: 'client', text: 'Skrivet i båda egenskaperna.' }
  const rule = (capacity: string) => post(`${path}/capacity-rulings`, { ...ruling, capacity })
  expect((await rule('mixed')).status).toBe(201)
  expect(await why(path, events[0])).toMatchObject({ capacity: 'mixed', why: { code: 'due' } })
  await rule('service')
  expect(await why(path, events[0])).toMatchObject({ capacity: 'service', why: { code: 'noRule' } })
})

it('leaves the old version of a rule in force till the first day of the new one, and not a day longer', async () => {
  const { path, events } = await someLog(1)
  const made = (await post(`${path}/retention-rules`, ruleDocument({ start: 'occurred' }))).body as {
    id: string
  }
  const body = ruleDocument({ start: 'occurred', period: 'P5Y', validFrom: '2027-01-01' })
  const headers = { 'if-match': '"1"' }
  expect((await call('PUT', `${path}/retention-rules/${made.id}`, { body, headers })).status).toBe(200)
  expect(await why(path, events[0])).toMatchObject({
    why: { code: 'due' },
    rules: [
      { version: 1, code: 'wins' },
      { version: 2, code: 'notYetValid' },
    ],
  })
  expect((await why(path, events[0], '2026-12-31')).why.code).toBe('due')
  expect(await why(path, events[0], '2027-01-01')).toMatchObject({
    why: { code: 'notDue' },
    dueDay: '2031-03-05',
    rules: [{ code: 'superseded' }, { version: 2, code: 'wins' }],
  })
  const ended = { ...body, validTo: '2027-06-30' }
  await call('PUT', `${path}/retention-rules/${made.id}`, { body: ended, headers: { 'if-match': '"2"' } })
  expect((await why(path, events[0], '2027-07-01')).why.code).toBe('noRule')
})

it('gives a version that makes much due no force before another than its author has approved it', async () => {
  const { path, events } = await someLog(3)
  const limited = service.databases.config.approvalSize
  const log = await service.ledger.find(path.split('/')[2] as string)
  const { declareRule, approveRule } = await import('../../services/retention/rule-declare.ts')
  const { RetentionRule } = await import('../../services/events/retention-rule.ts')
  expect(limited).toBeGreaterThan(3)
  const document = RetentionRule.parse(ruleDocument({ start: 'occurred' }))
  const actor = { name: 'officer-1' }
  const made = await declareRule(service.ledger, log as Log, { document, actor }, 2)
  expect(await why(path, events[0])).toMatchObject({
    why: { code: 'noRule' },
    rules: [{ code: 'awaitingApproval' }],
  })
  expect((await call('GET', `${path}/retention-rule-approvals`)).body).toMatchObject({
    items: [{ rule: made.id, version: 1, newlyDue: 3 }],
  })
  const wish = { rule: made.id, version: 1 }
  await expect(approveRule(service.ledger, log as Log, actor, wish)).rejects.toMatchObject({
    code: 'four-eyes-required',
  })
  expect((await post(`${path}/retention-rule-approvals`, { ...wish, version: 2 }, other)).status).toBe(409)
  expect((await post(`${path}/retention-rule-approvals`, wish, other)).status).toBe(200)
  expect((await due(path)).objects).toBe(3)
  expect((await call('GET', `${path}/retention-rule-approvals`)).body).toEqual({ items: [] })
})

it('loads the example rules under a decision once, and leaves what stands', async () => {
  const { path } = await someLog(1)
  const body = { decision, validFrom: '2026-02-01' }
  const dry = await post(`${path}/retention-rules/examples`, { ...body, dryRun: true })
  expect(dry.body).toEqual({ declared: [], skipped: [] })
  const loaded = (await post(`${path}/retention-rules/examples`, body)).body as {
    declared: { name: string }[]
  }
  expect(loaded.declared).toHaveLength(11)
  expect(loaded.declared.map(({ name }) => name)).toContain('Ledningens inlägg')
  const again = (await post(`${path}/retention-rules/examples`, body)).body as { skipped: string[] }
  expect(again).toMatchObject({ declared: [], skipped: expect.arrayContaining(['Privata meddelanden']) })
})

it('holds by a query what lies in it, also what comes later, and nothing beside it', async () => {
  const { log, path } = await someLog(1)
  const channel = (await post(`${path}/channels`, channelDocument())).body as { id: string }
  await post(`${path}/retention-rules`, ruleDocument({ start: 'occurred', scope: {} }))
  const hold = {
    kind: 'query',
    target: channel.id,
    verb: 'commented',
    to: '2026-03-31',
    ground: 'police-report',
  }
  expect((await post(`${path}/holds`, { ...hold, kind: 'channel' })).status).toBe(422)
  expect((await post(`${path}/holds`, { ...hold, from: '2026-04-01' })).status).toBe(422)
  const placed = await post(`${path}/holds`, { ...hold, reviewOn: '2027-01-01' })
  expect(placed.body).toMatchObject({ kind: 'query', verb: 'commented', from: null, to: '2026-03-31' })
  const on = { channel: channel.id }
  const stored = await service.ledger
    .writer(log)
    .append([
      commentDraft('inside', { ...old, ...on }),
      commentDraft('later', { ...on, occurredAt: '2026-04-01T10:15:00+02:00' }),
      commentDraft('message', { ...old, ...on, verb: 'messaged' }),
    ])
  expect(await due(path)).toMatchObject({ objects: 4, held: 1 })
  expect((await why(path, stored[0]?.eventId)).why.code).toBe('held')
  await nightly(path)
  expect(await due(path)).toMatchObject({ objects: 1, held: 1 })
  const reviewed = (day: string) => call('GET', `${path}/holds?reviewBy=${day}`)
  expect((await reviewed('2026-12-31')).body).toMatchObject({ total: 0 })
  expect((await reviewed('2027-01-01')).body).toMatchObject({ total: 1 })
  await post(`${path}/holds/${(placed.body as { id: string }).id}/lift`, {})
  await nightly(path)
  expect((await due(path)).objects).toBe(0)
})

it('says what is to be delivered to the archive, and destroys it only after delivery by a rule of its own', async () => {
  const { path, objects, events } = await someLog(2)
  const keep = { action: 'preserve', period: undefined, decision: undefined, archiveDeliveryDays: 30 }
  await post(
    `${path}/retention-rules`,
    ruleDocument({ name: 'Bevaras', start: 'occurred', scope: {}, ...keep }),
  )
  await post(
    `${path}/retention-rules`,
    ruleDocument({ name: 'Gallras', start: 'occurred', recordType: 'B', scope: {} }),
  )
  const list = async (on: string) =>
    ((await call('GET', `${path}/retention/archive-deliveries?on=${on}`)).body as { items: object[] }).items
  expect(await list('2026-04-03')).toMatchObject([
    { name: 'Bevaras', objects: 2, due: 0, first: '2026-04-04' },
  ])
  expect(await list('2026-04-04')).toMatchObject([{ objects: 2, due: 2 }])
  await post(
    `${path}/retention-rules`,
    ruleDocument({ name: 'Efter', start: 'archiveDelivered', period: 'P1M', scope: {} }),
  )
  expect((await due(path)).objects).toBe(0)
  const delivery = {
    day: '2026-10-20',
    authority: 'Stadsarkivet',
    receipt: 'SA 2026/31',
    objects: [objects[0]],
  }
  expect(
    (await post(`${path}/retention/archive-deliveries`, { ...delivery, day: '2026-11-24' })).status,
  ).toBe(422)
  expect((await post(`${path}/retention/archive-deliveries`, delivery)).body).toMatchObject({ objects: 1 })
  expect(await list('2026-11-23')).toMatchObject([{ objects: 1, due: 1 }])
  expect(await why(path, events[0])).toMatchObject({
    why: { code: 'due' },
    dueDay: '2026-11-20',
    rules: expect.arrayContaining([
      expect.objectContaining({ name: 'Bevaras', code: 'preservedUntilDelivery' }),
      expect.objectContaining({ name: 'Gallras', code: 'preserved' }),
      expect.objectContaining({ name: 'Efter', code: 'wins' }),
    ]),
  })
  await nightly(path)
  expect((await why(path, events[0])).condemnedPosition).not.toBeNull()
  expect((await why(path, events[1])).condemnedPosition).toBeNull()
})

it('lets no other controller tag, hold or deliver what is not its own', async () => {
  const mine = await someLog(1)
  const { path } = await someLog(1)
  const wrong = { violations: [{ pointer: '/objects/0' }] }
  const { objects } = mine
  expect((await post(`${path}/retention/tags`, { tags: ['trifling'], objects })).body).toMatchObject(wrong)
  const delivery = { day: '2026-10-20', authority: 'Stadsarkivet', receipt: 'SA 2026/31', objects }
  expect((await post(`${path}/retention/archive-deliveries`, delivery)).body).toMatchObject(wrong)
  expect((await post(`${path}/holds`, { kind: 'object', target: objects[0], ground: 'appeal' })).status).toBe(
    422,
  )
})

it('closes a channel once, from when a rule that starts there counts', async () => {
  const { log, path } = await someLog(1)
  const channel = (await post(`${path}/channels`, channelDocument())).body as { id: string }
  const stored = await service.ledger.writer(log).append([commentDraft('c', { ...old, channel: channel.id })])
  await post(`${path}/retention-rules`, ruleDocument({ start: 'channelClosed', scope: {} }))
  expect((await why(path, stored[0]?.eventId)).why.code).toBe('triggerMissing')
  const close = (day: string) => post(`${path}/channels/${channel.id}/close`, { day })
  expect((await close('2026-11-24')).body).toMatchObject({ violations: [{ pointer: '/day' }] })
  expect((await close('2009-01-01')).body).toMatchObject({ violations: [{ pointer: '/day' }] })
  expect((await close('2026-09-20')).body).toMatchObject({ version: 2, closedOn: '2026-09-20' })
  expect((await close('2026-09-21')).status).toBe(409)
  expect(await why(path, stored[0]?.eventId)).toMatchObject({ why: { code: 'due' }, dueDay: '2026-11-20' })
})

it('previews by each rule that gains or loses, and by what the objects are tagged', async () => {
  const { path, objects } = await someLog(3)
  await post(`${path}/retention-rules`, ruleDocument({ name: 'Alla', start: 'occurred', scope: {} }))
  await post(`${path}/retention/tags`, { tags: ['threat'], objects: [objects[0]] })
  const keep = { name: 'Hot', recordType: 'Hot', action: 'preserve', period: undefined, decision: undefined }
  const rule = ruleDocument({ ...keep, start: 'occurred', scope: { tags: ['threat'] } })
  const preview = await post(`${path}/retention-rules/preview`, { rule })
  expect(preview.body).toMatchObject({
    classes: [{ tags: ['threat'], lost: 1, noLongerDue: 1, rulesBefore: ['Alla'], rulesAfter: ['Hot'] }],
    rules: [
      { name: 'Alla', lost: 1 },
      { rule: null, name: 'Hot', lost: 1 },
    ],
    total: { lost: 1, noLongerDue: 1, unchanged: 0 },
  })
  expect((await due(path)).objects).toBe(3)
})

it('lets the setting of the controller decide between two rules, and shows its ground', async () => {
  const { log, path, events } = await someLog(1)
  await post(`${path}/retention-rules`, ruleDocument({ name: 'Kort', start: 'occurred', scope: {} }))
  const long = { name: 'Lång', recordType: 'Annan', start: 'occurred', period: 'P5Y', scope: {} }
  await post(`${path}/retention-rules`, ruleDocument(long))
  const byRule = (codes: object) =>
    expect.arrayContaining(
      Object.entries(codes).map(([name, code]) => expect.objectContaining({ name, code })),
    )
  expect(await why(path, events[0])).toMatchObject({
    policy: 'longest',
    policyGround: null,
    dueDay: '2031-03-05',
    rules: byRule({ Kort: 'outlived', Lång: 'wins' }),
  })
  const conflictPolicy = { policy: 'shortest', ground: 'Dokumenthanteringsplanen, avsnitt 3' }
  const data = { document: { conflictPolicy } }
  await recordCommand(service.ledger, log, {
    type: 'controller.declared',
    actor: { name: 'officer-1' },
    data,
  })
  expect(await why(path, events[0])).toMatchObject({
    policy: 'shortest',
    policyGround: conflictPolicy.ground,
    dueDay: '2026-05-05',
    rules: byRule({ Kort: 'wins', Lång: 'overtaken' }),
  })
})

it('applies a rule by the activity that covers the record, and by the categories seen in such records', async () => {
  const { log, path } = await someLog(1)
  const channel = (await post(`${path}/channels`, channelDocument())).body as { id: string }
  const scope = { channels: [channel.id] }
  const activity = (await post(`${path}/activities`, activityDocument({ scope }))).body as { id: string }
  const [stored] = await service.ledger
    .writer(log)
    .append([commentDraft('c', { ...old, channel: channel.id })])
  const ofActivity = { start: 'occurred', scope: { activities: [activity.id] } }
  await post(`${path}/retention-rules`, ruleDocument(ofActivity))
  expect((await due(path)).objects).toBe(1)
  expect((await why(path, stored?.eventId)).why.code).toBe('due')
  const keep = {
    name: 'Bevaras',
    recordType: 'B',
    action: 'preserve',
    period: undefined,
    decision: undefined,
  }
  await post(`${path}/retention-rules`, ruleDocument({ ...keep, scope: { categories: ['never-seen'] } }))
  expect((await due(path)).objects).toBe(1)
  await post(
    `${path}/retention-rules`,
    ruleDocument({ ...keep, name: 'Innehåll', scope: { categories: ['content'] } }),
  )
  expect((await why(path, stored?.eventId)).why.code).toBe('preserved')
})
