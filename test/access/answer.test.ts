import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Answer } from '../../services/access/answer.ts'
import { type AnswerResult, answerFor } from '../../services/access/answer-for.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { readEvents } from '../../services/ledger/read.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { as, declareHouse, people, record, tracesOf, why, written } from './support.ts'

const { vera, sixten, hjordis, page } = people
const databases = testDatabases()
let ledger: Ledger
let log: Log
let result: AnswerResult
let answer: Answer
let out: Awaited<ReturnType<typeof written>>

const secret = 'Hemligt ärende om mitt hem.'
const planted: Parameters<typeof record>[3] = [
  {
    objectId: 'p1',
    verb: 'published',
    persons: [as('author', page)],
    text: 'Nya öppettider på biblioteket. Fråga @exempelkommun!',
  },
  {
    objectId: 'c1',
    inReplyTo: 'p1',
    thread: 'p1',
    persons: [as('author', { ...vera, email: 'vera@example.org', ip: '192.0.2.17' })],
    text: 'Håller med Sixten Sommarlund, och Sixtens idé, sa SIXTEN_SOMMAR. Mejla sixten@example.org eller @okand_profil.',
  },
  {
    objectId: 'c1',
    verb: 'edited',
    actId: 'e1',
    occurredAt: '2026-03-05T11:00:00+01:00',
    persons: [as('author', vera)],
    text: 'Håller med om söndagar.',
  },
  {
    objectId: 'c2',
    verb: 'replied',
    inReplyTo: 'c1',
    thread: 'p1',
    persons: [as('author', sixten), as('mentioned', vera)],
    text: 'Tack Vera! Ring 19121212-1212, hälsar Six\u200Bten.',
  },
  {
    objectId: 'c3',
    verb: 'replied',
    inReplyTo: 'c1',
    thread: 'p1',
    persons: [as('author', page)],
    text: 'Tack, Vera.',
  },
  {
    objectId: 'c4',
    inReplyTo: 'p1',
    thread: 'p1',
    persons: [as('author', hjordis)],
    text: 'Något helt annat.',
  },
  {
    objectId: 'p1',
    verb: 'reacted',
    reaction: 'love',
    inReplyTo: 'p1',
    occurredAt: '2026-03-06T08:00:00+01:00',
    persons: [as('author', vera)],
  },
  {
    objectId: page.platformId,
    verb: 'followed',
    occurredAt: '2026-03-06T08:01:00+01:00',
    persons: [as('author', vera)],
  },
  {
    objectId: 'c1',
    verb: 'hidden',
    occurredAt: '2026-03-07T09:00:00+01:00',
    persons: [as('moderator', hjordis)],
  },
  { objectId: 'c1', verb: 'removed', occurredAt: '2026-03-08T09:00:00+01:00', persons: [as('author', page)] },
  {
    objectId: 'm1',
    verb: 'messaged',
    thread: 'dm',
    occurredAt: '2026-03-09T09:00:00+01:00',
    persons: [as('author', vera), as('recipient', page)],
    text: secret,
  },
  {
    objectId: 'm1',
    verb: 'edited',
    actId: 'e2',
    thread: 'dm',
    occurredAt: '2026-03-09T09:10:00+01:00',
    persons: [as('author', vera)],
    text: `Ändrat: ${secret}`,
  },
  {
    objectId: 'x1',
    thread: 'x1',
    persons: [as('author', hjordis), as('mentioned', vera)],
    text: 'Hjördis här, jag såg Vera Vårlig-Åker i dag.',
  },
  { objectId: 'u1', verb: 'published', text: 'Anonym text utan avsändare.' },
  {
    objectId: 'u2',
    inReplyTo: 'u1',
    thread: 'u1',
    persons: [as('author', vera)],
    text: '<script>alert(1)</script><img src=x onerror=alert(1)> "citat" & \u202Eomvänt',
  },
]

const recordsOf = (it: Answer) => it.copy.threads.flatMap(({ records }) => records)
const textsOf = (it: Answer) => recordsOf(it).map(({ text }) => text)
const base = {
  ...why,
  identifiers: [{ platform: 'facebook' as const, platformId: vera.platformId }],
  language: 'sv' as const,
  today: '2026-03-05',
}

beforeAll(async () => {
  ;({ ledger } = await testLedger(databases, '2026-03-12T10:00:00Z'))
  log = await newLog(ledger)
  const { channel } = await declareHouse(ledger, log)
  await record(ledger, log, channel, planted)
  result = await answerFor(ledger, log, { ...base, assurance: 'judgement' })
  answer = result.answer
  out = await written(ledger, log, result)
})

