import type pg from 'pg'
import { beforeAll, expect, it } from 'vitest'
import { withControllerWriting } from '../../services/db/transaction.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { isExact, rebuild } from '../../services/ledger/rebuild.ts'
import { projectInto } from '../../services/ledger/rebuild-tables.ts'
import { testDatabases } from '../support/database.ts'
import { richHistory } from './history.ts'
import { commentDraft, newLog, testLedger } from './support.ts'

const databases = testDatabases()
let house: Awaited<ReturnType<typeof testLedger>>
let log: Log
beforeAll(async () => {
  house = await testLedger(databases)
  log = await richHistory(house)
})

const asOwner = <T>(work: (client: pg.Client) => Promise<T>) =>
  databases.asAdmin('ledger', async (client) => {
    await client.query('set role liggare_owner')
    return work(client)
  })

const damage = (sql: string) => databases.asAdmin('ledger', (client) => client.query(sql, [log.controller]))

const findings = (report: Awaited<ReturnType<typeof rebuild>>) =>
  report.tables
    .filter((it) => it.missing + it.surplus + it.different > 0)
    .map(({ table, missing, surplus, different }) => ({ table, missing, surplus, different }))

it('reproduces each table exactly', async () => {
  const report = await asOwner((client) => rebuild(client, log))
  expect(findings(report)).toEqual([])
  expect(report.replaced).toBe(false)
  expect(report.tables.every((it) => it.rows > 0)).toBe(true)
})

it('says what differs and changes nothing when it only tries', async () => {
  await damage(
    `update model.object set occurred_on = '1999-01-01' where controller_id = $1 and thread_id is null`,
  )
  const tried = await asOwner((client) => rebuild(client, log, { dryRun: true }))
  expect(findings(tried).map((it) => it.table)).toEqual(['object'])
  expect(tried.tables.find((it) => it.table === 'object')?.examples.length).toBeGreaterThan(0)
  expect(isExact(await asOwner((client) => rebuild(client, log, { dryRun: true })))).toBe(false)
})

it('puts back what was changed, lost or added', async () => {
  await damage('delete from model.declaration where controller_id = $1')
  await damage(
    `insert into model.channel_subject select $1, '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'`,
  )
  const report = await asOwner((client) => rebuild(client, log))
  expect(report.replaced).toBe(true)
  expect(findings(report).map((it) => it.table)).toEqual(['channel_subject', 'declaration', 'object'])
  expect(isExact(await asOwner((client) => rebuild(client, log, { dryRun: true })))).toBe(true)
})

it('leaves the other controllers alone', async () => {
  const other = await newLog(house.ledger)
  await house.ledger.writer(other).append([commentDraft('a')])
  await damage('delete from model.object where controller_id <> $1')
  await asOwner((client) => rebuild(client, log))
  expect(isExact(await asOwner((client) => rebuild(client, other, { dryRun: true })))).toBe(false)
  await asOwner((client) => rebuild(client, other))
})

it('misses nothing that is appended while it runs', async () => {
  await damage('delete from model.observation where controller_id = $1')
  const writer = house.ledger.writer(log)
  const appending = Promise.all(
    Array.from({ length: 30 }, (_, n) => writer.append([commentDraft(`while-${n}`)])),
  )
  await asOwner((client) => rebuild(client, log))
  await appending
  expect(isExact(await asOwner((client) => rebuild(client, log, { dryRun: true })))).toBe(true)
})

it('shows the read models as they were when the log was shorter', async () => {
  const known = (upTo: number) =>
    withControllerWriting(databases.ledger('worker'), log.controller, async (tx) => {
      await projectInto(tx, log.controller, upTo)
      const { rows } = await tx.query('select document, version from pg_temp.declaration order by position')
      return rows.map((row) => [row.version, row.document.period])
    })
  expect(await known(0)).toEqual([])
  expect(await known(5)).toEqual([[1, 'P2M']])
  expect(await known(1000)).toEqual([
    [2, 'P3M'],
    [1, 'P1Y'],
  ])
})
