import { beforeAll, describe, expect, it } from 'vitest'
import { linkSubject } from '../../services/access/case-links.ts'
import { loadCase, openCase } from '../../services/access/case-steps.ts'
import { findPersons } from '../../services/access/find.ts'
import { compileCase } from '../../services/access/package.ts'
import { accessRoutes } from '../../services/access/routes.ts'
import { runSearch, startSearch } from '../../services/access/search.ts'
import { textMatcher } from '../../services/access/search-match.ts'
import { reviewHits, showHits } from '../../services/access/search-review.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { readEvents } from '../../services/ledger/read.ts'
import { bearer, testApp } from '../api/support/test-app.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { as, declareHouse, officer, people, record, tracesOf, why, written } from './support.ts'

const { vera, sixten, hjordis, page } = people

describe('the matcher', () => {
  const matcher = textMatcher([vera.displayName], [vera.handle, 'vera@example.org'])

  it.each([
    'Jag såg Vera Vårlig-Åker i dag.',
    'VERA VÅRLIG ÅKER',
    'vera varlig aker',
    'Vera Vaarlig-Aaker',
    'Vårlig-Åker, Vera',
    'det var Veras fel, sa Vera Åker',
    'Vera Åkers hund',
    'enligt @vera.varlig',
    'vera_varlig skrev',
    'Vera Va\u030Arlig-A\u030Aker',
    'Ve\u200Bra Vår\u00ADlig',
    'skriv till vera@example.org',
  ])('finds the name in «%s»', (text) => {
    expect(matcher?.test(text)).toBe(true)
  })

  it.each(['Vera', 'Åker bil', 'Vera Lynn', 'Veranda vårlig', 'en vårlig dag', 'vera.varligen', ''])(
    'does not find it in «%s»',
    (text) => {
      expect(matcher?.test(text)).toBe(false)
    },
  )

  it('says where the names stand', () => {
    const text = 'Hej Vera Åker och Vera Vårligs vän'
    expect(matcher?.spans(text).map(({ from, to }) => text.slice(from, to))).toEqual([
      'Vera Åker',
      'Vera Vårligs',
    ])
  })

  it('looks for nothing where there is nothing to look for', () => {
    expect(textMatcher([], ['x'])).toBeUndefined()
  })
})

const databases = testDatabases()
let ledger: Ledger
let log: Log
let caseId: string

const planted: Parameters<typeof record>[3] = [
  { objectId: 'c1', persons: [as('author', vera)], text: 'Jag är Vera Vårlig-Åker.' },
  {
    objectId: 's1',
    verb: 'published',
    persons: [as('author', page)],
    text: 'Vi tackar Vera Åker för hjälpen.',
  },
  {
    objectId: 's2',
    persons: [as('author', sixten)],
    text: 'Sixten Sommarlund här: VERA VARLIG bor på vår gata.',
  },
  {
    objectId: 's3',
    persons: [as('author', hjordis)],
    text: 'Fin bild!',
    attachments: [
      { url: 'https://media.example.org/1.jpg', description: 'Hjördis och Vera Vårlig på torget' },
    ],
  },
  { objectId: 's4', persons: [as('author', sixten)], text: 'Vera Vårlig i Småland är en annan.' },
  { objectId: 's5', persons: [as('author', sixten)], text: 'Inget om någon.' },
  { objectId: 's6', persons: [as('author', sixten), as('mentioned', vera)], text: 'Hej Vera Vårlig!' },
]

beforeAll(async () => {
  ;({ ledger } = await testLedger(databases, '2026-03-05T10:00:00Z'))
})

async function opened(): Promise<void> {
  log = await newLog(ledger)
  const { channel } = await declareHouse(ledger, log)
  await record(ledger, log, channel, planted)
  const { candidates } = await findPersons(ledger, log, why, [
    { platform: 'facebook', platformId: vera.platformId },
  ])
  const intake = { arrivedOn: '2026-03-05', arrival: 'email', language: 'sv', reviewRequired: false } as const
  caseId = await openCase(ledger, log, officer, intake)
  await linkSubject(ledger, log, officer, caseId, {
    subject: candidates[0]?.subject as string,
    assurance: 'eid',
  })
}
const search = () => startSearch(ledger, log, officer, caseId, { purpose: why.purpose, terms: [] })
const shown = (unreviewed = true) => showHits(ledger, log, why, caseId, { unreviewed, offset: 0, limit: 100 })
const textsIn = async () => {
  const { answer } = await compileCase(ledger, log, why, caseId, 'sv')
  return answer.copy.threads.flatMap(({ records }) => records.map(({ text }) => text))
}

it('finds the names in the texts of others and in what attachments show, and not where the person stands already', async () => {
  await opened()
  await search()
  const done = await runSearch(ledger, log, officer, caseId)
  expect(done).toMatchObject({ texts: 6, hits: 4 })
  const { total, hits } = await shown()
  expect(total).toBe(4)
  expect(hits.flatMap(({ texts }) => texts)).toEqual([
    'Vi tackar Vera Åker för hjälpen.',
    'Sixten Sommarlund här: VERA VARLIG bor på vår gata.',
    'Fin bild!',
    'Hjördis och Vera Vårlig på torget',
    'Vera Vårlig i Småland är en annan.',
  ])
})