describe('the copy', () => {
  it('holds what the person did, what was done with it and what others wrote about them, in order of time', () => {
    const thread = answer.copy.threads.find(({ records }) =>
      records.some(({ objectId }) => objectId === 'c1'),
    )
    expect(thread?.records.map(({ relation, verb, author }) => [relation, verb, author.kind])).toEqual([
      ['context', 'published', 'controller'],
      ['own', 'commented', 'you'],
      ['about', 'replied', 'other'],
      ['context', 'replied', 'controller'],
      ['own', 'edited', 'you'],
      ['own', 'reacted', 'you'],
      ['act', 'hidden', 'unknown'],
      ['act', 'removed', 'controller'],
    ])
    expect(thread?.records.map(({ inReplyTo }) => inReplyTo)).toEqual([
      undefined,
      1,
      2,
      2,
      undefined,
      1,
      undefined,
      undefined,
    ])
    expect(recordsOf(answer).filter(({ verb }) => verb === 'followed')).toHaveLength(1)
  })

  it('says what the account is known as', () => {
    expect(answer.accounts).toMatchObject([
      { names: [vera.displayName], emails: ['vera@example.org'], networkAddresses: ['192.0.2.17'] },
    ])
  })

  it('names nobody else, in any member or format', () => {
    for (const trace of [...tracesOf(sixten), ...tracesOf(hjordis), 'okand_profil', 'sixten@', '19121212']) {
      expect(out.json.toLowerCase().replaceAll('\u200B', '')).not.toContain(trace.toLowerCase())
      expect(out.html.toLowerCase().replaceAll('\u200B', '')).not.toContain(trace.toLowerCase())
    }
  })

  it('keeps the names of the person and of the controller’s own accounts', () => {
    expect(textsOf(answer)).toContain('Nya öppettider på biblioteket. Fråga @exempelkommun!')
    expect(textsOf(answer)).toContain('Tack, Vera.')
    expect(textsOf(answer).join(' ')).toContain('jag såg Vera Vårlig-Åker i dag')
  })

  it('leaves out what belongs to nobody’s question', () => {
    expect(out.json).not.toContain('Något helt annat.')
  })

  it('withholds the text of an unknown author and lists every redaction under a path that is there', () => {
    expect(out.json).not.toContain('Anonym text')
    expect(new Set(answer.withheld.redactions.map(({ ground }) => ground))).toEqual(
      new Set(['accountNotProven', 'otherPerson', 'contactDetail', 'unknownHandle', 'unknownAuthor']),
    )
    for (const { path } of answer.withheld.redactions) {
      const found = path
        .slice(1)
        .split('/')
        .reduce<unknown>((at, member) => (at as Record<string, unknown>)[member], answer)
      expect(found, path).toBeDefined()
    }
  })

  it('releases no private message, nor its edits, on the officer’s judgement alone', () => {
    expect(out.json).not.toContain(secret)
    expect(answer.withheld.privateRecords).toBe(2)
    expect(answer.confirmation.lastOn).toBe('2026-03-06')
  })
})

