import { beforeAll, expect, it } from 'vitest'
import { findPersons } from '../../services/access/find.ts'
import { readLookUps } from '../../services/access/look-ups.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { as, declareHouse, officer, people, record } from './support.ts'

const databases = testDatabases()
const auditor = { actor: { name: 'granskare-3' }, purpose: 'Uppföljning' }
let ledger: Ledger
let clock: Awaited<ReturnType<typeof testLedger>>['clock']
let log: Log
const subjects: string[] = []

beforeAll(async () => {
  ;({ ledger, clock } = await testLedger(databases, '2026-03-05T10:00:00Z'))
  log = await newLog(ledger)
  const { channel } = await declareHouse(ledger, log)
  await record(ledger, log, channel, [
    { objectId: 'c1', persons: [as('author', people.vera)], text: 'Hej.' },
    { objectId: 'c2', persons: [as('author', people.sixten)], text: 'Hej.' },
  ])
  for (const [day, person] of [
    ['2026-03-06', people.vera],
    ['2026-03-07', people.sixten],
    ['2026-03-08', people.vera],
  ] as const) {
    clock.set(`${day}T10:00:00Z`)
    const why = { actor: officer, purpose: `Begäran den ${day}` }
    const { candidates } = await findPersons(ledger, log, why, [
      { platform: 'facebook', platformId: person.platformId },
    ])
    subjects.push(candidates[0]?.subject as string)
  }
})

const purposes = async (query: Partial<Parameters<typeof readLookUps>[3]>) =>
  (await readLookUps(ledger, log, auditor, { limit: 100, ...query })).items.map(({ purpose }) => purpose)

it('tells dates and purposes of the look-ups that concerned a person, and of no other', async () => {
  const [vera] = subjects as [string]
  const { items } = await readLookUps(ledger, log, auditor, { subjects: [vera], limit: 100 })
  expect(items.map(({ on, kind, purpose, judged }) => ({ on, kind, purpose, judged }))).toEqual([
    { on: '2026-03-06', kind: 'shown', purpose: 'Begäran den 2026-03-06', judged: true },
    { on: '2026-03-08', kind: 'shown', purpose: 'Begäran den 2026-03-08', judged: true },
  ])
})

it('is a look-up itself, which the next reading tells of', async () => {
  await purposes({ subjects: [subjects[1] as string] })
  expect(await purposes({ subjects: [subjects[1] as string] })).toEqual([
    'Begäran den 2026-03-07',
    'Uppföljning',
  ])
})

it('goes by days and in pages', async () => {
  expect(await purposes({ from: '2026-03-07', to: '2026-03-07' })).toEqual(['Begäran den 2026-03-07'])
  const first = await readLookUps(ledger, log, auditor, { limit: 2 })
  const second = await readLookUps(ledger, log, auditor, { limit: 1, after: first.next })
  expect([...first.items, ...second.items].map(({ on }) => on)).toEqual([
    '2026-03-06',
    '2026-03-07',
    '2026-03-08',
  ])
})

it('is not read without a purpose', async () => {
  await expect(readLookUps(ledger, log, { ...auditor, purpose: ' ' }, { limit: 1 })).rejects.toMatchObject({
    code: 'validation-failed',
  })
})
