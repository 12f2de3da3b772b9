import axe from 'axe-core'
import { JSDOM } from 'jsdom'
import { Registry } from 'prom-client'
import { beforeAll, expect, it } from 'vitest'
import { measureSupervision } from '../../services/commands/supervision-health.ts'
import { alarmOnce } from '../../services/jobs/worker.ts'
import { createLogger } from '../../services/platform/log.ts'
import type { SupervisionReport } from '../../services/supervision/rounds-schemas.ts'
import { type Call, channelDocument, controllerDocument, testService } from '../declarations/support.ts'
import { commentDraft } from '../ledger/support.ts'

const service = testService()
const base = '/controllers/kommunstyrelsen'
let channel: string

const call = async (method: 'GET' | 'POST', path: string, given: Call = {}) => {
  const token = await service.token({ subject: 'moderator-1' })
  return service.call(method, `${base}/supervision${path}`, { token, ...given })
}
const round = (from: string, to: string, given: object = {}) =>
  call('POST', '/rounds', { body: { channel, from, to, seen: 10, acted: 1, ...given } })
const report = async (from: string, to: string) => {
  const answer = await call('GET', `/report?from=${from}&to=${to}&channel=${channel}`)
  expect(answer.status).toBe(200)
  return (answer.body as SupervisionReport).channels[0]
}

beforeAll(async () => {
  service.clock.set('2026-03-01T08:00:00Z')
  const token = await service.token()
  await service.call('POST', '/controllers', { token, body: controllerDocument('kommunstyrelsen') })
  const body = channelDocument({ openedOn: '2026-03-01', supervisionInterval: 'P1D' })
  channel = ((await service.call('POST', `${base}/channels`, { token, body })).body as { id: string }).id
  service.clock.set('2026-03-06T12:00:00Z')
})

it('shows regular supervision where every stretch keeps within the interval, and not where one does not', async () => {
  for (const day of ['01', '02', '03'])
    expect((await round(`2026-03-${day}T20:00:00Z`, `2026-03-${day}T20:30:00Z`)).status).toBe(201)
  const made = await round('2026-03-04T20:00:00Z', '2026-03-03T20:30:00Z')
  expect(made.status).toBe(422)
  const listed = (await call('GET', `/rounds?channel=${channel}`)).body as { items: { id: string }[] }
  expect(listed.items).toHaveLength(3)
  expect((await call('GET', `/rounds/${listed.items[0]?.id}`)).body).toEqual(listed.items[0])
  expect(await report('2026-03-01', '2026-03-03')).toMatchObject({
    interval: 'P1D',
    rounds: 3,
    seen: 30,
    acted: 3,
    longestHours: 24,
    gaps: [],
    regular: true,
  })
  expect(await report('2026-03-03', '2026-03-05')).toMatchObject({
    rounds: 1,
    regular: false,
    gaps: [{ since: '2026-03-03T20:30:00.000Z', until: '2026-03-05T23:00:00.000Z', hours: 50.5 }],
  })
})

it('raises one alarm for a round that did not come, however often it is looked, and says so in metrics', async () => {
  const quiet = createLogger({ level: 'silent' })
  for (let times = 0; times < 3; times += 1) await alarmOnce({ ledger: service.ledger, log: quiet })
  expect((await report('2026-03-03', '2026-03-06'))?.alarms).toEqual(['2026-03-04T20:30:00.000Z'])
  const registry = new Registry()
  measureSupervision(service.ledger, registry)
  expect(await registry.metrics()).toContain('liggare_supervision_overdue{controller="kommunstyrelsen"} 1')
  await round('2026-03-06T11:00:00Z', '2026-03-06T11:10:00Z')
  expect(await registry.metrics()).toContain('liggare_supervision_overdue{controller="kommunstyrelsen"} 0')
})

it('shows how soon what became known was acted on', async () => {
  const know = async (knownAt: string) => {
    const body = { channel, source: 'report', knownAt, note: 'Hot mot Exempel Hotadsson' }
    const made = await call('POST', '/items', { body })
    expect(made.status).toBe(201)
    return (made.body as { id: string }).id
  }
  const act = (id: string, actedAt: string) =>
    call('POST', `/items/${id}/act`, { body: { action: 'hidden', actedAt } })
  const [fast, slow, open] = [
    await know('2026-03-05T08:00:00Z'),
    await know('2026-03-05T09:00:00Z'),
    await know('2026-03-06T09:00:00Z'),
  ]
  expect((await act(fast, '2026-03-05T07:00:00Z')).status).toBe(422)
  expect((await act(fast, '2026-03-05T08:30:00Z')).body).toMatchObject({ action: 'hidden' })
  expect((await act(slow, '2026-03-06T09:00:00Z')).status).toBe(200)
  expect((await act(slow, '2026-03-06T10:00:00Z')).status).toBe(409)
  expect((await call('GET', '/items')).body).toMatchObject({ total: 1, items: [{ id: open }] })
  expect((await call('GET', '/items')).text).not.toContain('Hotadsson')
  expect((await report('2026-03-05', '2026-03-06'))?.items).toEqual({
    known: 3,
    acted: 2,
    open: 1,
    medianHours: 0.5,
    longestHours: 24,
  })
})

