import { createHash } from 'node:crypto'
import { beforeAll, expect, it } from 'vitest'
import { linkSubject } from '../../services/access/case-links.ts'
import { openCase, stepCase } from '../../services/access/case-steps.ts'
import { findPersons } from '../../services/access/find.ts'
import { compileCase } from '../../services/access/package.ts'
import { accessRoutes } from '../../services/access/routes.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { readEvents } from '../../services/ledger/read.ts'
import { bearer, type TestApp, testApp } from '../api/support/test-app.ts'
import { testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { as, declareHouse, officer, people, record, why } from './support.ts'

const databases = testDatabases()
let ledger: Ledger
let log: Log
let clock: Awaited<ReturnType<typeof testLedger>>['clock']
let app: TestApp
let headers: { authorization: string }

beforeAll(async () => {
  ;({ ledger, clock } = await testLedger(databases, '2026-03-05T10:00:00Z'))
  log = (await ledger.create('kommunstyrelsen')) as Log
  const { channel } = await declareHouse(ledger, log)
  await record(ledger, log, channel, [
    { objectId: 'c1', persons: [as('author', people.vera)], text: 'Hej där.' },
  ])
  app = await testApp({ modules: [(api) => accessRoutes(api, { ledger })] })
  headers = bearer(await app.token())
})

async function decided(): Promise<string> {
  const { candidates } = await findPersons(ledger, log, why, [
    { platform: 'facebook', platformId: people.vera.platformId },
  ])
  const id = await openCase(ledger, log, officer, {
    arrivedOn: '2026-03-05',
    arrival: 'email',
    language: 'sv',
    reviewRequired: false,
  })
  await linkSubject(ledger, log, officer, id, {
    subject: candidates[0]?.subject as string,
    assurance: 'code',
  })
  return id
}

const root = '/liggare/v1/controllers/kommunstyrelsen'
const post = (url: string, payload?: object) =>
  app.app.inject({
    method: 'POST',
    url,
    headers: payload === undefined ? {} : headers,
    ...(payload && { payload }),
  })
async function answer(id: string): Promise<void> {
  await compileCase(ledger, log, why, id, 'sv')
  await stepCase(ledger, log, officer, id, { type: 'Answer', outcome: 'whole' })
}
const request = { purpose: why.purpose, how: 'download', to: 'Vera Vårlig-Åker, hämtat i e-tjänsten' }

it('gives the package as a zip', async () => {
  const id = await decided()
  const zip = await post(`${root}/access-cases/${id}/package`, { purpose: why.purpose })
  expect(zip.statusCode).toBe(200)
  expect(zip.headers['content-type']).toBe('application/zip')
  expect(zip.rawPayload.subarray(0, 2).toString()).toBe('PK')
  for (const name of ['answer.pdf', 'answer.html', 'answer.json', 'activities.json', 'manifest.json']) {
    expect(zip.rawPayload.includes(name)).toBe(true)
  }
})

it('hands out nothing that has not been decided', async () => {
  const id = await decided()
  const refused = await post(`${root}/access-cases/${id}/hand-outs`, request)
  expect([refused.statusCode, refused.json().code]).toEqual([409, 'decision-missing'])
})

it('records to whom, how and which bytes, and says nobody’s name outside the sealed part', async () => {
  const id = await decided()
  await answer(id)
  const made = await post(`${root}/access-cases/${id}/hand-outs`, { ...request, how: 'post' })
  expect(made.statusCode).toBe(201)
  const { id: streamId, digest, link } = made.json()
  expect(link).toBeUndefined()
  const [event] = await reading(ledger, log, (tx) =>
    readEvents(tx, { controller: log.controller, streamId, limit: 1 }),
  )
  expect(event).toMatchObject({
    type: 'access.handed-out',
    data: { case: id, how: 'post', digest, language: 'sv' },
  })
  expect(JSON.stringify(event)).not.toContain('Vera')
})

it('lets a link be used once, whatever opens it before and however many try at once', async () => {
  const id = await decided()
  await answer(id)
  const { link } = (await post(`${root}/access-cases/${id}/hand-outs`, request)).json()
  const shown = await app.app.inject({ url: link })
  expect([shown.statusCode, shown.headers['cache-control']]).toEqual([200, 'no-store'])
  expect(shown.body).toContain('<form method="post">')
  expect((await app.app.inject({ url: link })).statusCode).toBe(200)
  const tries = await Promise.all([post(link), post(link), post(link)])
  expect(tries.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 404, 404])
  expect((await post(link)).statusCode).toBe(404)
  expect((await app.app.inject({ url: link })).statusCode).toBe(404)
})

it('sends what was handed out, to the byte', async () => {
  const id = await decided()
  await answer(id)
  const { link } = (await post(`${root}/access-cases/${id}/hand-outs`, request)).json()
  const fetched = await post(link)
  const again = await post(`${root}/access-cases/${id}/package`, { purpose: why.purpose })
  const sha = (it: Buffer) => createHash('sha256').update(it).digest('hex')
  expect(sha(fetched.rawPayload)).toBe(sha(again.rawPayload))
})

it('ends a link at its time, and takes none that was made up', async () => {
  const id = await decided()
  await answer(id)
  const { link } = (await post(`${root}/access-cases/${id}/hand-outs`, { ...request, validHours: 1 })).json()
  const forged = `${link.slice(0, link.lastIndexOf('.'))}.${'A'.repeat(43)}`
  expect((await post(forged)).statusCode).toBe(404)
  expect((await post(`${root}/access-downloads/nothing`)).statusCode).toBe(404)
  clock.set('2026-03-05T11:00:00Z')
  expect((await post(link)).statusCode).toBe(404)
})
