import { beforeAll, expect, it } from 'vitest'
import { runOnce } from '../../services/jobs/worker.ts'
import { openJournal } from '../../services/ledger/journal.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { createLogger } from '../../services/platform/log.ts'
import type { PurgeDeps } from '../../services/retention/purge.ts'
import { type Call, ruleDocument, testService } from '../declarations/support.ts'
import { commentDraft, newLog, someChannel } from '../ledger/support.ts'

const service = testService()
let deps: PurgeDeps
let officer: string
beforeAll(async () => {
  service.clock.set('2026-11-23T10:00:00Z')
  const { databases, ledger } = service
  const journal = openJournal(databases.config.journalFile)
  deps = { ledger, purgePool: databases.ledger('purge'), journal }
  officer = await service.token({ subject: 'officer-1' })
})

const call = (method: 'GET' | 'POST', path: string, given: Call = {}) =>
  service.call(method, path, { token: officer, ...given })
const old = { occurredAt: '2026-03-05T10:15:00+01:00' }
const nobody = '0198c5a0-0000-7000-8000-0000000000ff'

async function dueLog(start = 'occurred'): Promise<{ log: Log; path: string; objects: string[] }> {
  const log = await newLog(service.ledger)
  const path = `/controllers/${log.slug}`
  await call('POST', `${path}/retention-rules`, { body: ruleDocument({ start, scope: {} }) })
  const stored = await service.ledger
    .writer(log)
    .append([commentDraft('a', old), commentDraft('b', { ...old, persons: [] })])
  return { log, path, objects: stored.map(({ streamId }) => streamId) }
}

const purge = async (path: string) => {
  await call('POST', `${path}/purges`, { body: {} })
  await runOnce({ ...deps, log: createLogger({ level: 'silent' }) })
}
const due = async (path: string) =>
  (await call('GET', `${path}/retention/due`)).body as { objects: number; held: number }

it('keeps what is held and puts it back in line when it is lifted', async () => {
  const { path, objects } = await dueLog()
  const wish = {
    kind: 'object',
    target: objects[0],
    ground: 'appeal',
    text: 'Överklagat',
    reviewOn: '2027-01-01',
  }
  const placed = await call('POST', `${path}/holds`, { body: wish })
  expect(placed.status).toBe(201)
  expect(placed.body).toMatchObject({
    kind: 'object',
    target: objects[0],
    reviewOn: '2027-01-01',
    case: null,
  })
  expect(await due(path)).toMatchObject({ objects: 2, held: 1 })
  await purge(path)
  expect(await due(path)).toMatchObject({ objects: 1, held: 1 })
  const { id } = placed.body as { id: string }
  expect((await call('GET', `${path}/holds`)).body).toMatchObject({ total: 1, items: [{ id }] })
  expect((await call('POST', `${path}/holds/${id}/lift`, { body: {} })).status).toBe(200)
  expect((await call('POST', `${path}/holds/${id}/lift`, { body: {} })).status).toBe(409)
  expect((await call('GET', `${path}/holds`)).body).toMatchObject({ total: 0 })
  expect((await call('GET', `${path}/holds?all=true`)).body).toMatchObject({ total: 1 })
  await purge(path)
  expect(await due(path)).toMatchObject({ objects: 0 })
})

it('holds a person, a thread, a channel', async () => {
  const { log, path, objects } = await dueLog()
  const subject = await reading(service.ledger, log, async (tx) => {
    const { rows } = await tx.query<{ subject_id: string }>(
      "select subject_id from ledger.event_part where controller_id = $1 and role = 'author'",
      [log.controller],
    )
    return rows[0]?.subject_id
  })
  const place = (kind: string, target?: string) =>
    call('POST', `${path}/holds`, { body: { kind, target, ground: 'supervision' } })
  expect((await place('subject', subject)).status).toBe(201)
  expect(await due(path)).toMatchObject({ objects: 2, held: 1 })
  expect((await place('thread', objects[1])).status).toBe(201)
  expect(await due(path)).toMatchObject({ objects: 2, held: 2 })
  expect((await place('channel', someChannel)).status).toBe(422)
})

