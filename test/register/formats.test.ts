import { readFileSync } from 'node:fs'
import axe from 'axe-core'
import { JSDOM } from 'jsdom'
import { toRDF } from 'jsonld'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { fromBufferPromise } from 'yauzl'
import * as terms from '../../services/events/register-terms.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import type { Register } from '../../services/register/schemas.ts'
import {
  activityDocument,
  channelDocument,
  controllerDocument,
  ruleDocument,
  testService,
} from '../declarations/support.ts'
import { commentDraft } from '../ledger/support.ts'

const service = testService()
const at = '/controllers/kommunstyrelsen'
const published = new Set(
  readFileSync(new URL('../fixtures/authored/dpv-2.3.txt', import.meta.url), 'utf8').split('\n'),
)
let register: Register

const every = <T extends Readonly<Record<string, unknown>>>(of: T) =>
  Object.keys(of).map((term, index) => (index % 2 === 0 ? { term } : { term, text: 'Närmare: "så" <här>' }))

beforeAll(async () => {
  const contact = { function: 'Registrator', email: 'registrator@example.org', telephone: '0771-000 000' }
  await service.call('POST', '/controllers', {
    body: { ...controllerDocument('kommunstyrelsen'), representative: contact, contact },
  })
  const joint = {
    name: '=1+1',
    controllership: 'joint',
    jointControllers: ['Exempelplattformen AB'],
    arrangement: 'Avtal 2010',
  }
  const channel = (await service.call('POST', `${at}/channels`, { body: channelDocument(joint) })).body as {
    id: string
  }
  // Every word of every vocabulary, so that none can be written that DPV lacks.
  const whole = activityDocument({
    name: 'Allt <script>alert(1)</script>',
    purposes: every(terms.purposeTerms),
    legalBasis: every(terms.legalBasisTerms),
    sensitiveGrounds: every(terms.sensitiveGroundTerms),
    dataSubjects: every(terms.dataSubjectTerms),
    personalData: every(terms.personalDataTerms),
    measures: every(terms.measureTerms),
    recipients: [
      'processor',
      'platform',
      'authority',
      'police',
      'archive',
      'requester',
      'public',
      'organisation',
      'other',
    ].map((kind) => ({ kind, country: 'SE' })),
    transfers: Object.keys(terms.safeguardTerms).map((safeguard) => ({
      destination: 'US',
      recipient: 'Ex',
      safeguard,
    })),
    processors: [{ name: 'Exempeldrift AB', service: 'Drift', agreement: 'PUB 1', country: 'SE' }],
    dpia: { needed: true, date: '2026-01-02', ground: 'Artikel 35', result: 'Godtagbar' },
    information: { text: 'På webben', address: 'https://kommun.example.org/dataskydd' },
    automatedDecisions: { used: false },
    archiveDuty: { applies: true, ground: 'Arkivlagen' },
    source: 'Plattformen',
    recordType: 'Kommentar',
    classification: '1.4.2',
    secrecyGround: 'OSL 21 kap. 7 §',
    retentionText: 'Se reglerna.',
    nextReview: '2027-01-31',
  })
  await service.call('POST', `${at}/activities`, { body: whole })
  await service.call('POST', `${at}/activities`, {
    body: activityDocument({ scope: { verbs: ['blocked'] } }),
  })
  await service.call('POST', `${at}/retention-rules`, { body: ruleDocument() })
  const log = (await service.ledger.find('kommunstyrelsen')) as Log
  await service.ledger
    .writer(log)
    .append([commentDraft('a', { channel: channel.id }), commentDraft('b', { channel: channel.id })])
  register = (await get('application/json')).json() as Register
})

const get = async (accept: string, headers: Record<string, string> = {}, query = '') =>
  service.app.inject({
    url: `/liggare/v1${at}/register${query}`,
    headers: { authorization: `Bearer ${await service.token()}`, accept, ...headers },
  })

