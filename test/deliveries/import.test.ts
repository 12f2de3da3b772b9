import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import type { Ledger } from '../../services/ledger/ledger.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { makeZip } from '../sources/archive-make.ts'
import { testDatabases } from '../support/database.ts'
import { authored } from '../support/translate.ts'
import { eventsOf, fileOf, importing, newChannel, openedOf, zipOf } from './support.ts'

const databases = testDatabases()
let ledger: Ledger
beforeAll(async () => {
  ;({ ledger } = await testLedger(databases))
})

const root = join(import.meta.dirname, '../fixtures/authored')
const xZip = () => fileOf(zipOf(join(root, 'x-archive')), 'x.zip')

test('an archive brings its facts, one delivery event and the beginning and end of its import', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log)
  const report = await importing(ledger, log, channel, xZip())
  const { counts } = report
  expect(counts.recorded).toBeGreaterThan(5)
  expect(counts.read).toBe(
    counts.recorded +
      counts.corroborated +
      counts.variants +
      counts.disposed +
      counts.unrecognised +
      counts.demands +
      counts.rejected,
  )
  const events = await eventsOf(ledger, log, '')
  const own = events.filter((event) => event.streamId === report.id)
  expect(own.map((event) => event.type)).toEqual(['import.started', 'delivery.received', 'import.finished'])
  const brought = events.filter((event) => event.data['delivery'] === report.id)
  expect(brought).toHaveLength(counts.recorded + counts.unrecognised)
})

test('the positions that a delivery brought stand sealed in it', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log)
  const report = await importing(ledger, log, channel, xZip())
  const [received] = await openedOf(ledger, log, 'delivery.received')
  const facts = await eventsOf(ledger, log)
  const brought = received?.parts.map((part) => part.content?.['brought']).join('') ?? ''
  expect(positionsIn(brought)).toEqual(facts.map((event) => event.position))
  expect(JSON.stringify(received?.event)).not.toContain(brought)
  expect(report.counts.read).toBe(facts.length)
})

test('importing the same archive again adds nothing but the delivery', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log)
  const file = xZip()
  const first = await importing(ledger, log, channel, file)
  const before = (await eventsOf(ledger, log)).length
  const second = await importing(ledger, log, channel, file)
  expect(second.id).toBe(first.id)
  expect(second.counts).toMatchObject({
    read: first.counts.read,
    corroborated: first.counts.read,
    recorded: 0,
  })
  expect(await eventsOf(ledger, log)).toHaveLength(before)
})

test('a dry run tells what would come and writes nothing', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log)
  const file = xZip()
  const before = (await eventsOf(ledger, log, '')).length
  const tried = await importing(ledger, log, channel, file, { dryRun: true })
  expect(await eventsOf(ledger, log, '')).toHaveLength(before)
  const { counts } = await importing(ledger, log, channel, file)
  expect(tried.counts).toMatchObject({
    read: counts.read,
    recorded: counts.recorded,
    unrecognised: counts.unrecognised,
  })
})

test('a download of another account than the channel is refused before anything is written', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, { accountId: '1' })
  const before = (await eventsOf(ledger, log, '')).length
  await expect(importing(ledger, log, channel, xZip())).rejects.toMatchObject({
    code: 'validation-failed',
    violations: [{ pointer: '/channel', reason: 'is of another account than the download' }],
  })
  expect(await eventsOf(ledger, log, '')).toHaveLength(before)
})

test('an account outside the public list is compared after a recorded look-up', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, { accountId: '1', publicList: false })
  await expect(importing(ledger, log, channel, xZip())).rejects.toMatchObject({ code: 'validation-failed' })
  expect(await eventsOf(ledger, log, 'lookup.')).toHaveLength(1)
})

test('a download from another platform than the channel is refused', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, { platform: 'facebook' })
  await expect(importing(ledger, log, channel, xZip())).rejects.toMatchObject({ code: 'validation-failed' })
})

test('a file that breaks in its last line leaves nothing behind', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, { platform: 'wordpress' })
  const wxr = authored('wordpress-wxr/blogg-1.2.xml')
  const broken = wxr.subarray(0, wxr.length - 20)
  const before = (await eventsOf(ledger, log, '')).length
  await expect(importing(ledger, log, channel, fileOf(broken, 'blogg.xml'))).rejects.toMatchObject({
    code: 'source-malformed',
  })
  expect(await eventsOf(ledger, log, '')).toHaveLength(before)
})

test.each([
  ['a zip cut short', () => zipOf(join(root, 'x-archive')).subarray(0, 900), 'source-malformed'],
  ['a name that leads out', () => makeZip([{ name: '../data/tweets.js', data: '[]' }]), 'source-unsafe'],
  [
    'a link',
    () => makeZip([{ name: 'data/tweets.js', data: '/etc/passwd', mode: 0o120777 }]),
    'source-unsafe',
  ],
  ['a bomb', () => gzipSync(Buffer.alloc(64 * 1024 ** 2)), /source-/],
  ['a picture', () => Buffer.from('89504e470d0a1a0a', 'hex'), 'source-malformed'],
  ['nothing at all', () => Buffer.alloc(0), 'source-malformed'],
])('%s is refused and leaves nothing behind', async (_, bytes, code) => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log)
  const before = (await eventsOf(ledger, log, '')).length
  await expect(importing(ledger, log, channel, fileOf(bytes(), 'fil.zip'))).rejects.toMatchObject({
    code: typeof code === 'string' ? code : expect.stringMatching(code),
  })
  expect(await eventsOf(ledger, log, '')).toHaveLength(before)
})

test('a cancelled import says so, and the next one completes it', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log)
  const file = fileOf(manyTweets(2500), 'x.zip')
  const stop = new AbortController()
  const cancelled = importing(ledger, log, channel, file, {
    checkpointEvery: 500,
    signal: stop.signal,
    onProgress: ({ phase, done }) => phase === 'importing' && done >= 1000 && stop.abort(),
  })
  await expect(cancelled).rejects.toMatchObject({ code: 'state-conflict' })
  expect((await eventsOf(ledger, log, 'import.')).map((event) => event.type)).toEqual([
    'import.started',
    'import.failed',
  ])
  const { counts, resumedAfter } = await importing(ledger, log, channel, file, { resume: true })
  expect(resumedAfter).toBeGreaterThanOrEqual(500)
  expect(counts).toMatchObject({ read: 2500 })
  expect(counts.recorded + counts.corroborated).toBe(2500)
  expect(await eventsOf(ledger, log)).toHaveLength(2500)
})

function manyTweets(count: number): Buffer {
  const tweets = Array.from({ length: count }, (_, index) => ({
    tweet: {
      id_str: String(9000 + index),
      full_text: `Inlägg ${index}`,
      created_at: 'Mon Apr 12 08:01:00 +0000 2010',
    },
  }))
  const account = [
    { account: { accountId: '101', username: 'exempelkommun', accountDisplayName: 'Exempel' } },
  ]
  return makeZip([
    { name: 'data/account.js', data: `window.YTD.account.part0 = ${JSON.stringify(account)}` },
    { name: 'data/tweets.js', data: `window.YTD.tweets.part0 = ${JSON.stringify(tweets)}` },
  ])
}

function positionsIn(ranges: string): string[] {
  return ranges.split(',').flatMap((range) => {
    const [first = '0', last = first] = range.split('-')
    const length = Number(last) - Number(first) + 1
    return Array.from({ length }, (_, index) => String(Number(first) + index))
  })
}
