import { beforeAll, expect, it } from 'vitest'
import { runOnce } from '../../services/jobs/worker.ts'
import { openJournal } from '../../services/ledger/journal.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { createLogger } from '../../services/platform/log.ts'
import { auditRetention } from '../../services/retention/audit.ts'
import type { CapacityRuling } from '../../services/supervision/capacity-schemas.ts'
import { type Call, testService } from '../declarations/support.ts'
import { commentDraft, newLog } from '../ledger/support.ts'

const service = testService()
const start = '2026-11-23T10:00:00Z'
let log: Log
let path: string
let objects: string[]
let events: string[]
beforeAll(async () => {
  service.clock.set(start)
  log = await newLog(service.ledger)
  path = `/controllers/${log.slug}`
  const given = { verb: 'published', capacity: 'service' } as const
  const stored = await service.ledger
    .writer(log)
    .append([
      ...['a', 'b', 'c', 'd'].map((id) => commentDraft(id, given)),
      commentDraft('late', { verb: 'edited' }),
    ])
  objects = stored.map(({ streamId }) => streamId)
  events = stored.map(({ eventId }) => eventId)
})

const call = async (method: 'GET' | 'POST', to: string, given: Call & { by?: string } = {}) => {
  const { by = 'officer-1', ...rest } = given
  const token = await service.token({ subject: by })
  return service.call(method, `${path}${to}`, { token, ...rest })
}
const text = 'En semester, inget ärende.'
const rule = (object: string | undefined, capacity: string, given: object = {}) =>
  call('POST', '/capacity-rulings', { body: { object, capacity, ground: 'content', text, ...given } })
const say = (object: string | undefined, what: string, by = 'officer-1') =>
  call('POST', `/capacity-rulings/${object}/${what}`, { body: { text: 'Skäl' }, by })
const counts = async () => {
  const { rows } = await service.databases.asAdmin('ledger', (client) =>
    client.query(
      "select capacity, sum(records)::int as n from model.observation where controller_id = $1 and category = 'content' and verb = 'published' group by 1",
      [log.controller],
    ),
  )
  return Object.fromEntries(rows.map((row) => [row.capacity, row.n]))
}

it('takes a private act out of the counts of service, and a correction puts it back', async () => {
  const made = await rule(events[0], 'private')
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({
    object: objects[0] as string,
    version: 1,
    capacity: 'private',
    phase: 'quarantined',
    quarantineUntil: '2026-12-23',
  } satisfies Partial<CapacityRuling>)
  expect(await counts()).toEqual({ service: 3, private: 1 })
  const corrected = await rule(objects[0], 'service', { ground: 'error' })
  expect(corrected.body).toMatchObject({ version: 2, phase: 'stands', quarantineUntil: null })
  expect(await counts()).toEqual({ service: 4, private: 0 })
  expect((await call('GET', '/holds')).body).toMatchObject({ total: 0 })
})

it('keeps quarantined content from ordinary reading, and shows it to who has to judge it', async () => {
  await rule(objects[1], 'private')
  const purpose = 'Prövning'
  const read = await call('POST', `/interactions/${events[1]}/read`, { body: { purpose } })
  expect(read.body).toMatchObject({ item: { quarantined: true } })
  expect(read.text).not.toContain('Hej!')
  const judged = await call('POST', `/capacity-rulings/${objects[1]}/read`, { body: { purpose } })
  expect(judged.body).toMatchObject({
    steps: [{ type: 'capacity.ruled', capacity: 'private', text }],
    interactions: [{ interaction: { text: 'Hej!' } }],
  })
  expect((await call('GET', '/capacity-rulings')).text).not.toContain('semester')
})

