import { beforeAll, expect, test } from 'vitest'
import {
  capacityOf,
  type DatedSetting,
  minimised,
  type OwnAccount,
  settingOn,
  treatmentOf,
} from '../../services/deliveries/scope.ts'
import type { ChannelDeclaration } from '../../services/events/channel.ts'
import type { Ledger } from '../../services/ledger/ledger.ts'
import type { Candidate, Translated } from '../../services/sources/source.ts'
import { fold } from '../../services/subjects/identify.ts'
import { comment, newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { factsOf, take } from './fixtures.ts'
import { newChannel, openedOf } from './support.ts'

const own: OwnAccount = {
  platform: 'x',
  platformIds: new Set(['101']),
  handles: new Set(['exempelkommun']),
  names: new Set(['Exempelkommun']),
  isDownload: false,
}
const none = { repliesToOwn: false, answeredByOwn: false }
const ownOnly = { controllership: 'own' as const }
const author = (person: object) => ({ persons: [{ role: 'author' as const, ...person }] })

test.each([
  ['of the own account by its id', author({ platformId: '101' }), 'x', 'whole'],
  ['of the own account by its handle', author({ handle: '@ExempelKommun' }), 'x', 'whole'],
  [
    'of one with the own name and another id',
    author({ platformId: '7', displayName: 'Exempelkommun' }),
    'x',
    'minimised',
  ],
  ['of a stranger', author({ platformId: '7' }), 'x', 'minimised'],
  ['of nobody known', { persons: [] }, 'x', 'minimised'],
  ['a message to the account', { ...author({ platformId: '7' }), verb: 'messaged' as const }, 'x', 'whole'],
  [
    'a stranger’s reaction',
    { ...author({ platformId: '7' }), verb: 'reacted' as const, reaction: 'like' },
    'x',
    'minimised',
  ],
  [
    'a post on the own blog',
    { ...author({ handle: 'anna' }), verb: 'published' as const },
    'wordpress',
    'whole',
  ],
] as const)('with controllership own, %s', (_, given, platform, treatment) => {
  const interaction = comment('1', given as Parameters<typeof comment>[1])
  expect(treatmentOf(interaction, ownOnly, { ...own, platform }, none)).toBe(treatment)
})

test('what replies to an own record, or is answered by one, is kept as its context', () => {
  const strange = comment('1', author({ platformId: '7' }))
  expect(treatmentOf(strange, ownOnly, own, { ...none, repliesToOwn: true })).toBe('context')
  expect(treatmentOf(strange, ownOnly, own, { ...none, answeredByOwn: true })).toBe('context')
  const liked = comment('1', { ...author({ platformId: '7' }), verb: 'reacted' })
  expect(treatmentOf(liked, ownOnly, own, { ...none, repliesToOwn: true })).toBe('minimised')
})

test('with a wider controllership all is kept whole', () => {
  const strange = comment('1', author({ platformId: '7' }))
  for (const controllership of ['ownAndThirdParty', 'joint'] as const)
    expect(treatmentOf(strange, { controllership }, own, none)).toBe('whole')
})

test('the setting is that of the newest decision not after the day, before the first one that first one', () => {
  const versions: DatedSetting[] = [
    { from: '2015-01-01', setting: { controllership: 'ownAndThirdParty' } },
    { from: '2010-07-05', setting: { controllership: 'own' } },
    { from: '2015-01-01', setting: { controllership: 'joint' } },
  ]
  const on = (day: string) => settingOn(versions, day)?.controllership
  expect([on('2009-01-01'), on('2012-01-01'), on('2014-12-31'), on('2015-01-01')]).toEqual([
    'own',
    'own',
    'own',
    'joint',
  ])
  expect(settingOn([], '2015-01-01')).toBeUndefined()
})

test('a minimised record holds neither text nor names', () => {
  const whole = comment('1', {
    text: 'Hemlig text',
    title: 'Rubrik',
    links: ['https://example.org/anna'],
    hashtags: ['anna'],
    native: { kind: 'x/y', mapper: 'prov/v1', detail: '{"namn":"Anna"}', time: 'i går' },
  })
  const { native: _, ...rest } = minimised(whole)
  expect(JSON.stringify(minimised(whole))).not.toMatch(/Hemlig|Rubrik|anna|Anna|exempla|i går/i)
  expect(rest).toEqual({
    channel: whole.channel,
    objectId: '1',
    verb: 'commented',
    occurredAt: whole.occurredAt,
    precision: 'second',
    basis: 'occurred',
    persons: [],
  })
})

test('the program tells the capacity of the own account alone, and gives way to what the source says', () => {
  const setting = {
    ...ownOnly,
    defaultCapacity: 'mixed' as const,
    capacityRules: [{ client: 'TweetDeck', capacity: 'service' as const }],
  }
  const by = (client?: string) => comment('1', client === undefined ? {} : { client })
  expect(capacityOf(by('TweetDeck'), setting, true)).toBe('service')
  expect(capacityOf(by('Twitter for iPhone'), setting, true)).toBe('mixed')
  expect(capacityOf(by('TweetDeck'), setting, false)).toBeUndefined()
  expect(capacityOf(comment('1', { client: 'TweetDeck', capacity: 'private' }), setting, true)).toBe(
    'private',
  )
})

const databases = testDatabases()
let ledger: Ledger
beforeAll(async () => {
  ;({ ledger } = await testLedger(databases))
})

function said(objectId: string, platformId: string, more: Partial<Candidate> = {}): Translated {
  const interaction: Candidate = {
    objectId,
    verb: 'published',
    occurredAt: '2026-03-05T10:15:00+01:00',
    persons: [{ role: 'author', platformId, displayName: `Person ${platformId}` }],
    text: `Ord av ${platformId}`,
    ...more,
  }
  return { kind: 'interaction', interaction }
}

const answer = { verb: 'replied' as const }
const ownChannel: Partial<ChannelDeclaration> = { controllership: 'own', accountId: '101' }

test('others’ records are context by what the log holds and by what the delivery brings', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, ownChannel)
  await take(ledger, log, channel, [said('a', '101'), said('b', '7')])
  const counts = await take(ledger, log, channel, [
    said('c', '7', { ...answer, inReplyTo: 'a' }),
    said('d', '8', { ...answer, inReplyTo: 'b' }),
    said('e', '9'),
    said('f', '101', { ...answer, inReplyTo: 'e', thread: 'e' }),
  ])
  expect(counts).toMatchObject({ recorded: 4, minimised: 1 })
  const scopes = (await factsOf(ledger, log, [channel]))
    .map((fact) => JSON.parse(fact))
    .map((it) => [it[1], it[5]])
  expect(scopes).toEqual(
    expect.arrayContaining([
      ['a', 'whole'],
      ['b', 'minimised'],
      ['c', 'context'],
      ['d', 'minimised'],
      ['e', 'context'],
      ['f', 'whole'],
    ]),
  )
})

test('of a minimised record neither name nor words are stored or found, and it is the same fact when it comes again', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, ownChannel)
  const strange = said('b', '7', {
    persons: [{ role: 'author', platformId: '7', displayName: 'Zakarias Okänd' }],
  })
  expect(await take(ledger, log, channel, [strange])).toMatchObject({ recorded: 1, minimised: 1 })
  expect(await take(ledger, log, channel, [strange])).toMatchObject({ corroborated: 1, variants: 0 })
  const stored = JSON.stringify(await openedOf(ledger, log))
  expect(stored).not.toMatch(/Zakarias|Ord av/)
  const digest = ledger.digests(log.controller).find(`name\u0000${fold('Zakarias')}`)
  const { rows } = await databases.asAdmin('ledger', (client) =>
    client.query('select from ledger.subject_trait where digest = $1', [digest]),
  )
  expect(rows).toHaveLength(0)
})
