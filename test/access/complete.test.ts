import { beforeAll, describe, expect, it } from 'vitest'
import type { Answer } from '../../services/access/answer.ts'
import { answerFor } from '../../services/access/answer-for.ts'
import { answerHtml } from '../../services/access/html.ts'
import { compileCase } from '../../services/access/package.ts'
import { volumesOf } from '../../services/access/volumes.ts'
import { recordDisclosure } from '../../services/disclosures/disclose.ts'
import { type InteractionInput, PersonRole, Verb } from '../../services/events/interaction.ts'
import { Platform } from '../../services/events/vocabulary.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { ruleCapacity } from '../../services/supervision/capacity.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { as, declared, declareHouse, officer, people, record, tracesOf, why, written } from './support.ts'

const { vera, sixten, hjordis, page } = people
const databases = testDatabases()
let ledger: Ledger
let log: Log
const channels = new Map<Platform, string>()
const stored: { platform: Platform; objectId: string; stream: string; event: string }[] = []

const idOn = (platform: string, person: { platformId: string }) => `${person.platformId}-${platform}`
const on = (platform: string, person: typeof vera | typeof sixten | typeof hjordis) => ({
  ...person,
  platformId: idOn(platform, person),
})
const identifiers = Platform.options.map((platform) => ({ platform, platformId: idOn(platform, vera) }))
const base = { ...why, identifiers, language: 'sv' as const, today: '2026-03-05', assurance: 'eid' as const }

/** Words that occur nowhere else: each must be found in the answer, or in none. */
const wanted: string[] = []
const unwanted: string[] = []
const fact = (...of: readonly string[]) => {
  const text = `faktum${of.join('').replaceAll('-', '')}x`
  wanted.push(text)
  return text
}
const others = 'enligt Sixten Sommarlund (@sixten_sommar) och Hjördis Winterfeldts vän'

/** Everything that somebody can be in an interaction, on one platform. */
function plantedOn(platform: Platform): Partial<InteractionInput>[] {
  const [me, him, her] = [on(platform, vera), on(platform, sixten), on(platform, hjordis)]
  const roles = PersonRole.options.filter((role) => role !== 'author')
  const acts = Verb.options.filter((verb) => verb !== 'unrecognised')
  return [
    ...acts.map((verb) => ({
      objectId: `mine-${verb}`,
      actId: `act-${verb}`,
      verb,
      persons: [
        as('author', {
          ...me,
          email: `vera.${platform}@example.org`,
          ip: '192.0.2.17',
          userAgent: fact('agent', platform),
          profileUrl: `https://social.example.org/${fact('profile', platform)}`,
        }),
        as('recipient', him),
      ],
      title: fact('title', platform, verb),
      text: `${fact('text', platform, verb)} ${others}`,
      links: [`https://example.org/${fact('link', platform, verb)}`],
      hashtags: [fact('tag', platform, verb)],
      attachments: [
        { url: 'https://example.org/a.jpg', description: `${fact('image', platform, verb)} ${others}` },
      ],
      ...(verb === 'reacted' && { reaction: fact('reaction', platform) }),
      client: fact('client', platform, verb),
    })),
    ...roles.flatMap((role) =>
      (['commented', 'messaged', 'unrecognised'] as const).map((verb) => ({
        objectId: `theirs-${role}-${verb}`,
        verb,
        persons: [as('author', him), as(role, me), as('mentioned', her)],
        text: `${fact('about', platform, role, verb)} ${others}`,
      })),
    ),
    {
      objectId: 'answer',
      verb: 'replied',
      inReplyTo: 'mine-published',
      thread: 'mine-published',
      persons: [as('author', her)],
      text: `${fact('context', platform)} ${others}`,
    },
    { objectId: 'mine-published', verb: 'hidden', actId: 'h', persons: [as('moderator', him)] },
    { objectId: 'foreign', persons: [as('author', him)], text: nobodys(platform) },
    { objectId: 'nobody', thread: 'n', verb: 'published', text: nobodys('unknown', platform) },
    {
      objectId: 'under-nobody',
      inReplyTo: 'nobody',
      thread: 'n',
      persons: [as('author', me)],
      text: fact('reply', platform),
    },
  ]
}

function nobodys(...of: readonly string[]) {
  const text = `frammande${of.join('')}x`
  unwanted.push(text)
  return text
}

beforeAll(async () => {
  ;({ ledger } = await testLedger(databases, '2026-03-12T10:00:00Z'))
  log = await newLog(ledger)
  const house = await declareHouse(ledger, log)
  for (const platform of Platform.options) {
    const channel =
      platform === 'facebook'
        ? house.channel
        : await declared(ledger, log, 'channel', {
            platform,
            name: `Kanal ${platform}`,
            accountId: `${page.platformId}-${platform}`,
            handle: page.handle,
            controllership: 'ownAndThirdParty',
            legalSource: { decision: 'Beslut KS 2010/88', date: '2010-07-05' },
            openedOn: '2010-02-01',
            publicList: true,
          })
    channels.set(platform, channel)
    const inputs = plantedOn(platform)
    const appended = await record(ledger, log, channel, inputs, platform)
    appended.forEach((it, index) => {
      const objectId = inputs[index]?.objectId as string
      stored.push({ platform, objectId, stream: it.streamId, event: it.eventId as string })
    })
  }
}, 60_000)

const streamOf = (platform: Platform, objectId: string) =>
  stored.find((it) => it.platform === platform && it.objectId === objectId)?.stream as string
const jsonOf = (it: Answer) => JSON.stringify(it)
const recordsOf = (it: Answer) => it.copy.threads.flatMap(({ records }) => records)

