import type { Pool } from 'pg'
import { beforeAll, expect, it } from 'vitest'
import { type Ledger, openLedger } from '../../services/ledger/ledger.ts'
import { testDatabases } from '../support/database.ts'
import { commentDraft, newLog, testLedger } from './support.ts'

const databases = testDatabases()
let ledger: Ledger
beforeAll(async () => {
  ;({ ledger } = await testLedger(databases))
})

const bytesOf = (value: unknown): number => (value instanceof Buffer ? value.length : 0)

/** A pool that notes how many bytes of arrays each append sends. */
function weighing(pool: Pool, sent: number[]): Pool {
  return new Proxy(pool, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'query') return value.bind(target)
      return (query: string | { name: string; values: unknown[] }, values?: unknown[]) => {
        if (typeof query === 'object' && query.name === 'ledger.append')
          sent.push(query.values.reduce((sum: number, it) => sum + bytesOf(it), 0))
        return target.query(query as string, values)
      }
    },
  })
}

it('commits long texts in batches of about a megabyte, however many wait', async () => {
  const log = await newLog(ledger)
  const sent: number[] = []
  const pool = weighing(databases.ledger('api'), sent)
  const { provider, clock } = ledger
  const weighed = await openLedger({ pool, keyringPool: databases.keyring(), provider, clock })
  const text = 'x'.repeat(100_000)
  const drafts = Array.from({ length: 40 }, (_, n) => commentDraft(`c-${n}`, { text }))
  const outcomes = await weighed.writer(log).append(drafts)
  expect(outcomes.every((it) => it.kind === 'stored')).toBe(true)
  expect(Math.max(...sent)).toBeLessThan(1_300_000)
  expect(sent.length).toBeLessThan(8)
})

it('says that it is busy when what waits is heavy, and takes it when less waits', async () => {
  const log = await newLog(ledger)
  const writer = ledger.writer(log)
  const draft = commentDraft('c', { text: 'x'.repeat(1_000_000) })
  const heavy = (name: string, events: number) =>
    Array.from({ length: events }, (_, n) => ({ ...draft, fact: `${name} ${n}`, expectedVersion: 9 }))
  const first = writer.append(heavy('first', 40))
  await expect(writer.append(heavy('second', 40))).rejects.toMatchObject({ code: 'log-busy' })
  await first
  expect(await writer.append(heavy('second', 2))).toHaveLength(2)
})
