import { setTimeout as sleep } from 'node:timers/promises'
import { Registry } from 'prom-client'
import { beforeAll, expect, it } from 'vitest'
import { measureRetention } from '../../services/commands/retention-health.ts'
import { installJobSchema } from '../../services/db/job-schema.ts'
import { RetentionRule } from '../../services/events/retention-rule.ts'
import { orderDue } from '../../services/jobs/order-due.ts'
import { remindersOf } from '../../services/jobs/remind.ts'
import { startSchedule } from '../../services/jobs/schedule.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { createLogger } from '../../services/platform/log.ts'
import { placeHold } from '../../services/retention/holds.ts'
import { unfinishedPurges } from '../../services/retention/purge-queries.ts'
import { declareRule } from '../../services/retention/rule-declare.ts'
import { ruleDocument } from '../declarations/support.ts'
import { commentDraft, newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'

const databases = testDatabases()
let ledger: Ledger
beforeAll(async () => {
  ;({ ledger } = await testLedger(databases))
  await databases.asAdmin('ledger', installJobSchema)
})

const actor = { name: 'officer' }
const old = { occurredAt: '2026-03-05T10:15:00+01:00' }

async function dueLog(count = 2): Promise<{ log: Log; objects: string[] }> {
  const log = await newLog(ledger)
  const document = RetentionRule.parse(ruleDocument({ start: 'occurred' }))
  await declareRule(ledger, log, { document, actor })
  const drafts = Array.from({ length: count }, (_, n) => commentDraft(`o-${n}`, old))
  const stored = await ledger.writer(log).append(drafts)
  return { log, objects: stored.map(({ streamId }) => streamId) }
}

const open = (log: Log) => reading(ledger, log, (tx) => unfinishedPurges(tx, log.controller))

it('installs the queue under the worker, and again without a change', async () => {
  await databases.asAdmin('ledger', installJobSchema)
  const owners = await databases.asAdmin('ledger', async (admin) => {
    const { rows } = await admin.query<{ owner: string }>(
      "select distinct pg_get_userbyid(relowner) as owner from pg_class where relnamespace = 'pgboss'::regnamespace",
    )
    return rows.map(({ owner }) => owner)
  })
  expect(owners).toEqual(['liggare_worker'])
})

it('orders what is due once, and nothing while that waits or when all is held', async () => {
  const { log, objects } = await dueLog()
  const ordered = await orderDue(ledger, log, 1, 0)
  expect(ordered).toEqual({ purge: expect.any(String) })
  expect(await orderDue(ledger, log, 1, 0)).toEqual({ none: 'another-unfinished' })
  expect(await open(log)).toMatchObject([{ approval: true, planned: 2 }])
  const held = await dueLog(1)
  const hold = {
    kind: 'object',
    target: held.objects[0] as string,
    ground: 'appeal',
    reviewOn: '2026-11-23',
  } as const
  await placeHold(ledger, held.log, actor, hold)
  expect(await orderDue(ledger, held.log, 1, 0)).toEqual({ none: 'nothing-due' })
  expect(await remindersOf(ledger, held.log)).toMatchObject({ overdueObjects: 0, holdsToReview: 1 })
  expect(await remindersOf(ledger, log)).toMatchObject({
    overdueObjects: 2,
    purgesToApprove: 1,
    holdsToReview: 0,
  })
  const registry = new Registry()
  measureRetention(ledger, registry)
  const text = await registry.metrics()
  const line = (what: string, count: number) =>
    `liggare_retention_waiting{controller="${log.slug}",what="${what}"} ${count}`
  expect(text).toContain(line('overdueObjects', objects.length))
  expect(text).toContain(line('purgesToApprove', 1))
})

it('calls every controller by the clock, in jobs that carry a number and nothing else', async () => {
  const { log } = await dueLog()
  const deps = {
    ledger,
    pool: databases.ledger('worker'),
    log: createLogger({ level: 'silent' }),
    approvalSize: 1_000,
    purgeWaitHours: 0,
    purgeCron: '30 3 * * *',
    reminderCron: 'off',
  }
  const schedule = await startSchedule(deps)
  const query = <T extends object>(sql: string) =>
    databases.asAdmin('ledger', async (admin) => (await admin.query<T>(sql)).rows)
  try {
    expect(await query('select name, cron, timezone from pgboss.schedule')).toEqual([
      { name: 'retention-order', cron: '30 3 * * *', timezone: 'Europe/Stockholm' },
    ])
    await query("insert into pgboss.job (name, policy) values ('retention-order', 'exclusive')")
    for (let tries = 0; tries < 100 && (await open(log)).length === 0; tries += 1) await sleep(200)
    expect(await open(log)).toMatchObject([{ planned: 2, approval: false }])
    const payloads = await query<{ data: object | null }>('select distinct data from pgboss.job')
    expect(
      payloads.every(({ data }) => data === null || /^\{"controller":\d+\}$/.test(JSON.stringify(data))),
    ).toBe(true)
  } finally {
    await schedule.stop()
  }
}, 40_000)
