import { beforeAll, expect, it } from 'vitest'
import { RetentionRule } from '../../services/events/retention-rule.ts'
import { logIdentity } from '../../services/ledger/checkpoints-key.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { verifyLog } from '../../services/ledger/verify.ts'
import { auditRetention } from '../../services/retention/audit.ts'
import { abortPurge, orderPurge } from '../../services/retention/order.ts'
import { executePurge, openPurges, type PurgeDeps } from '../../services/retention/purge.ts'
import { purgeState } from '../../services/retention/purge-queries.ts'
import { phaseOf } from '../../services/retention/purge-state.ts'
import { pausePurge, resumePurge, revokePurge } from '../../services/retention/purge-steps.ts'
import { commentDraft, newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { dyingAfter } from './kill.ts'

const databases = testDatabases()
let ledger: Ledger
let purge: PurgeDeps
let clock: Awaited<ReturnType<typeof testLedger>>['clock']
beforeAll(async () => {
  ;({ ledger, purge, clock } = await testLedger(databases))
})

const actor = { name: 'officer' }
const old = { occurredAt: '2026-03-05T10:15:00+01:00', persons: [] }
const today = '2026-11-23'
const decision = {
  body: 'Kommunstyrelsen',
  reference: 'KS 2026/131',
  date: '2026-11-24',
  wording: 'Gallringen återkallas.',
}

/** A log with due comments and a purge of them, that can be revoked for so many hours. */
async function ordered(count: number, waitHours: number): Promise<{ log: Log; id: string }> {
  const log = await newLog(ledger)
  const document = RetentionRule.parse({
    name: 'Kommentarer',
    recordType: 'Kommentar',
    action: 'destroy',
    period: 'P2M',
    start: 'occurred',
    decision: { body: 'KS', reference: 'KS 1', date: '2026-01-15', wording: 'Gallras.' },
    validFrom: '2026-02-01',
  })
  await recordCommand(ledger, log, { type: 'rule.declared', actor, data: { document } })
  await ledger.writer(log).append(Array.from({ length: count }, (_, n) => commentDraft(`o-${n}`, old)))
  return { log, id: await orderPurge(ledger, log, 'clerk', today, 100_000, waitHours) }
}

const run = (log: Log, id: string, deps = purge) => executePurge(deps, log, id, 'job')
const stateOf = (log: Log, id: string) => reading(ledger, log, (tx) => purgeState(tx, log.controller, id))
const phase = async (log: Log, id: string) => phaseOf(await stateOf(log, id))

/** Comments whose parts are still sealed in the ledger, and objects that stand condemned. */
const left = (log: Log) =>
  reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ sealed: number; condemned: number; marked: number }>(
      `select (select count(distinct s.position) from ledger.sealed_part s join ledger.event e using (controller_id, position)
                where s.controller_id = $1 and e.type = 'interaction.commented')::int as sealed,
         (select count(*) from ledger.condemned where controller_id = $1)::int as condemned,
         (select count(*) from model.object where controller_id = $1 and condemned_position is not null)::int as marked`,
      [log.controller],
    )
    return rows[0]
  })

/** What audit and verify have to say, each kind once. */
async function told(log: Log): Promise<string[]> {
  const worker = databases.ledger('worker')
  const audit = await auditRetention(databases.ledger('auditor'), log, {
    now: new Date('2026-11-23T11:00:00Z'),
    graceDays: 300,
  })
  const verified = await verifyLog(worker, log, logIdentity(ledger.provider, log), { sealed: true })
  return [...new Set([...audit.findings, ...verified.findings].map(({ kind }) => kind))]
}

it('condemns all and destroys nothing before the waiting period is over', async () => {
  const { log, id } = await ordered(5, 24)
  await run(log, id)
  expect(await phase(log, id)).toBe('revocable')
  expect(await left(log)).toEqual({ sealed: 5, condemned: 5, marked: 5 })
  const [edit] = await ledger.writer(log).append([commentDraft('o-1', { ...old, verb: 'edited' })])
  expect(edit?.kind).toBe('condemned')
  clock.advance({ seconds: 23 * 3600 })
  expect(await openPurges(purge, log)).toEqual([])
  await run(log, id)
  expect(await left(log)).toMatchObject({ sealed: 5 })
  clock.advance({ seconds: 3601 })
  expect(await openPurges(purge, log)).toEqual([id])
  expect(await run(log, id)).toMatchObject({ objects: 5, records: 5 })
  expect(await left(log)).toMatchObject({ sealed: 0 })
  expect(await phase(log, id)).toBe('destroyed')
})

