import { beforeAll, expect, it } from 'vitest'
import { runOnce, sweepOnce } from '../../services/jobs/worker.ts'
import { openJournal } from '../../services/ledger/journal.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { createLogger } from '../../services/platform/log.ts'
import type { PurgeDeps } from '../../services/retention/purge.ts'
import { type Call, ruleDocument, testService } from '../declarations/support.ts'
import { commentDraft, newLog } from '../ledger/support.ts'

const service = testService()
const silent = createLogger({ level: 'silent' })
let deps: PurgeDeps
let archivist: string
let officer: string
beforeAll(async () => {
  service.clock.set('2026-11-23T10:00:00Z')
  const { databases } = service
  deps = {
    ledger: service.ledger,
    purgePool: databases.ledger('purge'),
    journal: openJournal(databases.config.journalFile),
  }
  archivist = await service.token({ subject: 'archivist-2' })
  officer = await service.token({ subject: 'officer-1' })
})

const old = { occurredAt: '2026-03-05T10:15:00+01:00' }

/** A log with a rule by which comments go two months after the act, and so many comments that are due. */
async function dueLog(objects: number): Promise<{ log: Log; path: string; events: string[] }> {
  const log = await newLog(service.ledger)
  const path = `/controllers/${log.slug}`
  const rule = { body: ruleDocument({ start: 'occurred', scope: {} }) }
  expect((await call('POST', `${path}/retention-rules`, rule)).status).toBe(201)
  const drafts = Array.from({ length: objects }, (_, n) => commentDraft(`o-${n}`, { ...old, persons: [] }))
  await service.ledger.writer(log).append(drafts)
  const listed = await call('GET', `${path}/interactions?limit=5`)
  return { log, path, events: (listed.body as { items: { id: string }[] }).items.map(({ id }) => id) }
}

const call = (method: 'GET' | 'POST', path: string, given: Call = {}) =>
  service.call(method, path, { token: officer, ...given })

const work = () => runOnce({ ...deps, log: silent })
const body = { body: {} }

it('tells what is due, by which rule, and what a hold keeps', async () => {
  const { log, path } = await dueLog(3)
  const [kept] = await service.ledger.writer(log).append([commentDraft('kept', old)])
  await service.ledger.writer(log).append([
    {
      type: 'hold.placed',
      stream: { id: '0198c5a0-0000-7000-8000-0000000000aa' },
      occurredOn: '2026-11-23',
      data: { kind: 'object', target: kept?.streamId as string, ground: 'appeal' },
      persons: [],
      parts: [],
    },
  ])
  const due = await call('GET', `${path}/retention/due`)
  expect(due.status).toBe(200)
  expect(due.body).toMatchObject({
    on: '2026-11-23',
    objects: 4,
    held: 1,
    oldest: '2026-03-05',
    classes: [{ verb: 'commented', objects: 4, held: 1, holds: [{ ground: 'appeal', objects: 1 }] }],
    rules: [{ name: 'Kommentarer av ringa betydelse', version: 1, objects: 4 }],
  })
  const before = await call('GET', `${path}/retention/due?on=2026-05-04`)
  expect(before.body).toMatchObject({ objects: 0, classes: [], oldest: null })
  const dry = await call('POST', `${path}/purges`, { body: { dryRun: true } })
  expect(dry.status).toBe(200)
  expect(dry.body).toEqual(due.body)
  expect((await call('GET', `${path}/purges`)).body).toMatchObject({ total: 0 })
})

it('explains a single interaction: rule, trigger, day, hold, and afterwards its end', async () => {
  const { path, events } = await dueLog(1)
  const why = () => call('GET', `${path}/interactions/${events[0]}/retention`)
  expect((await why()).body).toMatchObject({
    why: { code: 'due', sv: 'Fristen har löpt ut.' },
    dueDay: '2026-05-05',
    rules: [{ code: 'wins', trigger: 'occurredOn', startDay: '2026-03-05', dueDay: '2026-05-05' }],
    holds: [],
    condemnedPosition: null,
  })
  await call('POST', `${path}/purges`, body)
  await work()
  expect((await why()).body).toMatchObject({ condemnedPosition: '3', disposedPosition: '4' })
})

