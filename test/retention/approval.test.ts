import { beforeAll, expect, it } from 'vitest'
import { RetentionRule, type RetentionRuleInput } from '../../services/events/retention-rule.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { abortPurge, approvePurge, orderPurge, termsOf } from '../../services/retention/order.ts'
import { executePurge, openPurges, type PurgeDeps } from '../../services/retention/purge.ts'
import { purgeState } from '../../services/retention/purge-queries.ts'
import { phaseOf } from '../../services/retention/purge-state.ts'
import { commentDraft, newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'

const databases = testDatabases()
let ledger: Ledger
let purge: PurgeDeps
beforeAll(async () => {
  ;({ ledger, purge } = await testLedger(databases))
})

const today = '2026-11-23'
const old = { occurredAt: '2026-03-05T10:15:00+01:00', persons: [] }
const rule: RetentionRuleInput = {
  name: 'Kommentarer',
  recordType: 'Kommentar',
  action: 'destroy',
  period: 'P2M',
  start: 'occurred',
  decision: { body: 'KS', reference: 'KS 2026/1', date: '2026-01-15', wording: 'Gallras.' },
  validFrom: '2026-02-01',
}

const declare = (log: Log, given: Partial<RetentionRuleInput> = {}) =>
  recordCommand(ledger, log, {
    type: 'rule.declared',
    actor: { name: 'archivist' },
    data: { document: RetentionRule.parse({ ...rule, ...given }) },
  })

const append = (log: Log, count: number, name = 'o') =>
  ledger.writer(log).append(Array.from({ length: count }, (_, n) => commentDraft(`${name}-${n}`, old)))

async function dueLog(count: number): Promise<Log> {
  const log = await newLog(ledger)
  await declare(log)
  await append(log, count)
  return log
}

const stateOf = (log: Log, id: string) => reading(ledger, log, (tx) => purgeState(tx, log.controller, id))
const execute = (log: Log, id: string) => executePurge(purge, log, id, 'worker')

it('needs approval above the size only, and never takes more than was planned or allowed', () => {
  expect(termsOf(1_000, 1_000)).toEqual({ objects: 1_000, limit: 1_000, approval: false, waitHours: 0 })
  expect(termsOf(1_001, 1_000)).toEqual({ objects: 1_001, limit: 1_001, approval: true, waitHours: 0 })
  expect(termsOf(3, 0)).toEqual({ objects: 3, limit: 3, approval: true, waitHours: 0 })
})

it('executes nothing that waits for approval', async () => {
  const log = await dueLog(3)
  const id = await orderPurge(ledger, log, 'a', today, 2)
  expect(await openPurges(purge, log)).toEqual([])
  await expect(execute(log, id)).rejects.toMatchObject({ code: 'four-eyes-required' })
})

it('takes the consent of who ordered it for none, even where it stands in the log', async () => {
  const log = await dueLog(3)
  const id = await orderPurge(ledger, log, 'a', today, 2)
  await expect(approvePurge(ledger, log, { name: 'a' }, id)).rejects.toMatchObject({
    code: 'four-eyes-required',
  })
  await recordCommand(ledger, log, { type: 'purge.approved', streamId: id, actor: { name: 'a' }, data: {} })
  expect(phaseOf(await stateOf(log, id))).toBe('waiting')
  await expect(execute(log, id)).rejects.toMatchObject({ code: 'four-eyes-required' })
})

it('is not executed by who approved it', async () => {
  const log = await dueLog(3)
  const id = await orderPurge(ledger, log, 'a', today, 2)
  await approvePurge(ledger, log, { name: 'b' }, id)
  await expect(executePurge(purge, log, id, 'b')).rejects.toMatchObject({ code: 'four-eyes-required' })
  expect(await execute(log, id)).toMatchObject({ objects: 3 })
})

it('leaves to the next order what came due after the consent', async () => {
  const log = await dueLog(3)
  const id = await orderPurge(ledger, log, 'a', today, 2)
  await approvePurge(ledger, log, { name: 'b' }, id)
  await append(log, 4, 'late')
  expect(await execute(log, id)).toMatchObject({ objects: 3 })
  expect(await stateOf(log, id)).toMatchObject({ planned: 3, objects: 3 })
})

it('takes what was approved only under the rules it was approved under', async () => {
  const log = await dueLog(3)
  const id = await orderPurge(ledger, log, 'a', today, 2)
  await approvePurge(ledger, log, { name: 'b' }, id)
  await declare(log, { name: 'En till', period: 'P1M' })
  expect(await execute(log, id)).toMatchObject({ objects: 0 })
  expect(phaseOf(await stateOf(log, id))).toBe('aborted')
})

it('destroys what was condemned before it was called off, and nothing more', async () => {
  const log = await dueLog(1_500)
  const id = await orderPurge(ledger, log, 'a', today, 2_000)
  let intents = 0
  // In intents of 500: while the first is carried out the second is condemned.
  const stopping = { ...purge, recordsPerSecond: 500, stopping: () => intents > 0 }
  const count = () => {
    intents += 1
  }
  expect(await executePurge(stopping, log, id, 'worker', count)).toMatchObject({ objects: 1_000 })
  expect(phaseOf(await stateOf(log, id))).toBe('running')
  expect(phaseOf(await abortPurge(ledger, log, { name: 'c' }, id))).toBe('aborting')
  expect(await openPurges(purge, log)).toEqual([id])
  expect(await execute(log, id)).toMatchObject({ objects: 0 })
  const after = await stateOf(log, id)
  expect(after).toMatchObject({ objects: 1_000, intents: 2 })
  expect(phaseOf(after)).toBe('aborted')
  expect(after.executedPosition).not.toBeNull()
  expect(await openPurges(purge, log)).toEqual([])
})

it('is ordered once at a time', async () => {
  const log = await dueLog(3)
  const id = await orderPurge(ledger, log, 'a', today)
  await expect(orderPurge(ledger, log, 'b', today)).rejects.toMatchObject({ code: 'state-conflict' })
  const [one, two] = await Promise.all([execute(log, id), executePurge(purge, log, id, 'other')])
  expect(one.objects + two.objects).toBe(3)
  await orderPurge(ledger, log, 'b', today)
})