it('is read as an accessible page in both languages, and as PDF', async () => {
  const path = '/report?from=2026-03-01&to=2026-03-06'
  for (const [language, word] of [
    ['sv', 'Regelbunden uppsikt'],
    ['en', 'Regular supervision'],
  ]) {
    const page = await call('GET', `${path}&language=${language}`, { headers: { accept: 'text/html' } })
    expect(page.text).toContain(word)
    const { window } = new JSDOM(page.text, { runScripts: 'outside-only' })
    window.eval(axe.source)
    const found = await (window as unknown as { axe: typeof axe }).axe.run(window.document.documentElement, {
      rules: { 'color-contrast': { enabled: false } },
    })
    expect(found.violations).toEqual([])
  }
  const pdf = await call('GET', path, { headers: { accept: 'application/pdf' } })
  expect(pdf.text.slice(0, 5)).toBe('%PDF-')
  expect((await call('GET', path, { headers: { accept: 'image/png' } })).status).toBe(406)
})

it('unpublishes what has a copy, once, and refuses what was never captured, with the reason', async () => {
  const log = await service.ledger.find('kommunstyrelsen')
  if (log === undefined) throw new Error('the log is missing')
  const [whole, edited] = await service.ledger
    .writer(log)
    .append([commentDraft('a', { channel }), commentDraft('b', { channel, verb: 'hidden' })])
  const item = await call('POST', '/items', {
    body: { channel, source: 'round', knownAt: '2026-03-06T11:05:00Z', object: whole?.streamId },
  })
  const wish = { ground: 'threat', text: 'Hot mot Exempel Hotadsson' }
  const unpublish = (object: string | undefined, more: object = {}) =>
    call('POST', '/unpublications', { body: { ...wish, object, ...more } })
  const { id } = item.body as { id: string }
  expect(await unpublish(whole?.eventId, { item: id })).toMatchObject({
    status: 201,
    body: { object: whole?.streamId, ground: 'threat' },
  })
  expect((await call('GET', '/items')).body).toMatchObject({ total: 1 })
  const known = await call('GET', `/unpublications/${whole?.streamId}`)
  expect(known.body).toMatchObject({ object: whole?.streamId, ground: 'threat' })
  expect((await call('GET', `/items/${id}`)).body).toMatchObject({ action: 'unpublished' })
  expect((await unpublish(whole?.streamId)).status).toBe(409)
  const never = await unpublish('0198c5a0-0000-7000-8000-0000000000ff')
  expect(never).toMatchObject({ status: 422, body: { violations: [{ pointer: '/object' }] } })
  expect(never.text).toContain('gallring')
  expect(await unpublish(edited?.streamId)).toMatchObject({ status: 409, body: { code: 'state-conflict' } })
})

it('is refused for days to come, times that run backwards, and channels that are none', async () => {
  expect((await round('2026-03-07T08:00:00Z', '2026-03-07T08:10:00Z')).status).toBe(422)
  expect((await round('2026-03-05T09:00:00Z', '2026-03-05T08:00:00Z')).status).toBe(422)
  expect((await round('2026-03-05T08:00:00Z', '2026-03-05T09:00:00Z', { acted: 11 })).status).toBe(422)
  const nobody = '0198c5a0-0000-7000-8000-0000000000ff'
  expect((await round('2026-03-05T08:00:00Z', '2026-03-05T09:00:00Z', { channel: nobody })).status).toBe(422)
  expect((await call('GET', '/report?from=2026-03-05&to=2026-03-01')).status).toBe(422)
  expect((await call('GET', `/report?from=2026-03-01&to=2026-03-05&channel=${nobody}`)).status).toBe(404)
})

it('is nobody else’s: another controller, a token without the scope, no token', async () => {
  await service.call('POST', '/controllers', {
    token: await service.token(),
    body: controllerDocument('skolnamnden'),
  })
  const other = await service.token({ controllers: ['skolnamnden'] })
  expect((await call('GET', '/rounds', { token: other })).status).toBe(404)
  const foreign = await service.call('GET', '/controllers/skolnamnden/supervision/rounds', { token: other })
  expect(foreign.body).toMatchObject({ total: 0 })
  const narrow = await service.token({ scopes: ['supervision:read'], controllers: ['kommunstyrelsen'] })
  expect((await call('POST', '/rounds', { token: narrow, body: {} })).status).toBe(403)
  expect((await service.app.inject({ url: `/liggare/v1${base}/supervision/rounds` })).statusCode).toBe(401)
})
