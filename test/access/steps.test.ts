import { beforeAll, describe, expect, it } from 'vitest'
import {
  groupCase,
  linkSubject,
  rejectSubject,
  ungroupCase,
  unlinkSubject,
} from '../../services/access/case-links.ts'
import { loadCase, openCase, stepCase } from '../../services/access/case-steps.ts'
import { findPersons } from '../../services/access/find.ts'
import { compileCase } from '../../services/access/package.ts'
import { countCases, remindOfCases } from '../../services/access/reminders.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { listHolds } from '../../services/retention/hold-queries.ts'
import { liftHold } from '../../services/retention/holds.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { as, declareHouse, officer, people, record, why } from './support.ts'

const { vera, sixten } = people
const databases = testDatabases()
let ledger: Ledger
let clock: Awaited<ReturnType<typeof testLedger>>['clock']
let log: Log

beforeAll(async () => {
  ;({ ledger, clock } = await testLedger(databases, '2026-03-05T10:00:00Z'))
})

const intake = { arrivedOn: '2026-03-05', arrival: 'email', language: 'sv', reviewRequired: false } as const

/** Sixten posts, Vera replies below him. */
async function planted() {
  clock.set('2026-03-05T10:00:00Z')
  log = await newLog(ledger)
  const { channel } = await declareHouse(ledger, log)
  const [post] = await record(ledger, log, channel, [
    { objectId: 'p1', verb: 'published', persons: [as('author', sixten)], text: 'Om vädret.' },
    {
      objectId: 'c1',
      verb: 'replied',
      inReplyTo: 'p1',
      thread: 'p1',
      persons: [as('author', vera)],
      text: 'Det regnar.',
    },
  ])
  const { candidates } = await findPersons(ledger, log, why, [
    { platform: 'facebook', platformId: vera.platformId },
  ])
  return { post: post?.streamId as string, subject: candidates[0]?.subject as string }
}

const blocked = (objects: readonly string[]) =>
  reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ reason: string }>(
      'select * from ledger.blocked_objects($1, $2::uuid[])',
      [log.controller, objects],
    )
    return rows.map(({ reason }) => reason)
  })

const code = async (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code: string }) => error.code,
  )

describe('who asks', () => {
  it('answers nobody who asks for another without authority to do so', async () => {
    await planted()
    const id = await openCase(ledger, log, officer, { ...intake, actingFor: 'guardian', minor: true })
    await compileCase(ledger, log, why, id, 'sv')
    const answer = { type: 'Answer', outcome: 'whole' } as const
    expect(await code(stepCase(ledger, log, officer, id, answer))).toBe('state-conflict')
    await stepCase(ledger, log, officer, id, { type: 'NoteAuthority', authority: 'notShown' })
    expect(await code(stepCase(ledger, log, officer, id, answer))).toBe('state-conflict')
    await stepCase(ledger, log, officer, id, { type: 'NoteAuthority', authority: 'guardianship' })
    const { state } = await stepCase(ledger, log, officer, id, answer)
    expect(state).toMatchObject({ status: 'answered', actingFor: 'guardian', minor: true })
  })

  it('notes no authority of somebody who asks for themselves', async () => {
    await planted()
    const id = await openCase(ledger, log, officer, intake)
    const noted = stepCase(ledger, log, officer, id, { type: 'NoteAuthority', authority: 'appointment' })
    expect(await code(noted)).toBe('validation-failed')
  })

  it('says whether an appeal came in time, by when the decision was served', async () => {
    await planted()
    const id = await openCase(ledger, log, officer, intake)
    await stepCase(ledger, log, officer, id, { type: 'Refuse', ground: 'notIdentified' })
    clock.set('2026-05-01T10:00:00Z')
    const late = { type: 'Appeal', servedOn: '2026-03-06', cameInOn: '2026-03-30' } as const
    expect(await code(stepCase(ledger, log, officer, id, { ...late, servedOn: '2026-03-04' }))).toBe(
      'validation-failed',
    )
    const { state } = await stepCase(ledger, log, officer, id, late)
    expect(state).toMatchObject({ status: 'refused', appealInTime: false })
  })

  it('holds the persons of the case again when it is appealed, until somebody lifts it', async () => {
    const { subject } = await planted()
    const id = await openCase(ledger, log, officer, intake)
    await linkSubject(ledger, log, officer, id, { subject, assurance: 'judgement' })
    await stepCase(ledger, log, officer, id, { type: 'Refuse', ground: 'notIdentified' })
    const standing = () =>
      reading(ledger, log, (tx) => listHolds(tx, log.controller, { all: false }, { limit: 9, offset: 0 }))
    expect((await standing()).total).toBe(0)
    await stepCase(ledger, log, officer, id, { type: 'Appeal' })
    const { items } = await standing()
    expect(items).toMatchObject([{ kind: 'subject', target: subject, ground: 'appeal', case: null }])
    await liftHold(ledger, log, officer, items[0]?.id as string)
    expect((await standing()).total).toBe(0)
  })
})

