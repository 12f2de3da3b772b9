import { beforeAll, expect, it } from 'vitest'
import { type Ledger, type Log, openLedger } from '../../services/ledger/ledger.ts'
import { countWrapped, rotateWrap } from '../../services/ledger/rotate-wrap.ts'
import { sweepKeyring } from '../../services/ledger/sweep.ts'
import { testDatabases } from '../support/database.ts'
import { commentDraft, newLog, testLedger } from './support.ts'

// Another wrap key for the keys of persons, while others go on.

const databases = testDatabases()
let house: Awaited<ReturnType<typeof testLedger>>
let ledger: Ledger
let log: Log
let subjects: string[]

const someone = (id: string) => commentDraft(`c-${id}`, { persons: [{ role: 'author', platformId: id }] })

const personsOf = async (of: Log) => {
  const { rows } = await databases.asAdmin('keyring', (admin) =>
    admin.query<{ subject_id: string; wrap: number }>(
      'select subject_id, wrap from keyring.subject_key where controller_id = $1 order by subject_id',
      [of.controller],
    ),
  )
  return rows
}

const eventsOf = async (of: Log) => {
  const { rows } = await databases.asAdmin('ledger', (admin) =>
    admin.query<{ version: string }>(
      "select header::jsonb -> 'data' ->> 'version' as version from ledger.event where controller_id = $1 and type = 'keyring.wrap-rotated' order by position",
      [of.controller],
    ),
  )
  return rows.map((row) => Number(row.version))
}

beforeAll(async () => {
  house = await testLedger(databases)
  ledger = house.ledger
  log = await newLog(ledger)
  await ledger.writer(log).append([someone('p-1'), someone('p-2'), someone('p-3')])
  subjects = (await personsOf(log)).map((row) => row.subject_id)
})

it('says beforehand how many keys are under which wrap key, and changes nothing', async () => {
  expect(await countWrapped(ledger)).toEqual([{ log, keys: { 1: 3 } }])
  expect(await eventsOf(log)).toEqual([])
})

it('wraps every key anew, opens them as before, and writes one event', async () => {
  const before = await ledger.keyring.subjectKeys(log.controller, subjects)
  expect(await rotateWrap(ledger, 'arkivarien')).toEqual({ version: 2, rewrapped: 3 })
  expect((await personsOf(log)).every((row) => row.wrap === 2)).toBe(true)
  expect(await ledger.keyring.subjectKeys(log.controller, subjects)).toEqual(before)
  expect(await eventsOf(log)).toEqual([2])
})

it('is followed by a process that knew the wrap key of before, and by those who start later', async () => {
  const other = await openLedger({
    pool: databases.ledger('api'),
    keyringPool: databases.keyring(),
    provider: house.provider,
    clock: house.clock,
  })
  await other.writer(log).append([someone('p-4')])
  const { version } = await rotateWrap(ledger, 'arkivarien')
  await other.writer(log).append([someone('p-5')])
  expect(new Set((await personsOf(log)).map((row) => row.wrap))).toEqual(new Set([version]))
  const ids = (await personsOf(log)).map((row) => row.subject_id)
  expect((await other.keyring.subjectKeys(log.controller, ids)).size).toBe(ids.length)
})

it('goes on where it was killed, and begins no second rotation', async () => {
  const begun = await databases
    .keyring()
    .query<{ version: number }>('select keyring.begin_wrap($1::int[], $2) as version', [
      [log.controller],
      house.clock.now(),
    ])
  const version = begun.rows[0]?.version as number
  expect((await personsOf(log)).every((row) => row.wrap < version)).toBe(true)
  const events = await eventsOf(log)
  expect((await rotateWrap(ledger, 'arkivarien')).version).toBe(version)
  expect((await personsOf(log)).every((row) => row.wrap === version)).toBe(true)
  expect(await eventsOf(log)).toEqual([...events, version])
})

it('writes its event once though it died before it could note that', async () => {
  const { version } = await rotateWrap(ledger, 'arkivarien')
  const events = await eventsOf(log)
  await databases.asAdmin('keyring', (admin) =>
    admin.query('update keyring.wrap_rotation set finished_at = null where wrap = $1', [version]),
  )
  expect(await rotateWrap(ledger, 'arkivarien')).toEqual({ version, rewrapped: 0 })
  expect(await eventsOf(log)).toEqual(events)
})

it('is not finished while a key is wrapped by an earlier one', async () => {
  const next = await databases
    .keyring()
    .query<{ version: number }>('select keyring.begin_wrap($1::int[], $2) as version', [
      [log.controller],
      house.clock.now(),
    ])
  const finish = databases
    .keyring()
    .query('select keyring.finish_wrap($1, $2, $3)', [
      log.controller,
      next.rows[0]?.version,
      house.clock.now(),
    ])
  await expect(finish).rejects.toMatchObject({ code: 'LG007' })
  await rotateWrap(ledger, 'arkivarien')
})

it('outlives a sweep, and makes no destroyed key again', async () => {
  const [gone, ...rest] = (await personsOf(log)).map((row) => row.subject_id)
  await ledger.keyring.destroy(
    log.controller,
    { records: [], subjects: [gone as string] },
    '0193d1c8-0000-7000-8000-000000000001',
  )
  await sweepKeyring(ledger)
  const { version } = await rotateWrap(ledger, 'arkivarien')
  expect((await personsOf(log)).map((row) => row.subject_id)).not.toContain(gone)
  expect((await ledger.keyring.subjectKeys(log.controller, rest)).size).toBe(rest.length)
  const { rows } = await databases.keyring().query("select wrap from keyring.epoch where state = 'current'")
  expect(rows).toEqual([{ wrap: version }])
})
