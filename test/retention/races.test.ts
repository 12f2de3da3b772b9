import { beforeAll, expect, it } from 'vitest'
import { RetentionRule } from '../../services/events/retention-rule.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { placeHold } from '../../services/retention/holds.ts'
import { tagObjects } from '../../services/retention/marks.ts'
import { orderPurge } from '../../services/retention/order.ts'
import { executePurge, type PurgeDeps } from '../../services/retention/purge.ts'
import { commentDraft, newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'

const databases = testDatabases()
let ledger: Ledger
let purge: PurgeDeps
beforeAll(async () => {
  ;({ ledger, purge } = await testLedger(databases))
})

const actor = { name: 'officer' }
const old = { occurredAt: '2026-03-05T10:15:00+01:00', persons: [] }
const today = '2026-11-23'

async function dueLog(count: number): Promise<{ log: Log; objects: string[]; id: string }> {
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
  const drafts = Array.from({ length: count }, (_, n) => commentDraft(`o-${n}`, old))
  const objects = (await ledger.writer(log).append(drafts)).map(({ streamId }) => streamId)
  return { log, objects, id: await orderPurge(ledger, log, 'clerk', today) }
}

const intentOf = (log: Log) =>
  reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ object_id: string; position: string }>(
      'select object_id, position from ledger.condemned where controller_id = $1',
      [log.controller],
    )
    return new Map(rows.map((row) => [row.object_id, Number(row.position)]))
  })

/** A moment later, so that the two meet at ever other places of the purge. */
const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const delays = [0, 2, 5, 8, 12, 20, 35]

it.each(delays)('a hold %i ms into a purge is either kept or told that it came too late', async (ms) => {
  const { log, objects, id } = await dueLog(20)
  const running = executePurge(purge, log, id, 'job')
  await after(ms)
  const placed = await Promise.all(
    objects.map((target) =>
      placeHold(ledger, log, actor, { kind: 'object', target, ground: 'appeal' }).then(
        () => 'held',
        (error: { code: string }) => error.code,
      ),
    ),
  )
  await running
  const intents = await intentOf(log)
  for (const [index, outcome] of placed.entries()) {
    expect(outcome).toBe(intents.has(objects[index] as string) ? 'condemned' : 'held')
  }
})

it.each(delays)('an edit %i ms into a purge goes with its object or is refused', async (ms) => {
  const { log, objects, id } = await dueLog(20)
  const running = executePurge(purge, log, id, 'job')
  await after(ms)
  const edits = objects.map((_, n) => commentDraft(`o-${n}`, { ...old, verb: 'edited', text: `ny ${n}` }))
  const outcomes = await ledger.writer(log).append(edits)
  await running
  const intents = await intentOf(log)
  for (const [index, { kind, position }] of outcomes.entries()) {
    const intent = intents.get(objects[index] as string) ?? Number.POSITIVE_INFINITY
    expect(['stored', 'condemned', 'already-disposed']).toContain(kind)
    if (kind === 'stored') expect(Number(position)).toBeLessThan(intent)
    else expect(Number(position)).toBe(intent)
  }
  const { rows } = await reading(ledger, log, (tx) =>
    tx.query(
      `select 1 from ledger.sealed_part s join ledger.event e using (controller_id, position)
        where s.controller_id = $1 and starts_with(e.type, 'interaction.')`,
      [log.controller],
    ),
  )
  expect(rows).toEqual([])
})

it('what is appended meanwhile stays whole, and waits for the next purge where it is over the limit', async () => {
  const { log, id } = await dueLog(30)
  const running = executePurge(purge, log, id, 'job')
  const late = []
  for (let n = 0; n < 10; n += 1) late.push(ledger.writer(log).append([commentDraft(`late-${n}`, old)]))
  const stored = (await Promise.all(late)).flat()
  expect(stored.every(({ kind }) => kind === 'stored')).toBe(true)
  await running
  const rest = await orderPurge(ledger, log, 'clerk', today)
  await executePurge(purge, log, rest, 'job')
  expect((await intentOf(log)).size).toBe(40)
})

it.each(delays)('a tag %i ms into a purge keeps its object if it came before the intent', async (ms) => {
  const { log, objects, id } = await dueLog(20)
  const running = executePurge(purge, log, id, 'job')
  await after(ms)
  const tagged = await Promise.allSettled(
    objects.map(async (object) => {
      await tagObjects(ledger, log, actor, { tags: ['threat'], remove: false, scope: { objects: [object] } })
      return object
    }),
  )
  await running
  const intents = await intentOf(log)
  const { rows } = await reading(ledger, log, (tx) =>
    tx.query<{ object_id: string; position: string }>(
      `select jsonb_array_elements_text(e.header::jsonb -> 'data' -> 'objects') as object_id, e.position
         from ledger.event e where e.controller_id = $1 and e.type = 'object.tagged'`,
      [log.controller],
    ),
  )
  for (const row of rows) {
    const intent = intents.get(row.object_id)
    if (intent !== undefined) expect(intent).toBeLessThan(Number(row.position))
  }
  // Whoever came too late was told so, or tagged what was on its way already.
  expect(tagged.filter(({ status }) => status === 'fulfilled').length).toBe(rows.length)
})
