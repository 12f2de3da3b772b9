import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { fileStore } from '../../services/deliveries/file-store.ts'
import { openDelivery } from '../../services/deliveries/keep.ts'
import { RetentionRule, type RetentionRuleInput } from '../../services/events/retention-rule.ts'
import { expireDeliveries } from '../../services/jobs/deliveries.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { recover } from '../../services/ledger/recover.ts'
import { sweepKeyring } from '../../services/ledger/sweep.ts'
import { createLogger } from '../../services/platform/log.ts'
import { placeHold } from '../../services/retention/holds.ts'
import { orderPurge } from '../../services/retention/order.ts'
import { executePurge, type PurgeDeps } from '../../services/retention/purge.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import type { FixedClock } from '../support/clock.ts'
import { testDatabases } from '../support/database.ts'
import { downloadFile } from './fixtures.ts'
import { bodiesOf, deliveryRows, feedComment, newPage } from './kept-support.ts'
import { actor, eventsOf, importing, newChannel } from './support.ts'

const databases = testDatabases()
let ledger: Ledger
let clock: FixedClock
let purge: PurgeDeps
beforeAll(async () => {
  ;({ ledger, clock, purge } = await testLedger(databases))
})

const decision = { body: 'Nämnden', reference: 'N 2026/1', date: '2026-01-15', wording: 'Gallras.' }

async function declareRule(log: Log, given: Partial<RetentionRuleInput>): Promise<void> {
  const document = RetentionRule.parse({
    name: 'Regel',
    recordType: 'Handling',
    action: 'destroy',
    period: 'P2M',
    start: 'occurred',
    validFrom: '2026-02-01',
    ...given,
  })
  await recordCommand(ledger, log, { type: 'rule.declared', expectedVersion: 0, actor, data: { document } })
}

const forDeliveries: Partial<RetentionRuleInput> = {
  start: 'received',
  period: 'P30D',
  scope: { categories: ['delivery'] },
}

async function purgeDue(log: Log): Promise<void> {
  const ordered = await orderPurge(ledger, log, actor.name, '2026-11-23')
  await executePurge(purge, log, ordered, actor.name)
}

test('a body is kept as it came, sealed, with what it carried', async () => {
  const log = await newLog(ledger)
  const page = await newPage(ledger, log)
  await page.post(feedComment('1', 'Unik fråga om vattenläckan'), feedComment('2', 'Tack!'))
  expect(await bodiesOf(ledger, log)).toEqual([expect.stringContaining('vattenl')])
  const found = await databases.asAdmin('ledger', async (client) => {
    const { rows } = await client.query<{ body: Buffer; objects: number }>(
      `select d.body, (select count(*)::int from ledger.delivery_object o where o.delivery_id = d.delivery_id) as objects
         from ledger.delivery d where d.controller_id = $1`,
      [log.controller],
    )
    return rows[0]
  })
  expect(found?.objects).toBe(2)
  expect(found?.body.includes('Unik')).toBe(false)
})

test('the same body again is kept once', async () => {
  const log = await newLog(ledger)
  const page = await newPage(ledger, log)
  for (let times = 0; times < 3; times++) await page.post(feedComment('1', 'En gång'))
  expect(await deliveryRows(ledger, log)).toHaveLength(1)
})

test('a body goes whole with the first of its objects that is purged, and others stay', async () => {
  const log = await newLog(ledger)
  const page = await newPage(ledger, log)
  const late = { created_time: Date.parse('2026-11-20T10:00:00Z') / 1000 }
  await page.post(feedComment('1', 'Gammal'), feedComment('2', 'Färsk', late))
  await page.post(feedComment('2', 'Färsk', late), feedComment('3', 'Också färsk', late))
  await declareRule(log, { decision })
  await purgeDue(log)
  expect(await bodiesOf(ledger, log)).toEqual([undefined, expect.stringContaining('Ocks')])
  const [gone] = await deliveryRows(ledger, log)
  const left = await databases.asAdmin('keyring', async (client) => {
    const { rowCount } = await client.query('select from keyring.record_key where event_id = $1', [gone?.id])
    return rowCount
  })
  expect(left).toBe(0)
  // The three copies of the erasure journal agree, so a start has nothing to do.
  expect(await recover(purge, createLogger({ level: 'silent' }))).toEqual({
    intents: 0,
    keys: 0,
    journal: 0,
    finished: 0,
  })
})

