import type { Pool } from 'pg'
import { beforeAll, expect, it } from 'vitest'
import type { KeyProvider } from '../../services/ledger/key-provider.ts'
import { type Ledger, type Log, openLedger } from '../../services/ledger/ledger.ts'
import { lookUp, reading } from '../../services/ledger/open.ts'
import { logSize } from '../../services/ledger/read.ts'
import type { Clock } from '../../services/platform/clock.ts'
import { testDatabases } from '../support/database.ts'
import { commentDraft, newLog, testLedger } from './support.ts'

const databases = testDatabases()
let ledger: Ledger
let provider: KeyProvider
let clock: Clock
beforeAll(async () => {
  ;({ ledger, provider, clock } = await testLedger(databases))
})

const sizeOf = (log: Log) => reading(ledger, log, (tx) => logSize(tx, log.controller))

const batch = () =>
  Array.from({ length: 20 }, (_, n) =>
    commentDraft(`c-${n}`, { persons: [{ role: 'author', platformId: `p-${n}` }] }),
  )

/** Everything of the log opens: no part was stored whose key was not. */
async function allOpens(log: Log): Promise<boolean> {
  return lookUp(ledger, log, { actor: { name: 'test' }, kind: 'shown', purpose: 'test', scope: {} }, (open) =>
    reading(ledger, log, async (tx) => {
      const positions = Array.from({ length: Number(await logSize(tx, log.controller)) }, (_, n) => String(n))
      return (await open(tx, positions)).every((part) => part.content !== undefined)
    }),
  )
}

// Each table that an append writes, made to fail in the middle of its statement.
const tables = [
  'ledger.event',
  'ledger.event_part',
  'ledger.sealed_part',
  'ledger.fact_digest',
  'ledger.identity',
  'ledger.subject',
  'ledger.log_head',
  'model.object',
  'model.observation',
  'model.channel_subject',
  'model.retention_class',
] as const

it.each(tables)(
  'stores nothing of a batch when writing %s fails, and all of it once when sent again',
  async (table) => {
    const log = await newLog(ledger)
    const breakIt = `
    create function public.broken() returns trigger language plpgsql as $$ begin raise exception 'injected' using errcode = 'XX000'; end $$;
    create trigger broken after insert or update on ${table} for each statement execute function public.broken()`
    await databases.asAdmin('ledger', (client) => client.query(breakIt))
    const results = await Promise.allSettled(batch().map((draft) => ledger.writer(log).append([draft])))
    expect(new Set(results.map((it) => it.status))).toEqual(new Set(['rejected']))
    await databases.asAdmin('ledger', (client) => client.query('drop function public.broken() cascade'))
    expect(await sizeOf(log)).toBe('0')
    const again = await ledger.writer(log).append(batch())
    expect(again.map((it) => it.kind)).toEqual(Array.from({ length: 20 }, () => 'stored'))
    expect(await allOpens(log)).toBe(true)
  },
)

const calls = ['ledger.look_up', 'keyring.put', 'ledger.append'] as const

/** A pool that loses its connection before or after the server has done what it was asked. */
function losing(pool: Pool, call: string, when: 'before' | 'after', times = 1): Pool {
  let left = times
  return new Proxy(pool, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'query') return value.bind(target)
      return async (query: string | { name: string }, values?: unknown[]) => {
        const hit = typeof query === 'object' && query.name === call && left > 0
        if (hit) left -= 1
        if (hit && when === 'before') throw new Error('Connection terminated unexpectedly')
        const result = await target.query(query as string, values)
        if (hit) throw new Error('Connection terminated unexpectedly')
        return result
      }
    },
  })
}

it.each(calls.flatMap((call) => (['before', 'after'] as const).map((when) => [call, when] as const)))(
  'has every fact exactly once when the connection is lost at %s %s the server did it',
  async (call, when) => {
    const log = await newLog(ledger)
    const failing = await openLedger({
      pool: losing(databases.ledger('api'), call, when),
      keyringPool: losing(databases.keyring(), call, when),
      provider,
      clock,
    })
    const first = await Promise.allSettled(batch().map((draft) => failing.writer(log).append([draft])))
    expect(first.some((it) => it.status === 'rejected')).toBe(true)
    for (const it of first)
      if (it.status === 'rejected') expect(it.reason).toMatchObject({ code: 'log-unavailable' })
    const again = await failing.writer(log).append(batch())
    expect(again.every((it) => it.kind === 'stored' || (it.kind === 'duplicate' && it.same === true))).toBe(
      true,
    )
    expect(await sizeOf(log)).toBe('20')
    expect(await allOpens(log)).toBe(true)
  },
)

it('says that it is busy instead of collecting without end', async () => {
  const log = await newLog(ledger)
  const writer = ledger.writer(log)
  const many = Array.from({ length: 20_001 }, () => commentDraft('same'))
  await expect(writer.append(many)).rejects.toMatchObject({ code: 'log-busy' })
  expect(await sizeOf(log)).toBe('0')
})