it('refuses a hold on nothing, on a past review day, and on what is condemned', async () => {
  const { path, objects } = await dueLog()
  const place = (given: object) =>
    call('POST', `${path}/holds`, {
      body: { kind: 'object', target: objects[0], ground: 'appeal', ...given },
    })
  expect((await place({ target: nobody })).body).toMatchObject({
    status: 422,
    violations: [{ pointer: '/target' }],
  })
  expect((await place({ kind: 'subject' })).status).toBe(422)
  expect((await place({ reviewOn: '2026-11-22' })).status).toBe(422)
  await purge(path)
  const late = await place({})
  expect(late.status).toBe(409)
  expect(late.body).toMatchObject({ code: 'condemned', detail: expect.stringContaining('position 4') })
})

it('starts the period by a declaration: of single objects, of a list, of all that is older', async () => {
  const { path, objects } = await dueLog('declaredObsolete')
  const trigger = (given: object) =>
    call('POST', `${path}/retention/triggers`, {
      body: { trigger: 'declaredObsolete', day: '2026-09-01', ...given },
    })
  expect(await due(path)).toMatchObject({ objects: 0 })
  expect((await trigger({ objects: [objects[0]] })).body).toMatchObject({ events: 1, objects: 1 })
  expect(await due(path)).toMatchObject({ objects: 1 })
  const query = { channel: someChannel, verb: 'commented', before: '2026-03-06' }
  expect((await trigger({ query })).body).toMatchObject({ objects: 1 })
  expect((await trigger({ query })).body).toMatchObject({ events: 0, objects: 0 })
  expect(await due(path)).toMatchObject({ objects: 2 })
  expect((await trigger({ objects, day: '2026-11-24' })).status).toBe(422)
  expect((await trigger({ objects, query })).status).toBe(422)
  expect((await trigger({ objects: [nobody] })).body).toMatchObject({
    violations: [{ pointer: '/objects/0' }],
  })
  await purge(path)
  expect((await trigger({ objects })).body).toMatchObject({ violations: [{ pointer: '/objects/0' }, {}] })
})

it('shows what a changed rule would mean before it takes force, and records nothing', async () => {
  const { log, path } = await dueLog()
  await service.ledger
    .writer(log)
    .append([commentDraft('fresh', { occurredAt: '2026-11-20T10:15:00+01:00' })])
  const listed = await call('GET', `${path}/retention-rules`)
  const [{ id, document }] = (listed.body as { items: [{ id: string; document: object }] }).items
  const preview = (given: object) =>
    call('POST', `${path}/retention-rules/preview`, { body: { id, rule: { ...document, ...given } } })
  const none = { earlier: 0, later: 0, gained: 0, lost: 0, newlyDue: 0, noLongerDue: 0, unchanged: 0 }
  expect((await preview({ period: 'P10Y' })).body).toMatchObject({
    on: '2026-11-23',
    total: { ...none, later: 3, noLongerDue: 2 },
  })
  expect((await preview({ period: 'P1D' })).body).toMatchObject({
    classes: [{ verb: 'commented', rulesAfter: ['Kommentarer av ringa betydelse'] }],
    total: { ...none, earlier: 3, newlyDue: 1 },
  })
  expect((await preview({ action: 'preserve', period: undefined })).body).toMatchObject({
    total: { ...none, lost: 3, noLongerDue: 2 },
  })
  expect((await preview({})).body).toMatchObject({ total: { ...none, unchanged: 3 } })
  expect((await preview({ scope: { verbs: ['messaged'] } })).body).toMatchObject({
    total: { ...none, lost: 3, noLongerDue: 2 },
  })
  expect(await due(path)).toMatchObject({ objects: 2 })
})