test('a body that carries what was disposed of is not kept when it comes again', async () => {
  const log = await newLog(ledger)
  const page = await newPage(ledger, log)
  await page.post(feedComment('1', 'Gammal'))
  await declareRule(log, { decision })
  await purgeDue(log)
  const late = { created_time: Date.parse('2026-11-20T10:00:00Z') / 1000 }
  await page.post(feedComment('1', 'Gammal'), feedComment('2', 'Färsk', late))
  expect(await bodiesOf(ledger, log)).toEqual([undefined])
  const received = (await eventsOf(ledger, log, 'delivery.received')).at(-1)
  expect(received?.data['counts']).toMatchObject({ recorded: 1, disposed: 1 })
})

test('a sweep of the keyring spares the keys of kept bodies', async () => {
  const log = await newLog(ledger)
  const page = await newPage(ledger, log)
  await page.post(feedComment('1', 'Efter svepningen'))
  clock.advance({ days: 3 })
  await sweepKeyring(ledger)
  clock.set('2026-11-23T10:00:00Z')
  expect(await bodiesOf(ledger, log)).toEqual([expect.stringContaining('svepningen')])
})

test.each<[string, Partial<RetentionRuleInput>, number, number]>([
  ['without its decision destroys nothing', { ...forDeliveries }, 31, 1],
  ['with its decision waits for its day', { ...forDeliveries, decision }, 29, 1],
  ['with its decision destroys on its day', { ...forDeliveries, decision }, 30, 0],
  ['for records is none for deliveries', { decision, start: 'received', period: 'P1D' }, 40, 1],
])('a rule %s', async (_, rule, days, kept) => {
  const log = await newLog(ledger)
  const page = await newPage(ledger, log)
  await page.post(feedComment('1', 'Hej'))
  await declareRule(log, rule)
  clock.advance({ days })
  await expireDeliveries(purge)
  clock.set('2026-11-23T10:00:00Z')
  expect((await deliveryRows(ledger, log)).filter((row) => row.isKept)).toHaveLength(kept)
  expect(await eventsOf(ledger, log, 'delivery.destroyed')).toHaveLength(1 - kept)
})

test('a held object holds the deliveries that carried it', async () => {
  const log = await newLog(ledger)
  const page = await newPage(ledger, log)
  await page.post(feedComment('1', 'Hej'))
  await declareRule(log, { ...forDeliveries, decision })
  const [event] = await eventsOf(ledger, log)
  await placeHold(ledger, log, actor, {
    kind: 'object',
    target: event?.streamId as string,
    ground: 'disclosure-request',
    text: 'Begäran om utlämnande',
  })
  clock.advance({ days: 31 })
  expect(await expireDeliveries(purge)).toBe(0)
  clock.set('2026-11-23T10:00:00Z')
})

test('an archive is kept sealed in the file store, and its file goes with it', async () => {
  const log = await newLog(ledger)
  const store = fileStore(mkdtempSync(join(databases.folder, 'store-')))
  const file = downloadFile('x-archive')
  const channel = await newChannel(ledger, log)
  const { id } = await importing(ledger, log, channel, file, { store })
  expect(await store.list(log.controller)).toEqual([id])
  const bytes = await openDelivery(ledger, log, id as string, store)
  expect(Buffer.concat(await Array.fromAsync(bytes ?? []))).toEqual(readFileSync(file))
  await declareRule(log, { decision })
  await purgeDue(log)
  await expireDeliveries(purge, store)
  expect(await store.list(log.controller)).toEqual([])
  expect(await openDelivery(ledger, log, id as string, store)).toBeUndefined()
  // And it is not put there again by importing what is disposed of.
  await importing(ledger, log, channel, file, { store })
  expect(await store.list(log.controller)).toEqual([])
})

test('an archive whose import was broken off goes with any purge on its channel', async () => {
  const log = await newLog(ledger)
  const folder = mkdtempSync(join(databases.folder, 'store-'))
  const store = fileStore(folder)
  const channel = await newChannel(ledger, log)
  const stopped = new AbortController()
  const broken = importing(ledger, log, channel, downloadFile('x-archive'), {
    store,
    signal: stopped.signal,
    onProgress: ({ phase }) => phase === 'importing' && stopped.abort(),
    checkpointEvery: 1,
  })
  await broken.catch(() => {})
  await importing(ledger, log, channel, downloadFile('x-archive'))
  await declareRule(log, { decision })
  await purgeDue(log)
  expect((await deliveryRows(ledger, log)).map((row) => row.isKept)).toEqual([false])
  expect(readdirSync(folder)).toEqual([String(log.controller)])
})
