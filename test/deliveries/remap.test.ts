import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fileStore } from '../../services/deliveries/file-store.ts'
import { openDelivery } from '../../services/deliveries/keep.ts'
import { remap } from '../../services/deliveries/remap.ts'
import { type Mappers, mappersOfToday } from '../../services/deliveries/remap-candidates.ts'
import { unrecognisedIndex } from '../../services/deliveries/unrecognised.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import type { Translated } from '../../services/sources/source.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { makeZip } from '../sources/archive-make.ts'
import { testDatabases } from '../support/database.ts'
import { deliveryRows, feedComment, newPage } from './kept-support.ts'
import { actor, eventsOf, fileOf, importing, newChannel, openedOf } from './support.ts'

const databases = testDatabases()
const folder = mkdtempSync(join(tmpdir(), 'liggare-remap-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let ledger: Ledger
beforeAll(async () => {
  ledger = (await testLedger(databases)).ledger
})

/** A kind of item that the version in `sources/` does not know. */
const novelty = (id: string) => ({ item: 'novelty', verb: 'add', novelty_id: id, message: 'Något nytt' })

/** Version 2 of the mapper: it understands what `novelty` is and reads comments by `comment`. */
function secondVersion(comment: (item: Translated) => Translated = (item) => item): Mappers {
  const webhooks = mappersOfToday.webhooks.map((source) => {
    if (source.platform !== 'facebook') return source
    const mapper = 'facebook-webhook/v2'
    return {
      ...source,
      mapper,
      *translate(body: Uint8Array, receivedAt: string): Generator<Translated> {
        for (const item of source.translate(body, receivedAt)) {
          if (item.kind !== 'unrecognised') {
            yield comment(item)
            continue
          }
          const { novelty_id: id } = JSON.parse(item.raw).value ?? JSON.parse(item.raw)
          if (id === undefined) yield item
          else yield published(`novelty/${id}`, mapper, receivedAt)
        }
      },
    }
  })
  return { ...mappersOfToday, webhooks }
}

function published(objectId: string, mapper: string, at: string): Translated {
  const native = { kind: 'novelty', mapper }
  const fact = {
    objectId,
    verb: 'published',
    occurredAt: at,
    basis: 'observed',
    text: 'Något nytt',
    native,
  } as const
  return { kind: 'interaction', interaction: fact }
}

const since = '2026-01-01'
const again = (log: Log, mappers: Mappers, more: object = {}) =>
  remap(ledger, log, { since, actor, mappers, ...more })

async function pageWithNovelty(log: Log) {
  const page = await newPage(ledger, log)
  await page.post(novelty('1'), feedComment('1', 'Bra så'))
  return page
}

it('tells what could not be recognised by kind, mapper and channel, and whether it can be read again', async () => {
  const log = await newLog(ledger)
  const { channel } = await pageWithNovelty(log)
  expect(await unrecognisedIndex(ledger, log, {})).toMatchObject([
    { channel, mapper: 'facebook-webhook/v1', items: 1, kept: 1, recognised: 0 },
  ])
  expect(await unrecognisedIndex(ledger, log, { since: '2099-01-01' })).toEqual([])
})

it('reads nothing again while no mapper is newer', async () => {
  const log = await newLog(ledger)
  await pageWithNovelty(log)
  expect(await again(log, mappersOfToday)).toMatchObject({ deliveries: 0, left: 0, gone: 0 })
})

it('a newer mapper makes new events of what was unrecognised, once, and a dry run says so beforehand', async () => {
  const log = await newLog(ledger)
  await pageWithNovelty(log)
  const before = await eventsOf(ledger, log, '')
  const tried = await again(log, secondVersion(), { dryRun: true })
  expect(tried).toMatchObject({ dryRun: true, deliveries: 1, recognised: 1 })
  const looked = await eventsOf(ledger, log, '')
  expect(looked.slice(before.length).map((it) => it.type)).toEqual(['lookup.recorded'])

  const done = await again(log, secondVersion())
  expect(done).toMatchObject({
    deliveries: 1,
    recognised: 1,
    counts: { recorded: 1, corroborated: 1, variants: 0 },
  })
  expect(done.counts).toEqual(tried.counts)
  const created = await openedOf(ledger, log, 'interaction.published')
  expect(created.map(({ parts }) => parts[0]?.content?.['objectId'])).toEqual(['novelty/1'])
  const [delivery] = await deliveryRows(ledger, log)
  expect(created[0]?.event.data['delivery']).toBe(delivery?.id)
  expect(await unrecognisedIndex(ledger, log, {})).toMatchObject([{ items: 0, recognised: 1 }])

  const settled = await eventsOf(ledger, log, '')
  expect(await again(log, secondVersion())).toMatchObject({ deliveries: 0, left: 0 })
  expect(await eventsOf(ledger, log, '')).toHaveLength(settled.length)
})

it('what a newer mapper reads otherwise stands beside what was there first, as its reading and nobody’s edit', async () => {
  const log = await newLog(ledger)
  await pageWithNovelty(log)
  const other = secondVersion((item) =>
    item.kind === 'interaction'
      ? { ...item, interaction: { ...item.interaction, text: `${item.interaction.text}!` } }
      : item,
  )
  expect((await again(log, other, { dryRun: true })).counts.variants).toBe(1)
  expect((await again(log, other)).counts).toMatchObject({ variants: 1, recorded: 1 })
  const variants = await openedOf(ledger, log, 'interaction.variant')
  expect(variants.map(({ event, parts }) => [event.data['remappedBy'], parts[0]?.content?.['text']])).toEqual(
    [['facebook-webhook/v2', 'Bra så!']],
  )
  expect(variants[0]?.event.streamVersion).toBe(2)
  expect(await eventsOf(ledger, log, 'interaction.edited')).toEqual([])
})

it('goes on where it was left, one delivery after the other', async () => {
  const log = await newLog(ledger)
  const page = await pageWithNovelty(log)
  await page.post(novelty('2'))
  expect(await again(log, secondVersion(), { limit: 1 })).toMatchObject({
    deliveries: 1,
    left: 1,
    recognised: 1,
  })
  expect(await again(log, secondVersion(), { limit: 1 })).toMatchObject({
    deliveries: 1,
    left: 0,
    recognised: 1,
  })
})

it('adds nothing where it died after taking items in and before saying so', async () => {
  const log = await newLog(ledger)
  await pageWithNovelty(log)
  const stopping = new AbortController()
  let items = 0
  const dying = secondVersion((item) => {
    items += 1
    // Once in the first pass, once in the second: then it ends.
    if (items === 2) stopping.abort()
    return item
  })
  await expect(again(log, dying, { signal: stopping.signal })).rejects.toMatchObject({
    code: 'state-conflict',
  })
  await again(log, secondVersion())
  expect(await eventsOf(ledger, log, 'interaction.published')).toHaveLength(1)
  expect(await eventsOf(ledger, log, 'delivery.remapped')).toHaveLength(1)
})

it('tells what nobody can read again, because its delivery is gone', async () => {
  const log = await newLog(ledger)
  await pageWithNovelty(log)
  const [delivery] = await deliveryRows(ledger, log)
  await databases
    .ledger('purge')
    .query('select ledger.destroy_deliveries($1, $2, 0)', [log.controller, [delivery?.id]])
  expect(await again(log, secondVersion())).toMatchObject({ deliveries: 0, recognised: 0, gone: 1 })
  expect(await unrecognisedIndex(ledger, log, {})).toMatchObject([{ items: 1, kept: 0 }])
})

it('reads a kept archive again, and leaves it where it is in no store that is set up', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log)
  const store = fileStore(join(folder, 'store'))
  const tweet = { id_str: '1', full_text: 'Snöröjning pågår', created_at: 'Mon Apr 12 08:01:00 +0000 2010' }
  const zip = makeZip([
    { name: 'data/tweets.js', data: `window.YTD.tweets.part0 = ${JSON.stringify([{ tweet }])}` },
    { name: 'data/novelty.js', data: 'window.YTD.novelty.part0 = []' },
  ])
  await importing(ledger, log, channel, fileOf(zip, 'x.zip'), { store })
  const archives = mappersOfToday.archives.map((source) =>
    source.mapper === 'x-archive/v1'
      ? {
          ...source,
          mapper: 'x-archive/v2',
          role: (path: string) => (path === 'data/novelty.js' ? 'ignored' : source.role(path)),
        }
      : source,
  )
  const newer = { ...mappersOfToday, archives }
  expect(await again(log, newer)).toMatchObject({ deliveries: 0, left: 1, unreadable: 1 })
  expect(await again(log, newer, { store })).toMatchObject({ deliveries: 1, left: 0, recognised: 1 })
  const [delivery] = await deliveryRows(ledger, log)
  expect(await openDelivery(ledger, log, delivery?.id ?? '', store)).toBeDefined()
})