describe('as linked data', () => {
  const prefixes = {
    'https://w3id.org/dpv#': 'dpv:',
    'https://w3id.org/dpv/legal/eu/gdpr#': 'eu-gdpr:',
    'https://w3id.org/dpv/pd#': 'pd:',
  }
  const used = (quads: string) =>
    new Set(
      [...quads.matchAll(/<(https:\/\/w3id\.org\/dpv[^#>]*#)([^>]*)>/g)].map(
        ([, space, name]) => `${(prefixes as Record<string, string>)[space ?? ''] ?? space}${name}`,
      ),
    )
  const quadsOf = async (document: unknown) => toRDF(document, { format: 'application/n-quads' })

  test('every word of DPV that it uses is in the published vocabulary', async () => {
    const answer = await get('application/ld+json')
    expect(answer.headers['content-type']).toBe('application/ld+json')
    const words = used(await quadsOf(answer.json()))
    expect([...words].filter((word) => !published.has(word))).toEqual([])
    for (const word of [
      'DataProcessingRecord',
      'Process',
      'hasPurpose',
      'hasPersonalData',
      'hasDataSubject',
      'hasLegalBasis',
      'hasRecipient',
      'hasStorageCondition',
      'hasDataController',
      'hasJointDataControllers',
      'hasTechnicalMeasure',
      'hasOrganisationalMeasure',
      'Erase',
    ])
      expect(words).toContain(`dpv:${word}`)
    expect(words).toContain('eu-gdpr:A6-1-e-public-interest')
  })

  test('every word that may be declared is in the published vocabulary', () => {
    const all = Object.values(terms).flatMap((vocabulary) => Object.values(vocabulary).map(({ dpv }) => dpv))
    expect(all.length).toBeGreaterThan(80)
    expect(all.filter((word) => !published.has(word))).toEqual([])
  })

  test('every node has a place in the graph: each activity, each channel and each finding', async () => {
    const quads = await quadsOf((await get('application/ld+json')).json())
    const typed = (type: string) => quads.split('\n').filter((it) => it.includes(`#type> <${type}> .`)).length
    expect(typed('https://w3id.org/dpv#DataProcessingRecord')).toBe(1)
    expect(typed('https://w3id.org/dpv#Process')).toBe(register.rows.length)
    expect(typed('urn:liggare:ns:Channel')).toBe(register.channels.length)
    expect(typed('urn:liggare:ns:Finding')).toBe(register.findings.length)
    expect(quads).toContain('"P2M"^^<http://www.w3.org/2001/XMLSchema#duration>')
  })
})

describe('as a page', () => {
  const pages = async () => ({
    sv: await get('text/html'),
    en: await get('text/html', { 'accept-language': 'en-GB,en;q=0.9,sv;q=0.5' }),
  })

  test('it is Swedish or English by what the reader likes, and points to the other', async () => {
    const { sv, en } = await pages()
    expect([sv.headers['content-language'], en.headers['content-language']]).toEqual(['sv', 'en'])
    expect(sv.body).toContain('<html lang="sv">')
    expect(en.body).toContain('<html lang="en">')
    expect(en.body).toContain('Record of processing activities, article 30')
    expect(en.body).toContain('href="?language=sv"')
    expect((await get('text/html', { 'accept-language': 'en' }, '?language=sv')).body).toContain('lang="sv"')
  })

  test('what is missing is said, and what somebody wrote is text', async () => {
    const { sv } = await pages()
    expect(sv.body).toContain('<strong>MISSING</strong>')
    expect(sv.body).toContain('Allt &lt;script&gt;')
    expect(sv.body).not.toContain('<script')
  })

  test.each(['sv', 'en'] as const)('a screen reader finds its way (%s)', async (language) => {
    const { window } = new JSDOM((await pages())[language].body, { runScripts: 'outside-only' })
    window.eval(axe.source)
    const found = await window.axe.run(window.document.documentElement, {
      rules: { 'color-contrast': { enabled: false } },
    })
    expect(found.violations.map(({ id }) => id)).toEqual([])
  })
})

describe('as a workbook', () => {
  const parts = async (accept: string, headers = {}) => {
    const answer = await get(accept, headers)
    const zip = await fromBufferPromise(answer.rawPayload)
    const files = new Map<string, string>()
    for await (const entry of zip.eachEntry()) {
      const pieces: Buffer[] = []
      for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer)
      files.set(entry.fileName, Buffer.concat(pieces).toString('utf8'))
    }
    return { answer, files }
  }
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

  test('it has a sheet for activities, channels and findings, one line for each', async () => {
    const { answer, files } = await parts(type)
    expect(answer.headers['content-type']).toBe(type)
    expect(files.get('xl/workbook.xml')).toMatch(/name="Behandlingar".*name="Kanaler".*name="Avvikelser"/s)
    const lines = [1, 2, 3].map(
      (n) => (files.get(`xl/worksheets/sheet${n}.xml`)?.match(/<row /g) ?? []).length,
    )
    expect(lines).toEqual([register.rows, register.channels, register.findings].map((it) => it.length + 1))
  })

  test('counts are numbers and what looks like a formula is text', async () => {
    const { files } = await parts(type, { 'accept-language': 'en' })
    expect(files.get('xl/workbook.xml')).toContain('name="Processing activities"')
    const channels = files.get('xl/worksheets/sheet2.xml') ?? ''
    expect(channels).not.toContain('<f>')
    expect(files.get('xl/sharedStrings.xml')).toContain('=1+1')
    expect(channels).toContain('<v>2</v>')
  })
})

test.each([
  ['sv', 'Registerförteckning enligt artikel 30', 'Säkerhetsåtgärder'],
  ['en', 'Record of processing activities, article 30', 'Security measures'],
])('as PDF it says the same (%s)', async (language, title, letterG) => {
  const answer = await get('application/pdf', {}, `?language=${language}`)
  expect(answer.headers['content-type']).toBe('application/pdf')
  const pdf = await getDocument({ data: new Uint8Array(answer.rawPayload), verbosity: 0 }).promise
  let text = ''
  for (let page = 1; page <= pdf.numPages; page++) {
    const { items } = await (await pdf.getPage(page)).getTextContent()
    text += items.flatMap((it) => ('str' in it ? [it.str] : [])).join(' ')
  }
  expect(text).toContain(title)
  expect(text).toContain(letterG)
  for (const { name } of register.channels) expect(text).toContain(name)
  expect((await get('application/pdf', {}, `?language=${language}`)).rawPayload).toEqual(answer.rawPayload)
})