describe('the rest of the answer', () => {
  it('confirms, and counts to a stated position of the log', () => {
    expect(answer.confirmation).toMatchObject({ processed: true, records: 9, firstOn: '2026-03-05' })
    expect(Number(answer.upTo.position)).toBeGreaterThan(planted.length)
    expect(answer.deadline.unpaused).toEqual({
      nominal: '2026-04-05',
      day: '2026-04-07',
      withEves: '2026-04-07',
    })
  })

  it('states art. 15.1 a–h and 15.2 from the register', () => {
    expect(answer.activities).toMatchObject([
      {
        name: 'Kommunikation på sociala medier',
        purposes: [{ term: 'communication' }],
        categories: [{ label: 'Namn' }, { label: 'Offentliga inlägg och kommentarer' }],
        recipients: [{ name: 'Exempelplattformen AB' }],
        storage: { rules: [{ period: 'P2M', decision: { reference: 'KS 2026/12' } }] },
        source: { channels: ['Kommunens sida'] },
        automatedDecisions: { used: false },
        transfers: [],
      },
    ])
    expect(answer.outsideRegister).toEqual([])
    for (const said of ['Integritetsskyddsmyndigheten', 'Förvaltningsrätten i Exempelstad', 'tre veckor']) {
      expect(out.html).toContain(said)
    }
  })

  it('tells when the data were looked at and why, and not by whom', () => {
    expect(answer.lookUps).toEqual([{ on: '2026-03-12', kind: 'shown', purpose: why.purpose }])
    expect(out.json).not.toContain(why.actor.name)
  })

  it('writes HTML in which no text is markup and no direction leaks', () => {
    expect(out.html).not.toMatch(/<script|<img/i)
    expect(out.html).toMatch(/<bdi>&#60;script&#62;[^<]*\u202Eomvänt<\/bdi>/)
    expect(out.html).toContain('<html lang="sv">')
  })

  it('lists its files with their digests', () => {
    const manifest = JSON.parse(out.manifest)
    expect(manifest.position).toBe(answer.upTo.position)
    expect(manifest.files.map(({ name }: { name: string }) => name)).toEqual([
      'answer.pdf',
      'answer.html',
      'answer.json',
      'activities.json',
    ])
    for (const { name, bytes, digest } of manifest.files) {
      const content = out.files.get(name) as Buffer
      expect([bytes, digest]).toEqual([
        content.length,
        `sha256:${createHash('sha256').update(content).digest('hex')}`,
      ])
    }
  })

  it('is the same to the byte when the case is compiled again, whatever the log has taken since', async () => {
    const { channel } = await declareHouse(ledger, log)
    await record(ledger, log, channel, [
      { objectId: 'later', persons: [as('author', vera)], text: 'Senare.' },
    ])
    const again = await answerFor(ledger, log, { ...base, assurance: 'code', caseId: result.caseId })
    expect((await written(ledger, log, again)).files).toEqual(out.files)
    const english = await answerFor(ledger, log, {
      ...base,
      assurance: 'code',
      caseId: result.caseId,
      language: 'en',
    })
    const { html } = await written(ledger, log, english)
    expect(html).toContain('<html lang="en">')
    expect(html).not.toMatch(/Ditt<|Rör dig|Begäran kom/)
  })

  it('has made the look-up an event before anything was opened', async () => {
    const [event] = await reading(ledger, log, (tx) =>
      readEvents(tx, { controller: log.controller, from: result.lookUp, limit: 1 }),
    )
    expect(event).toMatchObject({ type: 'lookup.recorded', data: { scope: { case: result.caseId } } })
  })
})

describe('another case', () => {
  it('releases the messages to an account that is proven, and calls the others something else', async () => {
    const proven = await answerFor(ledger, log, { ...base, assurance: 'code' })
    expect(textsOf(proven.answer)).toEqual(expect.arrayContaining([secret, `Ändrat: ${secret}`]))
    expect(proven.answer.withheld.privateRecords).toBe(0)
    const names = (it: string) => new Set(it.match(/Person [2-9A-Z]{4}/g))
    expect(names((await written(ledger, log, proven)).json).isDisjointFrom(names(out.json))).toBe(true)
  })

  it('says no to somebody of whom nothing is held', async () => {
    const none = await answerFor(ledger, log, {
      ...base,
      assurance: 'judgement',
      identifiers: [{ platform: 'facebook', platformId: '90000000009999', displayName: 'Ingen Alls' }],
    })
    expect(none.answer).toMatchObject({
      confirmation: { processed: false, records: 0 },
      accounts: [],
      activities: [],
    })
    expect((await written(ledger, log, none)).html).toContain(
      'Nej, Kommunstyrelsen i Exempelkommun behandlar inga personuppgifter om dig',
    )
  })

  it('proposes by name and handle, links nobody by itself and says no only when somebody has decided so', async () => {
    const request = {
      ...base,
      assurance: 'judgement' as const,
      identifiers: [{ displayName: 'åker vera vårlig', handle: '@Vera.Varlig' }],
    }
    await expect(answerFor(ledger, log, request)).rejects.toMatchObject({ code: 'state-conflict' })
    const { answer: it, unlinked } = await answerFor(ledger, log, { ...request, link: [] })
    expect(it.confirmation.processed).toBe(false)
    expect(unlinked[0]).toMatchObject({
      match: 'proposed',
      reasons: expect.arrayContaining(['handle', 'name']),
    })
    expect(unlinked[0]?.confidence).toBeGreaterThan(0.7)
    const linked = await answerFor(ledger, log, { ...request, link: [unlinked[0]?.subject as string] })
    expect(linked.answer.confirmation.processed).toBe(true)
  })
})