it('gives everything back by a decision in the waiting period, for a later purge to take', async () => {
  const { log, id } = await ordered(5, 24)
  await run(log, id)
  await revokePurge(ledger, log, actor, id, decision)
  expect(await phase(log, id)).toBe('revoking')
  await run(log, id)
  expect(await phase(log, id)).toBe('revoked')
  expect(await left(log)).toEqual({ sealed: 5, condemned: 0, marked: 0 })
  expect(await told(log)).toEqual([])
  const [edit] = await ledger.writer(log).append([commentDraft('o-1', { ...old, verb: 'edited' })])
  expect(edit?.kind).toBe('stored')
  const again = await orderPurge(ledger, log, 'clerk', today)
  expect(await run(log, again)).toMatchObject({ objects: 5, records: 6 })
  expect(await left(log)).toMatchObject({ sealed: 0, condemned: 5, marked: 5 })
  expect(await told(log)).toEqual([])
})

it('cannot be revoked without a waiting period, or once its execution has begun', async () => {
  const without = await ordered(1, 0)
  await expect(revokePurge(ledger, without.log, actor, without.id, decision)).rejects.toMatchObject({
    code: 'state-conflict',
  })
  const { log, id } = await ordered(3, 1)
  await run(log, id)
  clock.advance({ seconds: 3601 })
  await expect(run(log, id, dyingAfter(purge, 'purge.begun'))).rejects.toThrow('killed')
  expect(await left(log)).toMatchObject({ sealed: 3 })
  await expect(revokePurge(ledger, log, actor, id, decision)).rejects.toMatchObject({
    code: 'state-conflict',
  })
  expect(await run(log, id)).toMatchObject({ objects: 3 })
})

it('lets one win where the waiting period ends while the decision is being taken', async () => {
  for (let round = 0; round < 6; round += 1) {
    const { log, id } = await ordered(2, 1)
    await run(log, id)
    clock.advance({ seconds: 3601 })
    const [, revoked] = await Promise.allSettled([
      run(log, id),
      revokePurge(ledger, log, actor, id, decision),
    ])
    await run(log, id)
    const kept = revoked.status === 'fulfilled'
    expect(await phase(log, id)).toBe(kept ? 'revoked' : 'destroyed')
    expect(await left(log)).toMatchObject(kept ? { sealed: 2, condemned: 0 } : { sealed: 0, condemned: 2 })
  }
})

it.each(['purge.deferred', 'ledger.release'] as const)(
  'ends right when it is killed after %s',
  async (step) => {
    const { log, id } = await ordered(25, 24)
    // Slowed down it takes small intents, so that there are several to release.
    const slow = { ...purge, recordsPerSecond: 10 }
    await run(log, id, step === 'purge.deferred' ? dyingAfter(slow, step) : slow).catch(() => {})
    expect((await stateOf(log, id)).intents).toBe(3)
    await revokePurge(ledger, log, actor, id, decision)
    if (step === 'ledger.release') {
      await expect(run(log, id, dyingAfter(purge, step))).rejects.toThrow('killed')
      expect(await phase(log, id)).toBe('revoking')
      expect(await left(log)).toMatchObject({ condemned: 15 })
    }
    expect(await openPurges(purge, log)).toEqual([id])
    await run(log, id)
    expect(await left(log)).toEqual({ sealed: 25, condemned: 0, marked: 0 })
    expect(await stateOf(log, id)).toMatchObject({ released: 25 })
  },
)

it('halts between two intents while it is paused, and goes on where it stood', async () => {
  const { log, id } = await ordered(30, 0)
  let steps = 0
  const paused = executePurge({ ...purge, recordsPerSecond: 10 }, log, id, 'job', () => {
    steps += 1
    if (steps === 1) void pausePurge(ledger, log, actor, id)
  })
  await paused
  expect(await phase(log, id)).toBe('paused')
  const { objects } = await stateOf(log, id)
  expect(objects).toBeLessThan(30)
  expect(await openPurges(purge, log)).toEqual([])
  expect(await run(log, id)).toMatchObject({ objects: 0 })
  await expect(pausePurge(ledger, log, actor, id)).rejects.toMatchObject({ code: 'state-conflict' })
  await resumePurge(ledger, log, actor, id)
  expect(await run(log, id)).toMatchObject({ objects: 30 - objects })
  expect(await phase(log, id)).toBe('destroyed')
})

it('executes after its waiting period what was condemned before it was called off', async () => {
  const { log, id } = await ordered(3, 24)
  await expect(run(log, id, dyingAfter(purge, 'ledger.condemn'))).rejects.toThrow('killed')
  await abortPurge(ledger, log, actor, id)
  await run(log, id)
  expect(await phase(log, id)).toBe('revocable')
  clock.advance({ seconds: 24 * 3600 + 1 })
  await run(log, id)
  expect(await phase(log, id)).toBe('aborted')
  expect(await left(log)).toMatchObject({ sealed: 0 })
})

it('destroys no more records in a second than it may', async () => {
  const { log, id } = await ordered(40, 0)
  const start = performance.now()
  await run(log, id, { ...purge, recordsPerSecond: 20 })
  expect(performance.now() - start).toBeGreaterThan(1_400)
})