it('puts what was included into the answer, masked, and says what nobody has looked at', async () => {
  await opened()
  const before = await compileCase(ledger, log, why, caseId, 'sv')
  expect(before.answer.searched.freeText).toBeUndefined()
  await search()
  await runSearch(ledger, log, officer, caseId)
  const { hits } = await shown()
  await reviewHits(ledger, log, why, caseId, {
    decision: 'include',
    hits: hits.slice(0, 3).map(({ event }) => event),
  })
  const made = await compileCase(ledger, log, why, caseId, 'sv')
  const { answer } = made
  const records = answer.copy.threads.flatMap((thread) => thread.records)
  const found = records.find(({ text }) => text?.includes('bor på vår gata'))
  expect(found).toMatchObject({ relation: 'about', author: { kind: 'other' } })
  expect(found?.text).toContain('VERA VARLIG')
  expect(records.map(({ text }) => text)).not.toContain('Vera Vårlig i Småland är en annan.')
  const { search: at } = await loadCase(ledger, log, caseId)
  expect(answer.searched.freeText).toEqual({ upTo: at?.upTo, hits: 4, unreviewed: 1 })
  const { html, json } = await written(ledger, log, made)
  expect(html).toContain('1 träff är inte granskade ännu')
  for (const trace of [...tracesOf(sixten), 'Hjördis']) expect(json).not.toContain(trace)
})

it('decides of all that are left at once, and lets a decision be taken anew', async () => {
  await opened()
  await search()
  await runSearch(ledger, log, officer, caseId)
  const { hits } = await shown()
  await reviewHits(ledger, log, why, caseId, { decision: 'include', hits: [hits[0]?.event as string] })
  const file = await reviewHits(ledger, log, why, caseId, { decision: 'exclude' })
  expect(file.search).toMatchObject({ hits: 4, reviewed: 4 })
  expect((await shown()).total).toBe(0)
  expect(await textsIn()).toContain('Vi tackar Vera Åker för hjälpen.')
  await reviewHits(ledger, log, why, caseId, { decision: 'exclude', hits: [hits[0]?.event as string] })
  expect(await textsIn()).not.toContain('Vi tackar Vera Åker för hjälpen.')
  expect((await loadCase(ledger, log, caseId)).search?.reviewed).toBe(4)
  const unknown = { decision: 'include', hits: ['0198c5a0-0000-7000-8000-00000000ffff'] } as const
  await expect(reviewHits(ledger, log, why, caseId, unknown)).rejects.toMatchObject({ code: 'not-found' })
})

it('goes on where it was broken off, and finds nothing twice', async () => {
  await opened()
  const id = await search()
  const abort = new AbortController()
  abort.abort()
  expect(await runSearch(ledger, log, officer, caseId, { signal: abort.signal })).toMatchObject({
    through: '0',
  })
  expect(await search()).toBe(id)
  const seen: string[] = []
  const done = await runSearch(ledger, log, officer, caseId, {
    onProgress: ({ through }) => seen.push(through),
  })
  expect(seen.at(-1)).toBe(done.upTo)
  expect((await shown()).total).toBe(4)
  await expect(runSearch(ledger, log, officer, caseId)).rejects.toMatchObject({ code: 'state-conflict' })
})

it('says nothing of whom it looked for, or where it found them, outside sealed parts', async () => {
  await opened()
  await search()
  await runSearch(ledger, log, officer, caseId)
  await reviewHits(ledger, log, why, caseId, { decision: 'include', note: 'Det är hon.' })
  const { hits } = await shown(false)
  const events = await reading(ledger, log, (tx) =>
    readEvents(tx, { controller: log.controller, typePrefix: 'access.', limit: 100 }),
  )
  const open = JSON.stringify(events.map(({ data }) => data))
  for (const trace of [...tracesOf(vera), 'Det är hon', ...hits.map(({ event }) => event)]) {
    expect(open).not.toContain(trace)
  }
})

it('runs over the API, tells how far it came and takes a decision', async () => {
  await opened()
  const { app, token } = await testApp({ modules: [(api) => accessRoutes(api, { ledger })] })
  const headers = bearer(await token({ controllers: [log.slug] }))
  const url = `/liggare/v1/controllers/${log.slug}/access-cases/${caseId}/text-search`
  const post = (path: string, payload: object) =>
    app.inject({
      method: 'POST',
      url: `${url}${path}`,
      payload: { purpose: why.purpose, ...payload },
      headers,
    })
  expect((await app.inject({ url, headers })).statusCode).toBe(404)
  expect((await post('', {})).statusCode).toBe(202)
  await expect
    .poll(async () => (await app.inject({ url, headers })).json(), { timeout: 5_000 })
    .toMatchObject({ state: 'finished', texts: 6, hits: 4, unreviewed: 4 })
  expect((await post('/hits', { limit: 2 })).json()).toMatchObject({ total: 4, hits: [{}, {}] })
  expect((await post('/reviews', { decision: 'exclude' })).statusCode).toBe(200)
  expect((await app.inject({ url, headers })).json()).toMatchObject({ unreviewed: 0 })
})
