import { beforeAll, expect, it } from 'vitest'
import { openJournal } from '../../services/ledger/journal.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { localDay } from '../../services/platform/clock.ts'
import { auditRetention } from '../../services/retention/audit.ts'
import { orderPurge } from '../../services/retention/order.ts'
import { executePurge, type PurgeDeps } from '../../services/retention/purge.ts'
import { type Call, ruleDocument, testService } from '../declarations/support.ts'
import { commentDraft, newLog } from '../ledger/support.ts'

const service = testService()
let deps: PurgeDeps
let token: string
beforeAll(async () => {
  service.clock.set('2026-11-23T10:00:00Z')
  const { databases, ledger } = service
  deps = { ledger, purgePool: databases.ledger('purge'), journal: openJournal(databases.config.journalFile) }
  token = await service.token({ subject: 'officer-1', expiresInSeconds: 40_000_000 })
})

const call = (method: 'GET' | 'POST', path: string, given: Call = {}) =>
  service.call(method, path, { token, ...given })
const post = (path: string, body: object, by = token) => call('POST', path, { body, token: by })

async function someLog(): Promise<{ log: Log; path: string }> {
  const log = await newLog(service.ledger)
  return { log, path: `/controllers/${log.slug}` }
}

it('refuses a period of zero, however written, without a decision', async () => {
  const { path } = await someLog()
  for (const period of ['P0D', 'P0Y0M0D', 'P0W']) {
    const rule = ruleDocument({ period, decision: undefined })
    expect((await post(`${path}/retention-rules`, rule)).body).toMatchObject({
      status: 422,
      violations: [{ pointer: '/period' }],
    })
  }
  expect((await post(`${path}/retention-rules`, ruleDocument({ period: 'P0D' }))).status).toBe(201)
})

it('refuses a validity that runs backwards', async () => {
  const { path } = await someLog()
  const rule = ruleDocument({ validFrom: '2026-02-01', validTo: '2026-01-31' })
  expect((await post(`${path}/retention-rules`, rule)).body).toMatchObject({
    status: 422,
    violations: [{ pointer: '/validTo' }],
  })
})

it('refuses one decision with two texts', async () => {
  const { path } = await someLog()
  await post(`${path}/retention-rules`, ruleDocument())
  const { decision } = ruleDocument()
  const other = {
    name: 'Annan',
    recordType: 'Annan',
    decision: { ...decision, wording: 'Gallras efter två år.' },
  }
  expect((await post(`${path}/retention-rules`, ruleDocument(other))).body).toMatchObject({
    status: 409,
    violations: [{ pointer: '/decision' }],
  })
})

it('refuses who proposed a purge as its approver, also with another token of the same person', async () => {
  const { log, path } = await someLog()
  await post(`${path}/retention-rules`, ruleDocument({ start: 'occurred' }))
  await service.ledger.writer(log).append([commentDraft('o')])
  const id = await orderPurge(service.ledger, log, 'officer-1', '2026-11-23', 0)
  const again = await service.token({ subject: 'officer-1', expiresInSeconds: 7_200 })
  for (const one of [token, again])
    expect((await post(`${path}/purges/${id}/approve`, {}, one)).body).toMatchObject({
      code: 'four-eyes-required',
    })
})

it('shows and lets nobody approve a purge through another controller', async () => {
  const mine = await someLog()
  const { path } = await someLog()
  await post(`${mine.path}/retention-rules`, ruleDocument({ start: 'occurred' }))
  await service.ledger.writer(mine.log).append([commentDraft('o')])
  const id = await orderPurge(service.ledger, mine.log, 'officer-1', '2026-11-23', 0)
  const other = await service.token({ subject: 'officer-2', expiresInSeconds: 7_200 })
  expect((await call('GET', `${path}/purges/${id}`)).status).toBe(404)
  expect((await post(`${path}/purges/${id}/approve`, {}, other)).status).toBe(404)
})

it('destroys nothing early and loses nothing when the clock is set back by a year', async () => {
  const { log, path } = await someLog()
  await post(`${path}/retention-rules`, ruleDocument({ start: 'received', validFrom: '2025-01-01' }))
  service.clock.set('2027-02-01T10:00:00Z')
  await service.ledger.writer(log).append([commentDraft('before')])
  const run = async () => {
    const id = await orderPurge(service.ledger, log, 'clerk', localDay(service.clock.now()))
    return executePurge(deps, log, id, 'job')
  }
  service.clock.set('2026-02-01T10:00:00Z')
  const [stored] = await service.ledger.writer(log).append([commentDraft('after')])
  // The log never goes back: what comes now was received when the last before it was.
  expect(stored?.recordedAt.toISOString().slice(0, 10)).toBe('2027-02-01')
  expect(await run()).toMatchObject({ objects: 0 })
  service.clock.set('2027-03-31T21:59:00Z')
  expect(await run()).toMatchObject({ objects: 0 })
  service.clock.set('2027-03-31T22:01:00Z')
  expect(await run()).toMatchObject({ objects: 2 })
  const pool = service.databases.ledger('auditor')
  const report = await auditRetention(pool, log, { now: service.clock.now(), graceDays: 1 })
  expect(report).toMatchObject({ findings: [], destroyed: 2 })
})

it('turns the day at Swedish midnight, also in the nights when the clock is put forward and back', async () => {
  const nights = [
    ['2027-03-28', '2027-01-28', '2027-03-27T22:59:00Z', '2027-03-27T23:01:00Z'],
    ['2027-03-29', '2027-01-29', '2027-03-28T21:59:00Z', '2027-03-28T22:01:00Z'],
    ['2027-10-31', '2027-08-31', '2027-10-30T21:59:00Z', '2027-10-30T22:01:00Z'],
    ['2027-11-01', '2027-09-01', '2027-10-31T22:59:00Z', '2027-10-31T23:01:00Z'],
  ] as const
  for (const [due, occurred, eve, day] of nights) {
    service.clock.set('2027-03-01T10:00:00Z')
    const { log, path } = await someLog()
    await post(`${path}/retention-rules`, ruleDocument({ start: 'occurred' }))
    await service.ledger.writer(log).append([commentDraft('o', { occurredAt: `${occurred}T12:00:00+01:00` })])
    const at = async (instant: string) => {
      service.clock.set(instant)
      return (await call('GET', `${path}/retention/due`)).body as { on: string; objects: number }
    }
    expect(await at(eve), due).toMatchObject({ objects: 0 })
    expect(await at(day), due).toMatchObject({ on: due, objects: 1 })
  }
})
