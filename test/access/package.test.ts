import { createHash } from 'node:crypto'
import { join } from 'node:path'
import axe from 'axe-core'
import { JSDOM } from 'jsdom'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { activitiesOf } from '../../services/access/activities.ts'
import type { Answer } from '../../services/access/answer.ts'
import { answerFor } from '../../services/access/answer-for.ts'
import { filesOf, zipOf } from '../../services/access/files.ts'
import { answerHtml } from '../../services/access/html.ts'
import { compileCase } from '../../services/access/package.ts'
import { volumeSize, volumesOf } from '../../services/access/volumes.ts'
import { makeCheckpoint } from '../../services/ledger/checkpoints.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { parseCheckpoint } from '../../services/ledger/tree/checkpoint.ts'
import { leafHash } from '../../services/ledger/tree/hash.ts'
import { verifyInclusion } from '../../services/ledger/tree/merkle.ts'
import { parseNote } from '../../services/ledger/tree/note.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { as, declareHouse, people, record, tracesOf, why, written } from './support.ts'

const { vera, sixten, page } = people
const databases = testDatabases()
let ledger: Ledger
let log: Log
let caseId: string
let answer: Answer
let files: Map<string, Buffer>

const long = 'Lång text om en ny cykelväg. '.repeat(3_500)
beforeAll(async () => {
  const house = await testLedger(databases, '2026-03-12T10:00:00Z')
  ;({ ledger } = house)
  log = await newLog(ledger)
  const { channel } = await declareHouse(ledger, log)
  await record(ledger, log, channel, [
    {
      objectId: 'p1',
      verb: 'published',
      persons: [as('author', page)],
      text: 'Nya öppettider på biblioteket.',
    },
    {
      objectId: 'c1',
      inReplyTo: 'p1',
      thread: 'p1',
      persons: [as('author', vera)],
      text: 'Håller med Sixten Sommarlund. <script>alert(1)</script>',
      attachments: [
        { url: 'https://media.example.org/bild.jpg', mediaType: 'image/jpeg', description: 'Min bild' },
      ],
    },
    {
      objectId: 'c2',
      inReplyTo: 'c1',
      thread: 'p1',
      persons: [as('author', sixten)],
      text: 'Tack, Vera Vårlig-Åker!',
    },
    {
      objectId: 'c3',
      thread: 'p1',
      inReplyTo: 'p1',
      persons: [as('author', vera)],
      text: 'שלום (עולם) 12, hej',
    },
    { objectId: 'c4', thread: 'p1', inReplyTo: 'p1', persons: [as('author', vera)], text: long },
    {
      objectId: 'c1',
      verb: 'edited',
      occurredAt: '2026-03-05T11:00:00+01:00',
      persons: [as('author', vera)],
      text: 'Ändrat.',
    },
  ])
  await makeCheckpoint(
    {
      pool: databases.ledger('worker'),
      provider: house.provider,
      clock: house.clock,
      folder: join(databases.folder, 'journal/checkpoints'),
    },
    log,
  )
  const identifiers = [{ platform: 'facebook' as const, platformId: vera.platformId }]
  const request = {
    ...why,
    identifiers,
    language: 'sv' as const,
    today: '2026-03-12',
    assurance: 'code' as const,
  }
  const result = await answerFor(ledger, log, request)
  ;({ answer, caseId } = result)
  ;({ files } = await written(ledger, log, result))
})

async function read(name: string, from = files) {
  const pdf = await getDocument({ data: new Uint8Array(from.get(name) as Buffer), verbosity: 0 }).promise
  const pages: string[] = []
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const { items } = await (await pdf.getPage(number)).getTextContent()
    pages.push(items.map((it) => ('str' in it ? it.str : '')).join(' '))
  }
  return { pdf, text: pages.join(' ').replace(/\s+/g, ' ') }
}

async function violations(html: string): Promise<string[]> {
  const { window } = new JSDOM(html, { runScripts: 'outside-only' })
  window.eval(axe.source)
  const found = await window.axe.run(window.document.documentElement, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
    // A page that is never drawn has no colours to compare.
    rules: { 'color-contrast': { enabled: false } },
  })
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

describe('the PDF', () => {
  it('is the letter first, then the activities, then the copy in order of time', async () => {
    const { text, pdf } = await read('answer.pdf')
    const places = [
      'Svar på din begäran',
      'Ja, Kommunstyrelsen i Exempelkommun behandlar personuppgifter om dig',
      'Så behandlar vi dina uppgifter',
      'Kommunikation på sociala medier',
      'tre veckor',
      'Kopia av dina uppgifter',
      'Nya öppettider på biblioteket.',
      'Håller med',
    ].map((said) => text.indexOf(said))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places[0]).toBeGreaterThan(0)
    expect((await pdf.getMetadata()).info).toMatchObject({ Language: 'sv-SE' })
    expect(text.split('cykelväg').length - 1).toBe(3_500)
  })

  it('names nobody else, and runs nothing that stands in a text', async () => {
    const { text, pdf } = await read('answer.pdf')
    for (const trace of tracesOf(sixten)) expect(text).not.toContain(trace)
    expect(text).toContain('<script>alert(1)</script>')
    expect(await pdf.getJSActions()).toBeNull()
    expect(text).toContain('שלום')
  })

  it('speaks English to whoever wants that', async () => {
    const english = await written(ledger, log, await compileCase(ledger, log, why, caseId, 'en'))
    const { text } = await read('answer.pdf', english.files)
    expect(text).toContain('Answer to your request')
    expect(text).not.toMatch(/Svar på|Så behandlar|Ditt\b/)
  })
})

