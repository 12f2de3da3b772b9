import { beforeAll, expect, test } from 'vitest'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { accept, aliasOf, madeId, type Translated } from '../../services/sources/source.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { take } from './fixtures.ts'
import { eventsOf, newChannel } from './support.ts'

const databases = testDatabases()
let ledger: Ledger
beforeAll(async () => {
  ;({ ledger } = await testLedger(databases))
})

const text = 'När plogas gatan?'
const occurredAt = '2026-03-05T09:15:00Z'
const author = { role: 'author', platformId: '7007', displayName: 'Bo Prov' } as const
const alias = aliasOf(author.displayName, occurredAt, text)

function item(objectId: string, more: Record<string, unknown> = {}, second = alias): Translated {
  return accept({ objectId, verb: 'commented', occurredAt, persons: [author], text, ...more }, {}, second)
}
/** As a download without ids tells it. */
const exported = item(madeId('comment', author.displayName, occurredAt))
/** As a webhook tells it: with its own id and the name by which the download knows it. */
const posted = item('101_1_7')
/** As a poll tells it that knows no names. */
const polled = item('101_1_7', {}, undefined)
const edit = accept(
  {
    objectId: '101_1_7',
    verb: 'edited',
    occurredAt: '2026-03-05T10:00:00Z',
    persons: [author],
    text: 'När?',
  },
  {},
)

async function taken(...deliveries: Translated[][]): Promise<{ log: Log; types: string[]; streams: number }> {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, { platform: 'facebook' })
  for (const items of deliveries) await take(ledger, log, channel, items)
  const events = await eventsOf(ledger, log)
  return {
    log,
    types: events.map((event) => event.type.replace('interaction.', '')),
    streams: new Set(events.map((event) => event.streamId)).size,
  }
}

test('a fact met by author, second and text learns its native id: what has that alone is the same fact', async () => {
  expect(await taken([exported], [posted], [polled])).toMatchObject({ types: ['commented'] })
})

test('a fact met by its native id learns author, second and text', async () => {
  expect(await taken([polled], [posted], [exported])).toMatchObject({ types: ['commented'] })
})

test('an edit by the native id comes to the stream of what a download without ids brought', async () => {
  expect(await taken([exported], [posted], [edit])).toMatchObject({
    types: ['commented', 'edited'],
    streams: 1,
  })
})

test('one delivery again, by a route that says less, is no variant of what it brought before', async () => {
  const less = item('101_1_7', { links: ['https://exempel.example.org/'] })
  expect(await taken([exported], [less], [less], [exported])).toMatchObject({ types: ['commented'] })
})

/** Said again in the same second: another comment of the same author, by its id. */
const twin = item('101_1_8')

test.each([
  ['posted together', [[posted, twin]]],
  ['posted one after the other', [[posted], [twin]]],
  ['after the download that has no ids', [[exported], [posted], [twin]]],
  ['together after that download', [[exported], [posted, twin]]],
  ['before it', [[twin], [posted], [exported]]],
  ['after a poll that knows no names', [[polled], [posted], [twin]]],
  ['twice each, in turns', [[posted, twin, posted], [twin, posted, twin], [exported]]],
])(
  'two comments with the same words in the same second are two facts by their ids: %s',
  async (_, deliveries) => {
    expect(await taken(...deliveries)).toMatchObject({ types: ['commented', 'commented'], streams: 2 })
  },
)

test('an edit of the second of two comments in the same words comes to its own stream', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, { platform: 'facebook' })
  await take(ledger, log, channel, [posted, twin])
  await take(ledger, log, channel, [edit])
  const [first, second, third] = await eventsOf(ledger, log)
  expect(third?.streamId).toBe(first?.streamId)
  expect(second?.streamId).not.toBe(first?.streamId)
})
