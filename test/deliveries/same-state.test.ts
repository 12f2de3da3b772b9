import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { RetentionRule } from '../../services/events/retention-rule.ts'
import type { Platform } from '../../services/events/vocabulary.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger } from '../../services/ledger/ledger.ts'
import { orderPurge } from '../../services/retention/order.ts'
import { executePurge, type PurgeDeps } from '../../services/retention/purge.ts'
import { facebookWebhook } from '../../services/sources/facebook-webhook.ts'
import type { Translated } from '../../services/sources/source.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { jsonBody } from '../support/translate.ts'
import { downloadFile, factsOf, postedBodies, take, translated } from './fixtures.ts'
import { actor, eventsOf, importing, newChannel } from './support.ts'

const databases = testDatabases()
let ledger: Ledger
let purge: PurgeDeps
beforeAll(async () => {
  ;({ ledger, purge } = await testLedger(databases))
})

const platforms = [...new Set(postedBodies.map(([, platform]) => platform))]

function itemsOf(platform: Platform): Translated[] {
  return postedBodies.filter(([, of]) => of === platform).flatMap(([path]) => translated(path, platform))
}

async function stateAfter(platform: Platform, deliveries: readonly (readonly Translated[])[]) {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, { platform })
  for (const items of deliveries) await take(ledger, log, channel, items)
  return factsOf(ledger, log, [channel], 'merged')
}

test.each(platforms)(
  'deliveries of %s in any order, cut and repeated at will, end in the same state',
  async (platform) => {
    const items = itemsOf(platform)
    const wanted = await stateAfter(platform, [items])
    const arrivals = fc.record({
      order: fc.array(fc.nat({ max: items.length - 1 }), { maxLength: items.length }),
      rest: fc.shuffledSubarray(
        items.map((_, index) => index),
        { minLength: items.length },
      ),
      size: fc.integer({ min: 1, max: 5 }),
    })
    await fc.assert(
      fc.asyncProperty(arrivals, async ({ order, rest, size }) => {
        const all = [...order, ...rest].map((index) => items[index] as Translated)
        const deliveries = Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
          all.slice(at * size, at * size + size),
        )
        expect(await stateAfter(platform, deliveries)).toEqual(wanted)
      }),
      { numRuns: 6 },
    )
  },
)

const reply = 'Tack för frågan, vi återkommer.'
const posted = jsonBody({
  object: 'page',
  entry: [
    {
      id: '101',
      time: 1_271_060_001,
      changes: [
        {
          field: 'feed',
          value: {
            item: 'comment',
            verb: 'add',
            comment_id: '101_1_7',
            post_id: '101_1',
            from: { id: '101', name: 'Exempelkommun' },
            message: reply,
            created_time: 1_271_060_000,
          },
        },
      ],
    },
  ],
})

test.each([
  ['first posted, then downloaded', true],
  ['first downloaded, then posted', false],
])('the same comment, %s, is one event', async (_, isPostedFirst) => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, { platform: 'facebook' })
  const post = () =>
    take(ledger, log, channel, [...facebookWebhook.translate(posted, '2026-11-23T10:00:00Z')])
  const download = async () => (await importing(ledger, log, channel, downloadFile('facebook-dyi'))).counts
  const [first, second] = isPostedFirst ? [await post(), await download()] : [await download(), await post()]
  expect(first.corroborated).toBe(0)
  expect([second.corroborated, second.variants]).toEqual([1, 0])
  const facts = await factsOf(ledger, log, [channel])
  expect(facts.filter((fact) => fact.includes(reply))).toHaveLength(1)
})

test('the same words in the same second on two channels are two facts', async () => {
  const log = await newLog(ledger)
  const items = [...facebookWebhook.translate(posted, '2026-11-23T10:00:00Z')]
  for (let times = 0; times < 2; times++) {
    const channel = await newChannel(ledger, log, { platform: 'facebook' })
    expect(await take(ledger, log, channel, items)).toMatchObject({ recorded: 1, corroborated: 0 })
  }
})

test('what has been purged does not come back with the same archive: it is told as disposed of', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log)
  const file = downloadFile('x-archive')
  const first = await importing(ledger, log, channel, file)
  const document = RetentionRule.parse({
    name: 'Allt',
    recordType: 'Inlägg',
    action: 'destroy',
    period: 'P1M',
    start: 'occurred',
    decision: { body: 'Kommunstyrelsen', reference: 'KS 2026/1', date: '2026-01-15', wording: 'Gallras.' },
    validFrom: '2026-02-01',
  })
  await recordCommand(ledger, log, { type: 'rule.declared', expectedVersion: 0, actor, data: { document } })
  const ordered = await orderPurge(ledger, log, actor.name, '2026-11-23')
  const done = await executePurge(purge, log, ordered, actor.name)
  expect(done.objects).toBeGreaterThan(5)
  const before = await eventsOf(ledger, log)
  const second = await importing(ledger, log, channel, file)
  expect(second.counts).toMatchObject({ read: first.counts.read, recorded: 0 })
  expect(second.counts.disposed).toBeGreaterThan(5)
  expect(second.counts.disposed + second.counts.corroborated).toBe(first.counts.read)
  expect(await eventsOf(ledger, log)).toHaveLength(before.length)
})