describe('the HTML', () => {
  it('has nothing that an accessibility checker finds fault with', async () => {
    expect(await violations(files.get('answer.html')?.toString() ?? '')).toEqual([])
  })

  it('finds fault with what is wrong', async () => {
    expect(await violations('<!doctype html><html><body><img src=x></body></html>')).not.toEqual([])
  })
})

describe('the other files', () => {
  it('have the copy as activities, under the same names', () => {
    const collection = JSON.parse(files.get('activities.json')?.toString() ?? '')
    expect(collection).toMatchObject({ type: 'OrderedCollection', totalItems: 6 })
    expect(collection['@context'][0]).toBe('https://www.w3.org/ns/activitystreams')
    const mine = collection.orderedItems.find(
      (it: { object: { attachment?: unknown } }) => it.object.attachment,
    )
    expect(mine).toMatchObject({
      type: 'Create',
      actor: { name: vera.displayName },
      object: { attachment: [{ url: 'https://media.example.org/bild.jpg', name: 'Min bild' }] },
    })
    const text = JSON.stringify(collection)
    for (const trace of tracesOf(sixten)) expect(text).not.toContain(trace)
    expect(text).toMatch(/Person [2-9A-Z]{4}/)
  })

  it('prove every record that was signed, to whoever has the checkpoint', () => {
    const { checkpoint } = JSON.parse(files.get('manifest.json')?.toString() ?? '')
    const { size, root } = parseCheckpoint(parseNote(Buffer.from(checkpoint.note)).text)
    const lines = files.get('proofs.ndjson')?.toString().trimEnd().split('\n') ?? []
    expect(lines).toHaveLength(6)
    for (const line of lines) {
      const { position, entry, path } = JSON.parse(line)
      const hashes = path.map((it: string) => Buffer.from(it, 'base64'))
      expect(
        verifyInclusion(leafHash(Buffer.from(entry, 'base64')), Number(position), size, root, hashes),
      ).toBe(true)
    }
  })
})

describe('the zip', () => {
  const zipped = async () =>
    Buffer.concat(
      await Array.fromAsync(zipOf(filesOf(ledger, log, await compileCase(ledger, log, why, caseId, 'sv')))),
    )

  it('is the same bytes whenever it is made', async () => {
    const [first, second] = [await zipped(), await zipped()]
    expect(first.length).toBeGreaterThan(10_000)
    expect(createHash('sha256').update(first).digest('hex')).toBe(
      createHash('sha256').update(second).digest('hex'),
    )
  })
})

describe('an answer of many records', () => {
  const thread = answerThread(volumeSize + 10)

  function answerThread(count: number) {
    const records = Array.from({ length: count }, (_, index) => ({
      number: index + 1,
      id: `0198c5a0-0000-7000-8000-${String(index).padStart(12, '0')}`,
      position: `${index}`,
      relation: 'own' as const,
      verb: 'commented',
      occurredAt: '2026-03-05T10:15:00+01:00',
      recordedOn: '2026-03-05',
      author: { kind: 'you' as const },
      objectId: `o${index + 1}`,
      inReplyTo: 1,
      text: `Kommentar ${index + 1}`,
    }))
    return { channel: 'Kommunens sida', platform: 'facebook', records }
  }
  const many = (): Answer => ({
    ...answer,
    copy: { threads: [thread] },
    withheld: {
      privateRecords: 0,
      redactions: [
        { path: `/copy/threads/0/records/${volumeSize + 4}/text`, ground: 'otherPerson', count: 1 },
      ],
    },
  })

  it('comes in volumes, each with its own redactions, and links lead from one to the other', async () => {
    const [first, second, ...more] = volumesOf(many())
    expect(more).toEqual([])
    expect(first?.threads[0]?.records).toHaveLength(volumeSize)
    expect(second?.threads[0]?.records.map(({ number }) => number).at(0)).toBe(volumeSize + 1)
    expect([first?.redactions.length, second?.redactions.length]).toEqual([0, 1])
    const html = second === undefined ? '' : answerHtml(many(), second)
    expect(html).toContain('del 2 av 2')
    expect(html).toContain('<a href="answer.html#record-1">')
    expect(html).toContain(`<a href="#record-${volumeSize + 5}">`)
    expect(await violations(html)).toEqual([])
    const made = filesOf(ledger, log, { lookUp: '0', answer: many(), evidence: undefined })
    expect(made.map(({ name }) => name).slice(0, 4)).toEqual([
      'answer.pdf',
      'answer-2.pdf',
      'answer.html',
      'answer-2.html',
    ])
  })

  it('loses no record on the way', async () => {
    const answerNow = many()
    const made = filesOf(ledger, log, { lookUp: '0', answer: answerNow, evidence: undefined })
    const [name, content] = [made[1]?.name, made[1]?.content()]
    const bytes = Buffer.concat(content === undefined ? [] : await Array.fromAsync(content))
    const { text } = await read(name ?? '', new Map([[name ?? '', bytes]]))
    expect(text).toContain(`Kommentar ${volumeSize + 10}`)
    const activities = JSON.parse([...activitiesOf(answerNow)].join(''))
    expect(activities.totalItems).toBe(volumeSize + 10)
  })
})