it('destroys what is ordered, and certifies it as JSON, page and text', async () => {
  const { path } = await dueLog(3)
  const ordered = await call('POST', `${path}/purges`, body)
  expect(ordered.status).toBe(202)
  expect(ordered.body).toMatchObject({ phase: 'ready', planned: 3, approval: false, objects: 0 })
  const at = String(ordered.headers['location']).replace('/liggare/v1', '')
  await work()
  expect((await call('GET', at)).body).toMatchObject({ phase: 'destroyed', objects: 3, intents: 1 })
  const certificate = await call('GET', `${at}/certificate`)
  expect(certificate.body).toMatchObject({ objects: 3, records: 3, approver: null, abortedAt: null })
  service.clock.advance({ days: 2 })
  await sweepOnce({ ...deps, log: silent, sweepIntervalHours: 24 })
  officer = await service.token({ subject: 'officer-1' })
  archivist = await service.token({ subject: 'archivist-2' })
  expect((await call('GET', at)).body).toMatchObject({ phase: 'irrecoverable' })
  const page = await call('GET', `${at}/certificate`, { headers: { accept: 'text/html' } })
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(page.text).toContain('<h1>Gallringsbevis')
  expect(page.text).toContain('KS 2026/117')
  const text = await call('GET', `${at}/certificate`, { headers: { accept: 'text/plain' } })
  expect(text.text).toContain('OÅTERKALLELIG')
  expect((await call('GET', `${at}/certificate`, { headers: { accept: 'image/png' } })).status).toBe(406)
})

it('lets nobody destroy more than the set size alone', async () => {
  const { path } = await dueLog(1_001)
  const ordered = await call('POST', `${path}/purges`, body)
  expect(ordered.body).toMatchObject({ phase: 'waiting', planned: 1_001, approval: true })
  const at = String(ordered.headers['location']).replace('/liggare/v1', '')
  await work()
  expect((await call('GET', at)).body).toMatchObject({ phase: 'waiting', objects: 0 })
  const own = await call('POST', `${at}/approve`)
  expect(own.status).toBe(403)
  expect(own.body).toMatchObject({ code: 'four-eyes-required' })
  expect((await call('POST', `${path}/purges`, body)).status).toBe(409)
  expect((await call('POST', `${at}/approve`, { token: archivist })).body).toMatchObject({
    phase: 'ready',
  })
  expect((await call('POST', `${at}/approve`, { token: archivist })).status).toBe(409)
  await work()
  const done = await call('GET', at)
  expect(done.body).toMatchObject({ phase: 'destroyed', objects: 1_001, intents: 2 })
  const { body: certificate } = await call('GET', `${at}/certificate`)
  const { orderer, approver, executor } = certificate as Record<string, string>
  expect(new Set([orderer, approver, executor]).size).toBe(3)
})

it('is called off before it begins, and orders nothing where nothing is due', async () => {
  const { path } = await dueLog(2)
  const ordered = await call('POST', `${path}/purges`, body)
  const at = String(ordered.headers['location']).replace('/liggare/v1', '')
  expect((await call('POST', `${at}/abort`)).body).toMatchObject({ phase: 'aborted', objects: 0 })
  expect((await call('POST', `${at}/abort`)).status).toBe(409)
  await work()
  expect((await call('GET', `${path}/retention/due`)).body).toMatchObject({ objects: 2 })
  await call('POST', `${path}/purges`, body)
  await work()
  expect((await call('POST', `${path}/purges`, body)).body).toMatchObject({ code: 'state-conflict' })
  expect((await call('GET', `${path}/purges`)).body).toMatchObject({
    total: 2,
    items: [{ phase: 'destroyed' }, { phase: 'aborted' }],
  })
})

it('needs the right scope for each hand', async () => {
  const { log, path } = await dueLog(1)
  const reader = await service.token({ scopes: ['retention:read'], controllers: [log.slug] })
  expect((await call('POST', `${path}/purges`, { ...body, token: reader })).status).toBe(403)
  const ordered = await call('POST', `${path}/purges`, body)
  const at = String(ordered.headers['location']).replace('/liggare/v1', '')
  expect((await call('POST', `${at}/approve`, { token: reader })).status).toBe(403)
  expect((await call('GET', `${at}/certificate`, { token: reader })).status).toBe(200)
})
