import type { Pool } from 'pg'
import { expect, it } from 'vitest'
import { openKeyring } from '../../services/ledger/keyring.ts'
import { sweepKeyring } from '../../services/ledger/sweep.ts'
import { testDatabases } from '../support/database.ts'
import { commentDraft, newLog, testLedger } from './support.ts'

const databases = testDatabases()

/** A pool on which something else happens right after the first record keys were read. */
function overtaken(pool: Pool, work: () => Promise<unknown>): Pool {
  let left = 1
  return new Proxy(pool, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'query') return value.bind(target)
      return async (query: string | { name: string }, values?: unknown[]) => {
        const result = await target.query(query as string, values)
        if (typeof query === 'object' && query.name === 'keyring.fetch_record_keys' && left-- > 0)
          await work()
        return result
      }
    },
  })
}

it('opens what a sweep moves between the look at a row and the look for its key', async () => {
  const { ledger, provider, clock } = await testLedger(databases)
  const log = await newLog(ledger)
  const [stored] = await ledger.writer(log).append([commentDraft('c-1')])
  const eventId = stored?.eventId as string
  // A sweep has begun: new keys go into the next epoch, this one still lies in the old.
  await databases.keyring().query('select keyring.open_epoch($1)', [clock.now()])
  const pool = overtaken(databases.keyring(), () => sweepKeyring(ledger))
  const reader = await openKeyring(pool, provider, clock)
  expect([...(await reader.recordSecrets(log.controller, [eventId])).keys()]).toEqual([eventId])
  expect(await provider.epochState(1)).toBe('destroyed')
})
