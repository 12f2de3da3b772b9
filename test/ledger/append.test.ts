import { beforeAll, expect, it } from 'vitest'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { logSize, readEvents } from '../../services/ledger/read.ts'
import { uuidv7 } from '../../services/platform/ids.ts'
import { testDatabases } from '../support/database.ts'
import { commentDraft, newLog, testLedger } from './support.ts'

const databases = testDatabases()
let ledger: Ledger
let clock: Awaited<ReturnType<typeof testLedger>>['clock']
beforeAll(async () => {
  ;({ ledger, clock } = await testLedger(databases))
})

const eventsOf = (log: Log) =>
  reading(ledger, log, (tx) => readEvents(tx, { controller: log.controller, limit: 10_000 }))
const sizeOf = (log: Log) => reading(ledger, log, (tx) => logSize(tx, log.controller))

it('numbers what concurrent callers append from 0 without a gap', async () => {
  const log = await newLog(ledger)
  const writer = ledger.writer(log)
  const all = await Promise.all(
    Array.from({ length: 300 }, (_, n) => writer.append([commentDraft(`c-${n}`)])),
  )
  expect(all.every(([it]) => it?.kind === 'stored')).toBe(true)
  const positions = all.map(([it]) => Number(it?.position)).sort((a, b) => a - b)
  expect(positions).toEqual(Array.from({ length: 300 }, (_, n) => n))
  expect(await sizeOf(log)).toBe('300')
})

it('makes one event of a fact that a hundred callers deliver at once', async () => {
  const log = await newLog(ledger)
  const writer = ledger.writer(log)
  const all = await Promise.all(Array.from({ length: 100 }, () => writer.append([commentDraft('c-1')])))
  const kinds = all.map(([it]) => it?.kind)
  expect(kinds.filter((kind) => kind === 'stored')).toHaveLength(1)
  expect(kinds.filter((kind) => kind === 'duplicate')).toHaveLength(99)
  expect(all.every(([it]) => it?.position === '0')).toBe(true)
  expect(await sizeOf(log)).toBe('1')
})

it('tells a repetition from the same fact with another content', async () => {
  const log = await newLog(ledger)
  const writer = ledger.writer(log)
  await writer.append([commentDraft('c-1', { text: 'Hej!' })])
  const [same, other] = [
    await writer.append([commentDraft('c-1', { text: 'Hej!' })]),
    await writer.append([commentDraft('c-1', { text: 'Nej!' })]),
  ]
  expect(same[0]).toMatchObject({ kind: 'duplicate', same: true })
  expect(other[0]).toMatchObject({ kind: 'duplicate', same: false })
})

it('knows a fact by its alias, by whichever route it came first', async () => {
  const log = await newLog(ledger)
  const writer = ledger.writer(log)
  const first = { ...commentDraft('native-1'), alias: 'author second text' }
  const second = { ...commentDraft('derived-1'), alias: 'author second text' }
  expect((await writer.append([first]))[0]?.kind).toBe('stored')
  expect((await writer.append([second]))[0]).toMatchObject({ kind: 'duplicate', position: '0' })
})

it('keeps an edit in the stream of what it edits, also when it arrives first', async () => {
  const log = await newLog(ledger)
  const writer = ledger.writer(log)
  const [edit] = await writer.append([
    commentDraft('c-1', { verb: 'edited', occurredAt: '2026-03-05T11:00:00+01:00' }),
  ])
  const [created] = await writer.append([commentDraft('c-1')])
  expect(created?.streamId).toBe(edit?.streamId)
  expect([edit?.version, created?.version]).toEqual([1, 2])
})

it('gives every item its own outcome: one refused item does not stop the others', async () => {
  const log = await newLog(ledger)
  const streamId = uuidv7()
  const writer = ledger.writer(log)
  const stale = { ...commentDraft('x'), stream: { id: streamId }, expectedVersion: 7 }
  const outcomes = await writer.append([commentDraft('c-1'), stale, commentDraft('c-2')])
  expect(outcomes.map((it) => it.kind)).toEqual(['stored', 'version-conflict', 'stored'])
  expect(outcomes.map((it) => it.position)).toEqual(['0', null, '1'])
})

