import { beforeAll, expect, it } from 'vitest'
import { withController } from '../../services/db/transaction.ts'
import type { RetentionRuleInput } from '../../services/events/retention-rule.ts'
import { RetentionRule } from '../../services/events/retention-rule.ts'
import { draftOf } from '../../services/interactions/draft.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { lookUp, reading } from '../../services/ledger/open.ts'
import { uuidv7 } from '../../services/platform/ids.ts'
import { nextDue, retentionPlan, summariseDue } from '../../services/retention/due.ts'
import { orderPurge } from '../../services/retention/order.ts'
import { executePurge, openPurges, type PurgeDeps } from '../../services/retention/purge.ts'
import { purgeState } from '../../services/retention/purge-queries.ts'
import { sweep } from '../../services/retention/sweep.ts'
import { comment, commentDraft, newLog, someChannel, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { dyingAfter, steps } from './kill.ts'

const databases = testDatabases()
let ledger: Ledger
let purge: PurgeDeps
let clock: Awaited<ReturnType<typeof testLedger>>['clock']
beforeAll(async () => {
  ;({ ledger, purge, clock } = await testLedger(databases))
})

const today = '2026-11-23'
const actor = { name: 'archivist' }
const twoMonths: RetentionRuleInput = {
  name: 'Kommentarer av ringa betydelse',
  recordType: 'Kommentar',
  action: 'destroy',
  period: 'P2M',
  start: 'occurred',
  decision: {
    body: 'Kommunstyrelsen',
    reference: 'KS 2026/1',
    date: '2026-01-15',
    wording: 'Gallras efter två månader.',
  },
  validFrom: '2026-02-01',
}

async function declareRule(log: Log, rule: Partial<RetentionRuleInput> = {}): Promise<string> {
  const document = RetentionRule.parse({ ...twoMonths, ...rule })
  const { streamId } = await recordCommand(ledger, log, {
    type: 'rule.declared',
    expectedVersion: 0,
    actor,
    data: { document },
  })
  return streamId
}

const due = (log: Log) =>
  reading(ledger, log, async (tx) =>
    summariseDue(tx, log.controller, await retentionPlan(tx, log.controller, today)),
  )

const objectsDue = async (log: Log) => (await due(log)).reduce((sum, it) => sum + it.objects, 0)

async function run(log: Log) {
  const id = await orderPurge(ledger, log, actor.name, today)
  return { id, ...(await executePurge(purge, log, id, actor.name)) }
}

const textsOf = (log: Log) =>
  lookUp(ledger, log, { actor, kind: 'shown', purpose: 'test', scope: {} }, (open) =>
    reading(ledger, log, async (tx) => {
      const { rows } = await tx.query<{ position: string }>(
        "select position from ledger.event where controller_id = $1 and type like 'interaction.%'",
        [log.controller],
      )
      const parts = await open(
        tx,
        rows.map((row) => row.position),
      )
      return parts
        .filter((part) => part.category === 'content')
        .map((part) => part.content?.['text'] as string | undefined)
    }),
  )

const old = { occurredAt: '2026-03-05T10:15:00+01:00' }
const fresh = { occurredAt: '2026-11-20T10:15:00+01:00' }

it('destroys what is due and keeps what is not', async () => {
  const log = await newLog(ledger)
  await declareRule(log)
  await ledger
    .writer(log)
    .append([commentDraft('old', { ...old, text: 'gammal' }), commentDraft('new', { ...fresh, text: 'ny' })])
  expect(await objectsDue(log)).toBe(1)
  expect(await run(log)).toMatchObject({ objects: 1, records: 1, held: 0 })
  expect(await textsOf(log)).toEqual([undefined, 'ny'])
  expect(await objectsDue(log)).toBe(0)
})

it('destroys nothing without a rule, and nothing by a rule without a decision', async () => {
  const log = await newLog(ledger)
  await ledger.writer(log).append([commentDraft('old', old)])
  expect(await objectsDue(log)).toBe(0)
  await declareRule(log, { decision: undefined })
  expect(await objectsDue(log)).toBe(0)
  expect(await run(log)).toMatchObject({ objects: 0 })
})

it('takes an object with all its events: the edit goes with the comment', async () => {
  const log = await newLog(ledger)
  await declareRule(log)
  const writer = ledger.writer(log)
  await writer.append([commentDraft('c', { ...old, text: 'före' })])
  await writer.append([commentDraft('c', { verb: 'edited', ...fresh, text: 'efter' })])
  expect(await run(log)).toMatchObject({ objects: 1, records: 2 })
  expect(await textsOf(log)).toEqual([undefined, undefined])
})

it('leaves the header, the leaf and the place of the person', async () => {
  const log = await newLog(ledger)
  await declareRule(log)
  await ledger.writer(log).append([commentDraft('c', old)])
  await run(log)
  const left = await databases.asAdmin('ledger', async (client) => ({
    events: (
      await client.query(
        "select 1 from ledger.event where controller_id = $1 and type = 'interaction.commented'",
        [log.controller],
      )
    ).rowCount,
    parts: (
      await client.query("select 1 from ledger.event_part where controller_id = $1 and role = 'author'", [
        log.controller,
      ])
    ).rowCount,
    sealed: (
      await client.query(
        'select 1 from ledger.sealed_part s join ledger.event e using (controller_id, position) where s.controller_id = $1 and e.type = $2',
        [log.controller, 'interaction.commented'],
      )
    ).rowCount,
    digests: (
      await client.query('select 1 from ledger.fact_digest where controller_id = $1', [log.controller])
    ).rowCount,
  }))
  expect(left).toEqual({ events: 1, parts: 2, sealed: 0, digests: 0 })
})

it('does not let what was purged come back by importing it again', async () => {
  const log = await newLog(ledger)
  await declareRule(log)
  await ledger.writer(log).append([commentDraft('c', old)])
  const { id } = await run(log)
  const intent = (await reading(ledger, log, (tx) => purgeState(tx, log.controller, id))).orderedPosition
  const [again] = await ledger.writer(log).append([commentDraft('c', old)])
  expect(again).toMatchObject({ kind: 'already-disposed', position: String(Number(intent) + 1) })
  const [edit] = await ledger.writer(log).append([commentDraft('c', { verb: 'edited', ...fresh })])
  expect(edit?.kind).toBe('already-disposed')
})

it('never touches what is held, and takes it once the hold is lifted', async () => {
  const log = await newLog(ledger)
  await declareRule(log)
  const [kept] = await ledger.writer(log).append([commentDraft('a', old), commentDraft('b', old)])
  const hold = await recordCommand(ledger, log, {
    type: 'hold.placed',
    expectedVersion: 0,
    actor,
    data: { kind: 'object', target: kept?.streamId, ground: 'police-report' },
  })
  expect(await run(log)).toMatchObject({ objects: 1, held: 1 })
  expect(await textsOf(log)).toEqual(['Hej!', undefined])
  await recordCommand(ledger, log, { type: 'hold.lifted', streamId: hold.streamId, actor, data: {} })
  expect(await run(log)).toMatchObject({ objects: 1, held: 0 })
  expect(await textsOf(log)).toEqual([undefined, undefined])
})

it.each([
  [
    'subject',
    'select subject_id as id from ledger.event_part where controller_id = $1 and role = $2 limit 1',
    'author',
  ],
  [
    'channel',
    'select channel_id as id from ledger.event where controller_id = $1 and type = $2 limit 1',
    'interaction.commented',
  ],
])('is stopped by a hold on the %s', async (kind, query, value) => {
  const log = await newLog(ledger)
  await declareRule(log)
  await ledger.writer(log).append([commentDraft('a', old)])
  const target = await reading(
    ledger,
    log,
    async (tx) => (await tx.query<{ id: string }>(query, [log.controller, value])).rows[0]?.id,
  )
  await recordCommand(ledger, log, {
    type: 'hold.placed',
    expectedVersion: 0,
    actor,
    data: { kind, target, ground: 'appeal' },
  })
  expect(await run(log)).toMatchObject({ objects: 0, held: 1 })
})

it('condemns nothing under rules that have changed since it was planned, and plans anew', async () => {
  const log = await newLog(ledger)
  const rule = await declareRule(log)
  await ledger.writer(log).append([commentDraft('a', old)])
  const stale = await withController(purge.purgePool, log.controller, (tx) =>
    retentionPlan(tx, log.controller, today),
  )
  const document = RetentionRule.parse({ ...twoMonths, period: 'P10Y' })
  await recordCommand(ledger, log, {
    type: 'rule.declared',
    streamId: rule,
    expectedVersion: 1,
    actor,
    data: { document },
  })
  expect(BigInt(stale.rulesPosition)).toBeLessThan(
    BigInt(
      (
        await withController(purge.purgePool, log.controller, (tx) =>
          retentionPlan(tx, log.controller, today),
        )
      ).rulesPosition,
    ),
  )
  expect(await run(log)).toMatchObject({ objects: 0 })
})

it('tells who adds to a condemned object where it was condemned', async () => {
  const log = await newLog(ledger)
  await declareRule(log)
  const [first] = await ledger.writer(log).append([commentDraft('a', old)])
  await run(log)
  const late = {
    ...draftOf(comment('elsewhere', fresh), { platform: 'facebook' }),
    stream: { id: first?.streamId as string },
  }
  expect((await ledger.writer(log).append([late]))[0]).toMatchObject({ kind: 'condemned', position: '3' })
})

it.each(steps)('ends right when it is killed after %s', async (step) => {
  const log = await newLog(ledger)
  await declareRule(log)
  await ledger
    .writer(log)
    .append(Array.from({ length: 30 }, (_, n) => commentDraft(`o-${n}`, { ...old, persons: [] })))
  const id = await orderPurge(ledger, log, actor.name, today)
  await expect(executePurge(dyingAfter(purge, step), log, id, actor.name)).rejects.toThrow('killed')
  if (step !== 'purge.executed') {
    expect(await openPurges(purge, log)).toEqual([id])
    await executePurge(purge, log, id, actor.name)
  }
  expect(await openPurges(purge, log)).toEqual([])
  expect(await textsOf(log)).toEqual(Array.from({ length: 30 }, () => undefined))
  expect((await reading(ledger, log, (tx) => purgeState(tx, log.controller, id))).objects).toBe(30)
  const keys = await ledger.keyring.recordSecrets(
    log.controller,
    await reading(ledger, log, async (tx) =>
      (
        await tx.query<{ event_id: string }>(
          "select event_id from ledger.event where controller_id = $1 and type like 'interaction.%'",
          [log.controller],
        )
      ).rows.map((row) => row.event_id),
    ),
  )
  expect(keys.size).toBe(0)
})

it('makes what was destroyed irrecoverable by the sweep, and every survivor still opens', async () => {
  const log = await newLog(ledger)
  await declareRule(log)
  await ledger
    .writer(log)
    .append([commentDraft('old', { ...old, text: 'gammal' }), commentDraft('new', { ...fresh, text: 'ny' })])
  const { id } = await run(log)
  clock.advance({ seconds: 60 })
  const report = await sweep(ledger, 'job:sweep')
  expect(report.destroyedEpochs).toHaveLength(1)
  expect(await ledger.provider.epochState(report.destroyedEpochs[0] as number)).toBe('destroyed')
  expect(
    (await reading(ledger, log, (tx) => purgeState(tx, log.controller, id))).sweptPosition,
  ).not.toBeNull()
  expect(await textsOf(log)).toEqual([undefined, 'ny'])
  const [later] = await ledger.writer(log).append([commentDraft('later', { ...fresh, text: 'efter svepet' })])
  expect(later?.kind).toBe('stored')
  expect(await textsOf(log)).toEqual([undefined, 'ny', 'efter svepet'])
})

it('finds the due by class and day in steps that leave nothing out', async () => {
  const log = await newLog(ledger)
  await declareRule(log)
  const days = Array.from({ length: 25 }, (_, n) => `2026-0${1 + (n % 9)}-1${n % 10}T12:00:00+01:00`)
  await ledger
    .writer(log)
    .append(
      days.map((occurredAt, n) =>
        commentDraft(`o-${n}`, { occurredAt, channel: n % 2 === 0 ? someChannel : uuidv7() }),
      ),
    )
  const plan = await reading(ledger, log, (tx) => retentionPlan(tx, log.controller, today))
  const found: string[] = []
  for (const it of plan.classes) {
    for (let cursor = undefined as Awaited<ReturnType<typeof nextDue>>['due'][number] | undefined; ; ) {
      const { due: step } = await reading(ledger, log, (tx) => nextDue(tx, log.controller, it, cursor, 3))
      found.push(...step.map(({ objectId }) => objectId))
      cursor = step.at(-1)
      if (cursor === undefined) break
    }
  }
  expect(new Set(found).size).toBe(found.length)
  expect(found.length).toBe(await objectsDue(log))
})

it('takes a later follow for a new one, though the process still remembers the follow that was purged', async () => {
  const log = await newLog(ledger)
  await declareRule(log, { scope: { verbs: ['followed'] } })
  const follow = (occurredAt: string) => commentDraft('follows', { verb: 'followed', occurredAt })
  await ledger.writer(log).append([follow(old.occurredAt)])
  expect(await run(log)).toMatchObject({ objects: 1 })
  const [again] = await ledger.writer(log).append([follow(fresh.occurredAt)])
  expect(again).toMatchObject({ kind: 'stored', version: 1 })
})
