import axe from 'axe-core'
import { JSDOM } from 'jsdom'
import { beforeAll, expect, it } from 'vitest'
import type { DiaryEntry } from '../../services/channels/diary-schemas.ts'
import type { PublicChannels } from '../../services/channels/public-schemas.ts'
import {
  activityDocument,
  type Call,
  channelDocument,
  controllerDocument,
  testService,
} from '../declarations/support.ts'

const service = testService()
const base = '/controllers/kommunstyrelsen'
const day = '2026-03-01'

beforeAll(async () => {
  await service.call('POST', '/controllers', { body: controllerDocument('kommunstyrelsen') })
  const url = 'https://social.example.org/exempelkommun'
  const transfers = [{ country: 'US', safeguard: 'Adekvansbeslut 2023/1795' }]
  const declare = (body: object) => service.call('POST', `${base}/channels`, { body })
  await declare(channelDocument({ url, transfers }))
  const sealed = { name: 'Chefens konto', accountId: '303', handle: 'exempla', publicList: false }
  await declare(channelDocument(sealed))
  await declare(channelDocument({ name: 'Stängd sida', accountId: '404', closedOn: '2020-01-01' }))
  await service.call('POST', `${base}/activities`, { body: activityDocument({ retentionText: 'Två år.' }) })
  await service.call('POST', `${base}/activities`, {
    body: activityDocument({ name: 'Utkastet', status: 'draft' }),
  })
})

const open = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await service.app.inject({ url: `/liggare/v1${base}${path}`, headers })
  return { status: answer.statusCode, headers: answer.headers, text: answer.body, json: () => answer.json() }
}
const call = (method: 'POST' | 'PUT' | 'GET', path: string, given: Call = {}) =>
  service.call(method, `${base}${path}`, given)
const draft = (given: object = {}) => ({
  enteredOn: day,
  direction: 'received',
  designation: '2026:117',
  correspondent: { organisation: 'Trafikverket' },
  brief: 'Fråga om snöröjning',
  ...given,
})

async function violations(html: string) {
  const { window } = new JSDOM(html, { runScripts: 'outside-only' })
  window.eval(axe.source)
  const run = (window as unknown as { axe: typeof axe }).axe.run
  const found = await run(window.document.documentElement, {
    rules: { 'color-contrast': { enabled: false } },
  })
  return found.violations.map(({ id }) => id)
}

it('lists the open channels of the public list, without a token, with what articles 13 and 14 demand', async () => {
  const answer = await open('/public/channels')
  expect(answer.status).toBe(200)
  const { controller, channels } = answer.json() as PublicChannels
  expect(controller.dataProtectionOfficer.email).toBe('dataskyddsombud@example.org')
  expect(channels).toMatchObject([
    {
      name: 'Kommunens sida',
      legalSource: 'Beslut KS 2010/88, 2010-07-05',
      transfers: [{ country: 'US' }],
      processing: [
        {
          name: 'Kommunikation på sociala medier',
          retention: 'Två år.',
          legalBasis: [{ sv: 'Uppgift av allmänt intresse, art. 6.1 e: Reglemente KF 2022/14' }],
          automatedDecisions: false,
        },
      ],
    },
  ])
  expect(answer.text).not.toMatch(/exempla|Chefens|Stängd|Utkastet/)
})

it('is a plain accessible page in Swedish and in English', async () => {
  for (const [language, word] of [
    ['sv', 'Dina rättigheter'],
    ['en', 'Your rights'],
  ]) {
    const page = await open(`/public/channels?language=${language}`, { accept: 'text/html' })
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.text).toContain(`<html lang="${language}">`)
    expect(page.text).toContain(word)
    expect(page.text).toContain('href="https://social.example.org/exempelkommun"')
    expect(await violations(page.text)).toEqual([])
  }
  expect((await open('/public/channels', { accept: 'image/png' })).status).toBe(406)
  expect((await open('/public/channels?language=de')).status).toBe(422)
})

it('may be kept, and says when nothing has changed', async () => {
  const first = await open('/public/channels')
  expect(first.headers['cache-control']).toBe('public, max-age=300')
  const tag = String(first.headers['etag'])
  const again = await open('/public/channels', { 'if-none-match': `W/${tag}, "other"` })
  expect(again).toMatchObject({ status: 304, text: '' })
  await call('POST', '/channels', { body: channelDocument({ name: 'Ny sida', accountId: '505' }) })
  expect((await open('/public/channels', { 'if-none-match': tag })).status).toBe(200)
})

