import { beforeAll, expect, it } from 'vitest'
import { linkSubject, unlinkSubject } from '../../services/access/case-links.ts'
import { loadCase, openCase, stepCase } from '../../services/access/case-steps.ts'
import { findPersons } from '../../services/access/find.ts'
import { compileCase } from '../../services/access/package.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { orderPurge } from '../../services/retention/order.ts'
import { executePurge } from '../../services/retention/purge.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { as, declareHouse, officer, people, record, why, written } from './support.ts'

const { vera, sixten } = people
const databases = testDatabases()
let ledger: Ledger
let clock: Awaited<ReturnType<typeof testLedger>>['clock']
let purge: Awaited<ReturnType<typeof testLedger>>['purge']
let log: Log

beforeAll(async () => {
  ;({ ledger, clock, purge } = await testLedger(databases, '2026-06-01T10:00:00Z'))
})

const intake = { arrivedOn: '2026-06-01', arrival: 'email', language: 'sv', reviewRequired: false } as const
const byId = (person: { platformId: string }) => [
  { platform: 'facebook' as const, platformId: person.platformId },
]

async function planted() {
  log = await newLog(ledger)
  const { channel } = await declareHouse(ledger, log)
  // Due since May under the rule of the house: two months.
  const [first] = await record(ledger, log, channel, [
    { objectId: 'c1', persons: [as('author', vera)], text: 'Gammal kommentar.' },
    { objectId: 'c2', persons: [as('author', sixten), as('mentioned', vera)], text: 'Om Vera.' },
    { objectId: 'c3', persons: [as('author', sixten)], text: 'Om vädret.' },
  ])
  const { candidates } = await findPersons(ledger, log, why, byId(vera))
  return { object: first?.streamId as string, subject: candidates[0]?.subject as string }
}

const blocked = (objects: readonly string[]) =>
  reading(ledger, log, async (tx) => {
    const { rows } = await tx.query('select * from ledger.blocked_objects($1, $2::uuid[])', [
      log.controller,
      objects,
    ])
    return rows as { object_id: string; reason: string }[]
  })

const purged = async () => {
  const id = await orderPurge(ledger, log, 'gallrare', '2026-06-01')
  return executePurge(purge, log, id, 'gallrare')
}

it('keeps a purge from the person while the case is open, and lets it go on when answered', async () => {
  const { object, subject } = await planted()
  const id = await openCase(ledger, log, officer, intake)
  expect(await blocked([object])).toEqual([])
  await linkSubject(ledger, log, officer, id, { subject, assurance: 'eid' })
  expect(await blocked([object])).toEqual([{ object_id: object, reason: 'held' }])
  expect(await purged()).toMatchObject({ objects: 1, held: 2 })

  const { answer } = await compileCase(ledger, log, why, id, 'sv')
  expect(answer.confirmation.records).toBe(2)
  await stepCase(ledger, log, officer, id, { type: 'Answer', outcome: 'whole' })
  expect(await blocked([object])).toEqual([])
  expect(await purged()).toMatchObject({ objects: 2, held: 0 })
})

it('says what is no longer held, by which decision', async () => {
  const { subject } = await planted()
  await purged()
  const id = await openCase(ledger, log, officer, intake)
  await linkSubject(ledger, log, officer, id, { subject, assurance: 'eid' })
  const compiled = await compileCase(ledger, log, why, id, 'sv')
  const { answer } = compiled
  const { json, html } = await written(ledger, log, compiled)
  const records = answer.copy.threads.flatMap((thread) => thread.records)
  expect(answer.notHeld.disposed).toBe(2)
  expect(records.map(({ disposed }) => disposed?.rules[0]?.decision?.reference)).toEqual([
    'KS 2026/12',
    'KS 2026/12',
  ])
  expect(records.every(({ disposed }) => disposed?.decidedOn === '2026-06-01')).toBe(true)
  expect(json).not.toContain('Gammal kommentar')
  expect(html).toContain('Kommentarer av ringa betydelse: Kommunstyrelsen KS 2026/12')
})

it('lifts the hold when the link or the request is taken back', async () => {
  const { object, subject } = await planted()
  const id = await openCase(ledger, log, officer, intake)
  await linkSubject(ledger, log, officer, id, { subject, assurance: 'judgement' })
  await unlinkSubject(ledger, log, officer, id, subject)
  expect(await blocked([object])).toEqual([])
  await linkSubject(ledger, log, officer, id, { subject, assurance: 'code' })
  expect(await blocked([object])).toHaveLength(1)
  const { state } = await stepCase(ledger, log, officer, id, { type: 'Withdraw' })
  expect(state.status).toBe('withdrawn')
  expect(await blocked([object])).toEqual([])
  await expect(linkSubject(ledger, log, officer, id, { subject, assurance: 'code' })).rejects.toMatchObject({
    code: 'state-conflict',
  })
})

it('fixes the answer anew when an account is linked afterwards', async () => {
  const { subject } = await planted()
  const id = await openCase(ledger, log, officer, intake)
  const before = await compileCase(ledger, log, why, id, 'sv')
  expect(before.answer.confirmation.processed).toBe(false)
  await linkSubject(ledger, log, officer, id, { subject, assurance: 'code' })
  const after = await compileCase(ledger, log, why, id, 'sv')
  expect(after.answer.confirmation.processed).toBe(true)
  expect(Number(after.answer.upTo.position)).toBeGreaterThan(Number(before.answer.upTo.position))
})

it('lets nobody approve what they submitted themselves', async () => {
  await planted()
  const id = await openCase(ledger, log, officer, { ...intake, reviewRequired: true })
  const fixed = await compileCase(ledger, log, why, id, 'sv')
  await stepCase(ledger, log, officer, id, { type: 'Submit' })
  const answered = { type: 'Answer', outcome: 'whole' } as const
  await expect(stepCase(ledger, log, officer, id, answered)).rejects.toMatchObject({
    code: 'four-eyes-required',
  })
  const reviewed = await compileCase(ledger, log, { ...why, actor: { name: 'granskare-3' } }, id, 'sv')
  expect(reviewed.answer).toEqual(fixed.answer)
  const { state } = await stepCase(ledger, log, { name: 'granskare-3' }, id, answered)
  expect(state.status).toBe('answered')
})

it('counts the last day from the day the request came in, whenever it is entered', async () => {
  log = await newLog(ledger)
  clock.set('2026-12-01T10:00:00Z')
  const id = await openCase(ledger, log, officer, { ...intake, arrivedOn: '2026-11-24' })
  const { state } = await loadCase(ledger, log, id)
  expect(state.receivedOn).toBe('2026-11-24')
  const { answer } = await compileCase(ledger, log, why, id, 'sv')
  expect(answer.deadline.unpaused).toMatchObject({ day: '2026-12-24', withEves: '2026-12-28' })
  await expect(openCase(ledger, log, officer, { ...intake, arrivedOn: '2026-12-02' })).rejects.toMatchObject({
    code: 'validation-failed',
  })
})