it('destroys nothing within the quarantine, nor by the word of who ruled, nor while it is contested', async () => {
  expect((await say(objects[1], 'approve-destruction', 'officer-2')).status).toBe(409)
  service.clock.set('2026-12-23T10:00:00Z')
  expect(await say(objects[1], 'approve-destruction')).toMatchObject({
    status: 403,
    body: { code: 'four-eyes-required' },
  })
  expect((await say(objects[1], 'contest', 'officer-3')).body).toMatchObject({ phase: 'contested' })
  expect((await say(objects[1], 'contest', 'officer-3')).status).toBe(409)
  expect((await say(objects[1], 'approve-destruction', 'officer-2')).status).toBe(409)
  const holds = await call('GET', '/holds')
  expect(holds.body).toMatchObject({ total: 2 })
  const [{ id }] = (holds.body as { items: { id: string }[] }).items as [{ id: string }]
  expect((await call('POST', `/holds/${id}/lift`, { body: {} })).status).toBe(409)
})

it('destroys it after a second person’s word by the next purge, and the ruling stays', async () => {
  const again = await rule(objects[1], 'private', { ground: 'contested' })
  expect(again.body).toMatchObject({ version: 3, phase: 'quarantined', quarantineUntil: '2027-01-22' })
  service.clock.set('2027-01-22T10:00:00Z')
  expect((await call('GET', '/capacity-rulings?open=true')).body).toMatchObject({
    total: 1,
    items: [{ object: objects[1], phase: 'ripe' }],
  })
  expect((await call('GET', '/retention/due')).body).toMatchObject({ objects: 0 })
  const approved = await say(objects[1], 'approve-destruction', 'officer-2')
  expect(approved.body).toMatchObject({ phase: 'approved' })
  expect((await rule(objects[1], 'service')).status).toBe(409)
  expect((await call('GET', '/retention/due')).body).toMatchObject({ objects: 1, held: 0 })
  await call('POST', '/purges', { body: {} })
  const { databases, ledger } = service
  const journal = openJournal(databases.config.journalFile)
  const logger = createLogger({ level: 'silent' })
  await runOnce({ ledger, purgePool: databases.ledger('purge'), journal, log: logger })
  expect((await call('GET', `/capacity-rulings/${objects[1]}`)).body).toMatchObject({ phase: 'destroyed' })
  const judged = await call('POST', `/capacity-rulings/${objects[1]}/read`, { body: { purpose: 'Kontroll' } })
  expect(judged.text).toContain(text)
  expect(judged.text).not.toContain('Hej!')
  const report = await auditRetention(databases.ledger('auditor'), log, {
    now: service.clock.now(),
    graceDays: 1,
  })
  expect(report).toMatchObject({ destroyed: 1, findings: [] })
})

it('is refused without a text, for what is not there, as it is already, and before the act itself has come', async () => {
  const nobody = '0198c5a0-0000-7000-8000-0000000000ff'
  expect((await rule(objects[2], 'private', { text: ' ' })).status).toBe(422)
  expect((await rule(nobody, 'private')).status).toBe(422)
  expect((await rule(objects[2], 'service')).status).toBe(409)
  expect((await rule(objects[4], 'private')).status).toBe(409)
  expect((await rule(objects[1], 'service')).status).toBe(409)
  expect((await say(objects[2], 'contest')).status).toBe(404)
  expect((await rule(objects[2], 'official')).status).toBe(422)
})

it('lets of two who rule at once one through', async () => {
  const both = await Promise.all([rule(objects[3], 'private'), rule(objects[3], 'mixed')])
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
})

it('is nobody else’s: another controller, a token without the scope, no token', async () => {
  const other = await newLog(service.ledger)
  const token = await service.token({ controllers: [other.slug] })
  expect((await call('POST', '/capacity-rulings', { token, body: {} })).status).toBe(404)
  const foreign = await service.call('GET', `/controllers/${other.slug}/capacity-rulings/${objects[1]}`, {
    token,
  })
  expect(foreign.status).toBe(404)
  const narrow = await service.token({ scopes: ['supervision:read'], controllers: [log.slug] })
  expect((await call('POST', '/capacity-rulings', { token: narrow, body: {} })).status).toBe(403)
  const open = await service.app.inject({ url: `/liggare/v1${path}/capacity-rulings` })
  expect(open.statusCode).toBe(401)
})