describe('an answer over every platform, verb and role', () => {
  let answer: Answer
  let out: Awaited<ReturnType<typeof written>>
  beforeAll(async () => {
    const result = await answerFor(ledger, log, base)
    answer = result.answer
    out = await written(ledger, log, result)
  }, 60_000)

  it.each(['json', 'html'] as const)('has every fact that was planted, in %s', (format) => {
    expect(wanted.length).toBeGreaterThan(1_000)
    expect(wanted.filter((it) => !out[format].includes(it))).toEqual([])
  })

  it('has nothing of what is nobody’s question, or of an author whom nobody knows', () => {
    for (const text of unwanted) for (const it of out.files.values()) expect(it.includes(text)).toBe(false)
    expect(answer.withheld.redactions.filter(({ ground }) => ground === 'unknownAuthor')).toHaveLength(
      Platform.options.length,
    )
  })

  it('names no other person in any file', () => {
    for (const name of ['answer.json', 'answer.html', 'activities.json', 'manifest.json']) {
      const text = out.files.get(name)?.toString().toLowerCase() ?? ''
      expect(text.length, name).toBeGreaterThan(100)
      for (const trace of [...tracesOf(sixten), ...tracesOf(hjordis)]) {
        expect(text, name).not.toContain(trace.toLowerCase())
      }
    }
  })

  it('calls each of the others one name throughout, a different one on each account', () => {
    const author = (objectId: string) =>
      new Set(
        recordsOf(answer)
          .filter(({ id }) => stored.some((it) => it.event === id && it.objectId === objectId))
          .map((it) => it.author.name),
      )
    expect(author('theirs-quoted-commented').size).toBe(Platform.options.length)
    expect(author('theirs-quoted-commented')).toEqual(author('theirs-target-messaged'))
  })

  it('says which role the person had in what others did', () => {
    const roles = recordsOf(answer).flatMap(({ relation, persons = [] }) =>
      relation === 'about' ? persons.filter(({ kind }) => kind === 'you').map(({ role }) => role) : [],
    )
    expect(new Set(roles)).toEqual(new Set(PersonRole.options.filter((role) => role !== 'author')))
  })

  it('finds every account by its own id', () => {
    expect(answer.accounts.map(({ emails }) => emails[0]).toSorted()).toEqual(
      Platform.options.map((platform) => `vera.${platform}@example.org`).toSorted(),
    )
  })
})

describe('whom records were handed to', () => {
  it('is named with day, ground and the records of the copy; a private person by a pseudonym', async () => {
    const mine = streamOf('x', 'mine-published')
    const given = { ground: 'publicRecord' as const, purpose: 'Begäran', objects: [mine] }
    await recordDisclosure(ledger, log, officer, {
      ...given,
      recipient: { kind: 'police', organisation: 'Polismyndigheten' },
      ground: 'legalDuty',
      provision: 'Exempellagen 1 §',
      objects: [mine, streamOf('x', 'foreign')],
    })
    const person = { name: 'Sixten Sommarlund', email: 'sixten@example.org' }
    await recordDisclosure(ledger, log, officer, { ...given, recipient: { kind: 'requester', person } })
    await recordDisclosure(ledger, log, officer, {
      ...given,
      recipient: { kind: 'other', organisation: 'Någon Annans AB' },
      objects: [streamOf('x', 'foreign')],
    })
    const result = await answerFor(ledger, log, base)
    const { answer } = result
    expect(answer.disclosures).toMatchObject([
      { on: '2026-03-12', kind: 'police', organisation: 'Polismyndigheten', ground: 'legalDuty', objects: 1 },
      { kind: 'requester', person: expect.stringMatching(/^Person /), ground: 'publicRecord', objects: 1 },
    ])
    const event = stored.find((it) => it.platform === 'x' && it.objectId === 'mine-published')?.event
    expect(answer.disclosures[0]?.records).toEqual([recordsOf(answer).find(({ id }) => id === event)?.number])
    const { json, html } = await written(ledger, log, result)
    for (const text of [json, html]) {
      expect(text).toContain('Polismyndigheten')
      expect(text).not.toContain('Någon Annans AB')
      expect(text).not.toContain('Sommarlund')
    }
  })
})

describe('an act that somebody has ruled private', () => {
  it('is in no answer made after the ruling, and in the one made before as it was', async () => {
    const secret = fact('text', 'linkedin', 'published')
    const before = await answerFor(ledger, log, base)
    const object = streamOf('linkedin', 'mine-published')
    const ruling = { object, ground: 'content', text: 'En semester, inget ärende.' } as const
    await ruleCapacity(ledger, log, officer, { ...ruling, capacity: 'private' })
    const after = await answerFor(ledger, log, base)
    const [old, now] = [jsonOf(before.answer), jsonOf(after.answer)]
    expect(old).toContain(secret)
    expect(now).not.toContain(secret)
    expect(after.answer.notHeld.ruledPrivate).toBe(1)
    expect(after.answer.confirmation.records).toBe(before.answer.confirmation.records - 1)
    const [volume] = volumesOf(after.answer)
    const html = volume === undefined ? '' : answerHtml(after.answer, volume)
    expect(html).toContain('1 anteckning gäller något som någon har gjort privat')
    expect(html).not.toContain(secret)

    const again = await compileCase(ledger, log, why, before.caseId, 'sv')
    expect(jsonOf(again.answer)).toBe(old)

    await ruleCapacity(ledger, log, officer, { ...ruling, capacity: 'service' })
    const corrected = await answerFor(ledger, log, base)
    expect(corrected.answer.notHeld.ruledPrivate).toBe(0)
    expect(jsonOf(corrected.answer)).toContain(secret)
    const ruledThen = await compileCase(ledger, log, why, after.caseId, 'sv')
    expect(jsonOf(ruledThen.answer)).toBe(now)
  }, 120_000)
})
