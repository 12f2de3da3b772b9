import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RetentionRule } from '../../services/events/retention-rule.ts'
import { expireDeliveries } from '../../services/jobs/deliveries.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import { type Opened, purgeDue, recovered, type World, world } from '../ledger/recover-support.ts'
import { bodiesOf, feedComment, newPage } from './kept-support.ts'
import { actor } from './support.ts'

// G5 for deliveries: a body that went with a purge, or by its rule, comes back by no restored backup.

let it_: World
let folder: string
const fresh = { created_time: Date.parse('2026-11-20T10:00:00Z') / 1000 }

beforeEach(async () => {
  it_ = await world(1, 1)
  const { ledger, log } = it_.first
  const page = await newPage(ledger, log)
  await page.post(feedComment('1', 'Gammal'), feedComment('2', 'Färsk', fresh))
  await page.post(feedComment('3', 'Bara färskt', fresh))
  folder = await it_.backup()
})
afterEach(async () => {
  await it_.close()
})

async function expire({ ledger, log, purge }: Opened): Promise<void> {
  const document = RetentionRule.parse({
    name: 'Leveranser',
    recordType: 'Leverans',
    action: 'destroy',
    period: 'P1D',
    start: 'received',
    decision: { body: 'Nämnden', reference: 'N 2026/2', date: '2026-01-15', wording: 'Gallras.' },
    validFrom: '2026-02-01',
    scope: { categories: ['delivery'] },
  })
  await recordCommand(ledger, log, { type: 'rule.declared', expectedVersion: 0, actor, data: { document } })
  const clock = { now: () => new Date('2026-11-26T10:00:00Z') }
  expect(await expireDeliveries({ ...purge, ledger: { ...ledger, clock } })).toBe(2)
}

const kinds = [
  ['the ledger', ['ledger']],
  ['the keyring', ['keyring']],
  ['both', ['ledger', 'keyring']],
] as const

it.each(kinds)('stays gone with its object when %s of an older day is restored', async (_, restored) => {
  await purgeDue(it_.first)
  await it_.restore(folder, restored)
  const opened = await it_.open()
  await recovered(opened)
  expect(await bodiesOf(opened.ledger, opened.log)).toEqual([undefined, expect.stringContaining('Bara')])
  expect(await recovered(opened)).toMatchObject({ intents: 0, keys: 0, journal: 0, finished: 0 })
})

it.each(kinds)('stays gone by its rule when %s of an older day is restored', async (_, restored) => {
  await expire(it_.first)
  await it_.restore(folder, restored)
  const opened = await it_.open()
  await recovered(opened)
  expect(await bodiesOf(opened.ledger, opened.log)).toEqual([undefined, undefined])
  expect(await recovered(opened)).toMatchObject({ intents: 0, keys: 0, journal: 0, finished: 0 })
})

it('stays gone when the journal file is lost and the keyring is restored', async () => {
  await purgeDue(it_.first)
  rmSync(it_.databases.config.journalFile)
  await it_.restore(folder, ['keyring'])
  const opened = await it_.open()
  await recovered(opened)
  expect(await bodiesOf(opened.ledger, opened.log)).toEqual([undefined, expect.stringContaining('Bara')])
})