it('shows the four columns of the diary, and leaves out the separable ones where secrecy is set', async () => {
  const secrecy = (columns: string[]) => ({ columns, provision: 'OSL 21 kap. 7 §' })
  const plain = await call('POST', '/diary', { body: draft() })
  expect(plain.status).toBe(201)
  expect(plain.headers['location']).toMatch(/\/diary\//)
  await call('POST', '/diary', {
    body: draft({ designation: '2026:118', correspondent: { person: 'Exempla Skyddsson' } }),
  })
  const hidden = draft({
    designation: '2026:119',
    correspondent: { person: 'Exempel Hemligsson' },
    brief: 'Omhändertagande',
    secrecy: secrecy(['brief', 'correspondent']),
  })
  const { id } = (await call('POST', '/diary', { body: hidden })).body as DiaryEntry
  const answer = await open('/public/diary')
  expect(answer.status).toBe(200)
  expect(answer.json().items).toMatchObject([
    { designation: '2026:119', person: false, leftOut: ['brief', 'correspondent'] },
    { designation: '2026:118', person: true, brief: 'Fråga om snöröjning', leftOut: [] },
    { designation: '2026:117', correspondent: 'Trafikverket', leftOut: [] },
  ])
  expect(answer.json().items[0]).not.toHaveProperty('brief')
  const page = await open('/public/diary?language=sv', { accept: 'text/html' })
  expect(page.text).toContain('Utelämnat: sekretess')
  expect(page.text).toContain('Enskild person')
  expect(await violations(page.text)).toEqual([])
  expect(await violations((await open('/public/diary?language=en', { accept: 'text/html' })).text)).toEqual(
    [],
  )
  const stored = await service.databases.asAdmin('ledger', async (client) => {
    const { rows } = await client.query(
      `select count(*)::int as n from (select header as it from ledger.event union all select y::text from model.diary_entry y) x
        where it ~ 'Skyddsson|Hemligsson|Omhänder'`,
    )
    return rows[0].n
  })
  expect(stored + (answer.text.match(/Skyddsson|Hemligsson|Omhänder/g) ?? []).length).toBe(0)
  const read = await call('POST', `/diary/${id}/read`, { body: { purpose: 'Sekretessprövning' } })
  expect(read.body).toMatchObject({
    correspondent: 'Exempel Hemligsson',
    brief: 'Omhändertagande',
    provision: 'OSL 21 kap. 7 §',
  })
})

it('takes a column away when secrecy is set by a correction, for the version that was seen', async () => {
  const made = await call('POST', '/diary', { body: draft({ designation: '2026:120' }) })
  const { id } = made.body as DiaryEntry
  const body = draft({
    designation: '2026:120',
    secrecy: { columns: ['correspondent'], provision: 'OSL 21:7' },
  })
  const correct = (etag: string) => call('PUT', `/diary/${id}`, { body, headers: { 'if-match': etag } })
  expect((await call('PUT', `/diary/${id}`, { body })).status).toBe(428)
  expect((await correct('"1"')).body).toMatchObject({ version: 2, leftOut: ['correspondent'] })
  expect((await correct('"1"')).status).toBe(409)
  expect((await call('GET', `/diary/${id}`)).body).not.toHaveProperty('correspondent')
  expect((await open('/public/diary?limit=1')).json().items).toMatchObject([
    { designation: '2026:120', leftOut: ['correspondent'] },
  ])
})

it('refuses entries that name persons openly, days to come, and objects that are not there', async () => {
  const bad = async (given: object, pointer: string) =>
    expect(await call('POST', '/diary', { body: draft(given) })).toMatchObject({
      status: 422,
      body: { violations: [{ pointer }] },
    })
  await bad({ brief: 'Fråga från 811228-9874' }, '/brief')
  await bad({ correspondent: { organisation: 'exempla@example.org' } }, '/correspondent/organisation')
  await bad({ enteredOn: '2030-01-01' }, '/enteredOn')
  await bad({ object: '0198c5a0-0000-7000-8000-0000000000ff' }, '/object')
  await bad({ correspondent: {} }, '/correspondent')
})

it('is entered by those who may, and tells nothing of controllers that are not there', async () => {
  const narrow = await service.token({ scopes: ['register:read'], controllers: ['kommunstyrelsen'] })
  expect((await call('POST', '/diary', { token: narrow, body: draft() })).status).toBe(403)
  const other = await service.token({ controllers: ['skolnamnden'] })
  expect((await call('POST', '/diary', { token: other, body: draft() })).status).toBe(404)
  const anonymous = await service.app.inject({ method: 'POST', url: `/liggare/v1${base}/diary` })
  expect(anonymous.statusCode).toBe(401)
  for (const page of ['channels', 'diary']) {
    const answer = await service.app.inject({ url: `/liggare/v1/controllers/ingen/public/${page}` })
    expect(answer.statusCode).toBe(404)
  }
})