it('stores all of an atomic group or nothing of it', async () => {
  const log = await newLog(ledger)
  const stale = { ...commentDraft('x'), stream: { id: uuidv7() }, expectedVersion: 7 }
  const outcomes = await ledger
    .writer(log)
    .append([commentDraft('c-1'), stale, commentDraft('c-2')], { atomic: true })
  expect(outcomes.map((it) => it.kind)).toEqual(['group-refused', 'version-conflict', 'group-refused'])
  expect(await sizeOf(log)).toBe('0')
})

it('lets exactly one of many writers with the same expected version win', async () => {
  const log = await newLog(ledger)
  const streamId = uuidv7()
  const command = {
    type: 'test.declared',
    streamId,
    expectedVersion: 0,
    actor: { name: 'system' },
    data: { document: {} },
  }
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, () => recordCommand(ledger, log, command)),
  )
  expect(results.filter((it) => it.status === 'fulfilled')).toHaveLength(1)
  const refused = results
    .filter((it) => it.status === 'rejected')
    .map((it) => (it.reason as { code: string }).code)
  expect(new Set(refused)).toEqual(new Set(['version-conflict']))
})

it('resolves the same platform id to one person and two persons without id to two', async () => {
  const log = await newLog(ledger)
  const writer = ledger.writer(log)
  const nameless = { persons: [{ role: 'author' as const, displayName: 'Exempla Exempelsson' }] }
  await writer.append([
    commentDraft('c-1'),
    commentDraft('c-2'),
    commentDraft('c-3', nameless),
    commentDraft('c-4', nameless),
  ])
  const subjects = await reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ subject_id: string }>(
      "select subject_id from ledger.event_part where controller_id = $1 and category = 'content' order by position",
      [log.controller],
    )
    return rows.map((row) => row.subject_id)
  })
  expect(subjects[0]).toBe(subjects[1])
  expect(new Set(subjects).size).toBe(3)
})

it('never lets recorded time go back, whatever the clock does', async () => {
  const log = await newLog(ledger)
  const writer = ledger.writer(log)
  await writer.append([commentDraft('c-1')])
  clock.set('2025-11-23T10:00:00Z')
  await writer.append([commentDraft('c-2')])
  clock.set('2026-11-23T10:00:00Z')
  const times = (await eventsOf(log)).map((event) => event.recordedAt.getTime())
  expect(times[1]).toBeGreaterThanOrEqual(times[0] as number)
})

it('follows the log when another process has written later', async () => {
  const log = await newLog(ledger)
  clock.set('2027-01-01T00:00:00Z')
  const other = await testLedger(databases, '2027-01-01T00:00:00Z')
  await other.ledger.writer(log).append([commentDraft('c-1')])
  clock.set('2026-11-23T10:00:00Z')
  const here = await testLedger(databases)
  const [appended] = await here.ledger.writer(log).append([commentDraft('c-2')])
  expect(appended).toMatchObject({ kind: 'stored', position: '1' })
})

it('gives two processes that meet a person at once one subject for that person', async () => {
  const log = await newLog(ledger)
  const here = await testLedger(databases)
  const there = await testLedger(databases)
  await Promise.all([
    ...Array.from({ length: 40 }, (_, n) => here.ledger.writer(log).append([commentDraft(`a-${n}`)])),
    ...Array.from({ length: 40 }, (_, n) => there.ledger.writer(log).append([commentDraft(`b-${n}`)])),
  ])
  const subjects = await reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ count: string }>(
      'select count(distinct subject_id) from ledger.event_part where controller_id = $1',
      [log.controller],
    )
    return rows[0]?.count
  })
  expect(subjects).toBe('1')
  expect(await sizeOf(log)).toBe('80')
})
