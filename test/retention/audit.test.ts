import { beforeAll, expect, it } from 'vitest'
import { RetentionRule, type RetentionRuleInput } from '../../services/events/retention-rule.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { localDay } from '../../services/platform/clock.ts'
import { auditRetention } from '../../services/retention/audit.ts'
import { auditPurge } from '../../services/retention/audit-rules.ts'
import { liftHold, placeHold } from '../../services/retention/holds.ts'
import { abortPurge, approvePurge, orderPurge } from '../../services/retention/order.ts'
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

const actor = { name: 'archivist' }
const decision = { body: 'KS', reference: 'KS 2026/1', date: '2026-01-15', wording: 'Gallras.' }
const rule: RetentionRuleInput = {
  name: 'Kommentarer',
  recordType: 'Kommentar',
  action: 'destroy',
  period: 'P2M',
  start: 'occurred',
  decision,
  validFrom: '2026-02-01',
}

const declare = (log: Log, given: Partial<RetentionRuleInput> = {}, streamId?: string) =>
  recordCommand(ledger, log, {
    type: 'rule.declared',
    ...(streamId === undefined ? {} : { streamId }),
    actor,
    data: { document: RetentionRule.parse({ ...rule, ...given }) },
  })

const append = async (log: Log, names: readonly string[], occurredAt: string) =>
  (await ledger.writer(log).append(names.map((name) => commentDraft(name, { occurredAt })))).map(
    ({ streamId }) => streamId,
  )

/** Orders, approves where needed, executes. */
async function run(log: Log, approvalSize = 1_000): Promise<string> {
  const id = await orderPurge(ledger, log, 'a', localDay(clock.now()), approvalSize)
  if (approvalSize === 0) await approvePurge(ledger, log, { name: 'b' }, id)
  await executePurge(purge, log, id, 'worker')
  return id
}

const audit = (log: Log) =>
  auditRetention(databases.ledger('auditor'), log, { now: clock.now(), graceDays: 1 })
const kinds = async (log: Log) => (await audit(log)).findings.map(({ kind }) => kind)

const tamper = (sql: string, values: unknown[]) =>
  databases.asAdmin('ledger', async (client) => {
    expect((await client.query(sql, values)).rowCount).toBe(1)
  })

const old = '2026-11-01T10:00:00+01:00'

it('finds nothing in an honest history of rules, holds, declarations, edits and purges', async () => {
  clock.set('2026-11-23T10:00:00Z')
  const log = await newLog(ledger)
  const first = await declare(log, { period: 'P10D' })
  const [held, edited] = await append(log, ['held', 'edited', 'plain'], old)
  await append(log, ['fresh'], '2026-11-22T10:00:00+01:00')
  const hold = await placeHold(ledger, log, actor, {
    kind: 'object',
    target: held as string,
    ground: 'appeal',
  })
  await ledger.writer(log).append([commentDraft('edited', { verb: 'edited', occurredAt: old })])
  await run(log)
  clock.advance({ days: 30 })
  await declare(log, { period: 'P1D', start: 'declaredObsolete' }, first.streamId)
  await liftHold(ledger, log, actor, hold.id)
  await triggerRetention(ledger, log, actor, {
    trigger: 'declaredObsolete',
    day: localDay(clock.now()),
    scope: { objects: [held as string] },
  })
  clock.advance({ days: 1 })
  await run(log, 0)
  const called = await orderPurge(ledger, log, 'a', localDay(clock.now()))
  await abortPurge(ledger, log, actor, called)
  expect(edited).toBeDefined()
  expect(await audit(log)).toMatchObject({ objects: 4, destroyed: 3, count: 0 })
})

