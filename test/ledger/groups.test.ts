import { beforeAll, expect, it } from 'vitest'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { logSize } from '../../services/ledger/read.ts'
import { uuidv4, uuidv7 } from '../../services/platform/ids.ts'
import { testDatabases } from '../support/database.ts'
import { commentDraft, newLog, testLedger } from './support.ts'

// What shares a batch: a group is stored whole or not at all, and one that fails takes no other with it.

const databases = testDatabases()
let ledger: Ledger
beforeAll(async () => {
  ;({ ledger } = await testLedger(databases))
})

const sizeOf = (log: Log) => reading(ledger, log, (tx) => logSize(tx, log.controller))

/** Names a person without a key, as one does who is erased: it cannot be sealed. */
const unsealable = () => ({
  ...commentDraft('unsealable'),
  persons: [{ by: 'known' as const, subjectId: uuidv4() }],
  parts: [{ person: 0, role: 'author', category: 'content', content: { text: 'Hej!' } }],
})

it('stores nothing of a group of which one cannot be sealed', async () => {
  const log = await newLog(ledger)
  const group = [commentDraft('c-1'), unsealable(), commentDraft('c-2')]
  await expect(ledger.writer(log).append(group, { atomic: true })).rejects.toMatchObject({
    code: 'key-destroyed',
  })
  await ledger.drain()
  expect(await sizeOf(log)).toBe('0')
})

it('stores whole a group in whose batch another cannot be sealed', async () => {
  const log = await newLog(ledger)
  const writer = ledger.writer(log)
  const refused = writer.append([unsealable()])
  const stored = writer.append([commentDraft('c-1'), commentDraft('c-2')], { atomic: true })
  await expect(refused).rejects.toMatchObject({ code: 'key-destroyed' })
  expect((await stored).map((it) => it.kind)).toEqual(['stored', 'stored'])
})

it('knows one person as one when something between their comments cannot be sealed', async () => {
  const log = await newLog(ledger)
  const writer = ledger.writer(log)
  const all = await Promise.allSettled([
    writer.append([commentDraft('c-1')]),
    writer.append([unsealable()]),
    writer.append([commentDraft('c-2')]),
  ])
  expect(all.map((it) => it.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  const subjects = await reading(ledger, log, async (tx) => {
    const { rows } = await tx.query(
      'select distinct subject_id from ledger.event_part where controller_id = $1',
      [log.controller],
    )
    return rows
  })
  expect(subjects).toHaveLength(1)
})

it('takes no group that contradicts itself', async () => {
  const log = await newLog(ledger)
  const id = uuidv7()
  const version = (n: number) => ({ ...commentDraft(`v-${n}`), stream: { id }, expectedVersion: n })
  const writer = ledger.writer(log)
  const twice = [commentDraft('c-1'), commentDraft('c-1')]
  await expect(writer.append(twice, { atomic: true })).rejects.toThrow(TypeError)
  await expect(writer.append([version(0), version(1)], { atomic: true })).rejects.toThrow(TypeError)
  expect(await sizeOf(log)).toBe('0')
})

it('stores a group larger than a batch in one transaction', async () => {
  const log = await newLog(ledger)
  const group = Array.from({ length: 700 }, (_, n) => commentDraft(`c-${n}`))
  const stale = { ...commentDraft('x'), stream: { id: uuidv7() }, expectedVersion: 7 }
  const outcomes = await ledger.writer(log).append([...group, stale], { atomic: true })
  expect(outcomes.at(-1)?.kind).toBe('version-conflict')
  expect(await sizeOf(log)).toBe('0')
})
