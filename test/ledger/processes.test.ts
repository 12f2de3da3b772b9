import { beforeAll, expect, it } from 'vitest'
import { type Ledger, openLedger } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { readEvents } from '../../services/ledger/read.ts'
import { testDatabases } from '../support/database.ts'
import { commentDraft, newLog, testLedger } from './support.ts'

// Several processes write one log: each stamps its batches before it gets the log's lock.

const databases = testDatabases()
let ledger: Ledger
beforeAll(async () => {
  ;({ ledger } = await testLedger(databases))
})

/** A process of its own, with a clock that goes and is ahead by so much. */
const process = (aheadMs: number) =>
  openLedger({
    pool: databases.ledger('api'),
    keyringPool: databases.keyring(),
    provider: ledger.provider,
    clock: { now: () => new Date(Date.now() + aheadMs) },
  })

it.each([0, 100])('refuses nobody while two write whose clocks are %i ms apart', async (apart) => {
  const log = await newLog(ledger)
  const begun = Date.now()
  const both = [await process(0), await process(apart)]
  const refused: unknown[] = []
  const write = async (one: Ledger, name: string) => {
    for (let n = 0; n < 40; n += 1) {
      const drafts = [commentDraft(`${name}-${n}`)]
      await one
        .writer(log)
        .append(drafts)
        .catch((error: unknown) => refused.push(error))
    }
  }
  await Promise.all(both.flatMap((one, at) => Array.from({ length: 8 }, (_, n) => write(one, `${at}-${n}`))))
  expect(refused).toEqual([])
  const events = await reading(ledger, log, (tx) =>
    readEvents(tx, { controller: log.controller, limit: 10_000 }),
  )
  const times = events.map((event) => event.recordedAt.getTime())
  expect(times).toEqual([...times].sort((a, b) => a - b))
  expect(times).toHaveLength(640)
  // Following each other does not carry the log away from the clocks.
  expect(times[0]).toBeGreaterThanOrEqual(begun)
  expect(times.at(-1)).toBeLessThan(Date.now() + apart + 1_000)
})