it('finds what is due and still stands, with its age, but not within the interval of the job', async () => {
  clock.set('2026-11-23T10:00:00Z')
  const log = await newLog(ledger)
  await declare(log, { period: 'P1M' })
  const [id] = await append(log, ['late'], old)
  clock.set('2026-12-02T10:00:00Z')
  expect(await kinds(log)).toEqual([])
  clock.set('2026-12-11T10:00:00Z')
  expect((await audit(log)).findings).toMatchObject([{ kind: 'due-not-destroyed', object: id, days: 10 }])
  await run(log)
  expect((await audit(log)).findings).toMatchObject([{ kind: 'kept-too-long', object: id, days: 10 }])
})

it('finds what was destroyed under a hold that somebody hid from the purge', async () => {
  clock.set('2026-11-23T10:00:00Z')
  const log = await newLog(ledger)
  await declare(log, { period: 'P10D' })
  const [target] = await append(log, ['o'], old)
  await placeHold(ledger, log, actor, { kind: 'object', target: target as string, ground: 'appeal' })
  await tamper('delete from model.hold where controller_id = $1', [log.controller])
  await run(log)
  expect(await kinds(log)).toEqual(['destroyed-while-held'])
})

it('finds what was destroyed too early by a day that somebody changed', async () => {
  clock.set('2026-11-23T10:00:00Z')
  const log = await newLog(ledger)
  await declare(log, { period: 'P30D' })
  await append(log, ['o'], old)
  await tamper("update model.object set occurred_on = '2026-01-01' where controller_id = $1", [
    log.controller,
  ])
  await run(log)
  expect((await audit(log)).findings).toMatchObject([{ kind: 'destroyed-too-early', days: 8 }])
})

it('finds what was destroyed by a rule without a decision', async () => {
  clock.set('2026-11-23T10:00:00Z')
  const log = await newLog(ledger)
  await declare(log, { period: 'P10D', decision: undefined })
  await append(log, ['o'], old)
  await tamper(
    "update model.rule_version set document = jsonb_set(document, '{decision}', $2) where controller_id = $1",
    [log.controller, JSON.stringify(decision)],
  )
  await run(log)
  expect(await kinds(log)).toEqual(['destroyed-without-decision'])
})

it('finds what was destroyed without the approval it needed, after it was called off, without an order', async () => {
  clock.set('2026-11-23T10:00:00Z')
  const log = await newLog(ledger)
  await declare(log, { period: 'P22D' })
  await append(log, ['o', 'p'], old)
  const id = await orderPurge(ledger, log, 'a', '2026-11-23', 0)
  await tamper('update model.purge set approved_position = 0 where controller_id = $1', [log.controller])
  await executePurge(purge, log, id, 'worker')
  const [stray] = await append(log, ['q'], old)
  await recordCommand(ledger, log, { type: 'purge.intended', actor, data: { objects: [stray as string] } })
  await recordCommand(ledger, log, { type: 'purge.aborted', streamId: id, actor, data: {} })
  await recordCommand(ledger, log, { type: 'purge.intended', streamId: id, actor, data: { objects: [] } })
  expect(await kinds(log)).toEqual([
    'destroyed-without-approval',
    'destroyed-without-approval',
    'destroyed-after-abort',
    'destroyed-without-order',
  ])
})

it('finds what was taken above the limit of the order, and what was never brought to its end', () => {
  const intents = [5n, 6n].map((position) => ({ position, objects: 1_000, on: '2026-11-20' }))
  const it = {
    ordered: 4n,
    approval: false,
    limit: 1_000,
    waitDays: 0,
    approved: undefined,
    aborted: undefined,
    intents,
  }
  const now = { on: '2026-11-23' }
  expect(auditPurge({ ...it, executed: 9n }, now, 1)).toMatchObject([
    { kind: 'destroyed-above-limit', position: '6' },
  ])
  expect(auditPurge({ ...it, executed: undefined }, now, 1)).toMatchObject([
    { kind: 'intended-not-executed', days: 3 },
    { kind: 'destroyed-above-limit' },
    { kind: 'intended-not-executed' },
  ])
})