describe('links and rejections', () => {
  it('can be made, changed and taken back, each as an event', async () => {
    const { subject, post } = await planted()
    const id = await openCase(ledger, log, officer, intake)
    await linkSubject(ledger, log, officer, id, { subject, assurance: 'judgement' })
    const better = await linkSubject(ledger, log, officer, id, { subject, assurance: 'eid' })
    expect(better.links).toMatchObject([{ subject, assurance: 'eid' }])
    const rejected = await rejectSubject(ledger, log, officer, id, { subject, note: 'En annan Vera.' })
    expect(rejected).toMatchObject({ links: [], rejected: [subject] })
    expect(await blocked([post])).toEqual([])
    const open = await unlinkSubject(ledger, log, officer, id, subject)
    expect(open).toMatchObject({ links: [], rejected: [] })
    expect(await code(unlinkSubject(ledger, log, officer, id, subject))).toBe('not-found')
  })

  it('hold the thread around the person from the first compilation until the case is closed', async () => {
    const { subject, post } = await planted()
    const id = await openCase(ledger, log, officer, intake)
    await linkSubject(ledger, log, officer, id, { subject, assurance: 'code' })
    expect(await blocked([post])).toEqual([])
    await compileCase(ledger, log, why, id, 'sv')
    expect(await blocked([post])).toEqual(['held'])
    await stepCase(ledger, log, officer, id, { type: 'Answer', outcome: 'whole' })
    expect(await blocked([post])).toEqual([])
  })
})

describe('the same asked twice', () => {
  it('is answered once, and both cases are closed', async () => {
    const { subject, post } = await planted()
    const first = await openCase(ledger, log, officer, intake)
    const second = await openCase(ledger, log, officer, { ...intake, arrival: 'letter' })
    await linkSubject(ledger, log, officer, second, { subject, assurance: 'code' })
    await groupCase(ledger, log, officer, second, first)
    expect(await code(groupCase(ledger, log, officer, first, second))).toBe('state-conflict')
    await linkSubject(ledger, log, officer, first, { subject, assurance: 'code' })
    await compileCase(ledger, log, why, first, 'sv')
    await stepCase(ledger, log, officer, first, { type: 'Answer', outcome: 'part' })
    const { state } = await loadCase(ledger, log, second)
    expect(state).toMatchObject({ status: 'answered', outcome: 'part' })
    expect(await blocked([post])).toEqual([])
  })

  it('is not another right, nor itself, and can be ungrouped', async () => {
    await planted()
    const first = await openCase(ledger, log, officer, intake)
    const erasure = await openCase(ledger, log, officer, { ...intake, right: 'erasure' })
    const second = await openCase(ledger, log, officer, intake)
    expect(await code(groupCase(ledger, log, officer, erasure, first))).toBe('state-conflict')
    expect(await code(groupCase(ledger, log, officer, first, first))).toBe('validation-failed')
    await groupCase(ledger, log, officer, second, first)
    expect((await ungroupCase(ledger, log, officer, second)).groupedWith).toBeUndefined()
    await stepCase(ledger, log, officer, first, { type: 'Withdraw' })
    expect((await loadCase(ledger, log, second)).state.status).toBe('received')
  })
})

describe('the time', () => {
  it('is reminded of once a week before, and once when it is out', async () => {
    await planted()
    const id = await openCase(ledger, log, officer, intake)
    clock.set('2026-03-30T10:00:00Z')
    expect(await remindOfCases(ledger, log)).toBe(0)
    clock.set('2026-03-31T10:00:00Z')
    expect(await Promise.all([remindOfCases(ledger, log), remindOfCases(ledger, log)])).toContain(1)
    expect(await remindOfCases(ledger, log)).toBe(0)
    clock.set('2026-04-08T10:00:00Z')
    expect(await remindOfCases(ledger, log)).toBe(1)
    expect(await remindOfCases(ledger, log)).toBe(0)
    expect((await loadCase(ledger, log, id)).said).toEqual([
      { type: 'access.reminded', lastDay: '2026-04-07' },
      { type: 'access.overdue', lastDay: '2026-04-07' },
    ])
    expect(await countCases(ledger, log)).toEqual({ open: 1, dueSoon: 0, overdue: 1 })
  })

  it('is reminded of anew when it was extended, and never of a closed case', async () => {
    await planted()
    const id = await openCase(ledger, log, officer, intake)
    clock.set('2026-04-02T10:00:00Z')
    await remindOfCases(ledger, log)
    await stepCase(ledger, log, officer, id, { type: 'Extend', reason: 'complexity' })
    expect(await remindOfCases(ledger, log)).toBe(0)
    clock.set('2026-06-03T10:00:00Z')
    expect(await remindOfCases(ledger, log)).toBe(1)
    await stepCase(ledger, log, officer, id, { type: 'Withdraw' })
    clock.set('2026-07-03T10:00:00Z')
    expect(await remindOfCases(ledger, log)).toBe(0)
  })
})
