import { beforeAll, describe, expect, it } from 'vitest'
import { linkSubject } from '../../services/access/case-links.ts'
import { openCase, stepCase } from '../../services/access/case-steps.ts'
import { findPersons } from '../../services/access/find.ts'
import { compileCase } from '../../services/access/package.ts'
import { RetentionRule } from '../../services/events/retention-rule.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { erasureTag, grantErasure, previewErasure } from '../../services/retention/erasure.ts'
import { erasureProgress } from '../../services/retention/erasure-queries.ts'
import { orderPurge } from '../../services/retention/order.ts'
import { executePurge, type PurgeDeps } from '../../services/retention/purge.ts'
import { as, declareHouse, officer, people, record, why } from '../access/support.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'

const { vera, sixten } = people
const databases = testDatabases()
const today = '2026-03-06'
let ledger: Ledger
let purge: PurgeDeps
let log: Log
let channel: string

beforeAll(async () => {
  ;({ ledger, purge } = await testLedger(databases, `${today}T10:00:00Z`))
})

const intake = { arrivedOn: today, arrival: 'email', language: 'sv', reviewRequired: false } as const
const decision = {
  body: 'KS',
  reference: 'KS 17',
  date: '2026-01-15',
  wording: 'Gallras efter beviljad radering.',
}

async function rule(over: object): Promise<void> {
  const document = RetentionRule.parse({
    name: 'Radering på begäran',
    recordType: 'Inlägg',
    action: 'destroy',
    start: 'received',
    decision,
    validFrom: '2020-01-01',
    ...over,
  })
  await recordCommand(ledger, log, { type: 'rule.declared', actor: officer, data: { document } })
}
const erasing = {
  period: 'P0D',
  scope: { tags: [erasureTag] },
  conflictPolicy: { policy: 'shortest', ground: 'Beviljad.' },
}

const find = async () =>
  (await findPersons(ledger, log, why, [{ platform: 'facebook', platformId: vera.platformId }])).candidates

/** Vera's two comments and a post, and Sixten's comment; `others`: one in which he names her. */
async function planted(others = false) {
  log = await newLog(ledger)
  ;({ channel } = await declareHouse(ledger, log))
  await record(ledger, log, channel, [
    { objectId: 'c1', persons: [as('author', vera)], text: 'Ett.' },
    { objectId: 'c2', persons: [as('author', vera)], text: 'Två.' },
    { objectId: 'p1', verb: 'published', persons: [as('author', vera)], text: 'Tre.' },
    {
      objectId: 'c3',
      persons: [as('author', sixten), ...(others ? [as('mentioned', vera)] : [])],
      text: 'Fyra.',
    },
  ])
  const [candidate] = await find()
  const subject = candidate?.subject as string
  const id = await openCase(ledger, log, officer, { ...intake, right: 'erasure' })
  await linkSubject(ledger, log, officer, id, { subject, assurance: 'eid' })
  return { id, subject }
}

const purged = async () =>
  executePurge(purge, log, await orderPurge(ledger, log, 'gallrare', today), 'gallrare')
const progress = (id: string) => reading(ledger, log, (tx) => erasureProgress(tx, log.controller, id))
const code = async (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code: string }) => error.code,
  )

describe('the preview', () => {
  it('keeps everything where no disposal decision lets it go', async () => {
    const { id } = await planted(true)
    expect(await previewErasure(ledger, log, id)).toEqual({
      going: 0,
      kept: [{ reason: 'noDecision', objects: 3 }],
      ofOthers: 1,
    })
  })

  it('tells what goes from what a duty to preserve and a hold keep', async () => {
    const { id } = await planted()
    await rule(erasing)
    await rule({ name: 'Ledningens inlägg', action: 'preserve', scope: { verbs: ['published'] } })
    const { rows } = await reading(ledger, log, (tx) =>
      tx.query<{ stream_id: string }>(
        "select stream_id from ledger.event where controller_id = $1 and type = 'interaction.commented' order by position",
        [log.controller],
      ),
    )
    const data = { kind: 'object', target: rows[0]?.stream_id as string, ground: 'police-report' }
    await recordCommand(ledger, log, { type: 'hold.placed', actor: officer, data })
    expect(await previewErasure(ledger, log, id)).toEqual({
      going: 1,
      kept: [
        { reason: 'held', by: 'police-report', objects: 1 },
        { reason: 'preserved', by: 'Ledningens inlägg', objects: 1 },
      ],
      ofOthers: 0,
    })
  })

  it('is made of an open case about erasure in which somebody is linked', async () => {
    await planted()
    const access = await openCase(ledger, log, officer, intake)
    expect(await code(previewErasure(ledger, log, access))).toBe('not-found')
    const nobody = await openCase(ledger, log, officer, { ...intake, right: 'erasure' })
    expect(await code(previewErasure(ledger, log, nobody))).toBe('decision-missing')
    await stepCase(ledger, log, officer, nobody, { type: 'Refuse', ground: 'preservationDuty' })
    expect(await code(grantErasure(ledger, log, officer, nobody))).toBe('state-conflict')
  })
})

describe('a granted erasure', () => {
  it('is executed by the purge when the case is answered, and the person forgotten with the last record', async () => {
    const { id, subject } = await planted()
    await rule(erasing)
    await grantErasure(ledger, log, officer, id, 'Beviljas.')
    expect(await purged()).toMatchObject({ objects: 0, held: 3 })
    await stepCase(ledger, log, officer, id, { type: 'Answer', outcome: 'whole' })
    expect(await purged()).toMatchObject({ objects: 3 })
    const { purges, ...counts } = await progress(id)
    expect(counts).toEqual({ granted: 3, condemned: 3, destroyed: 3, forgotten: 1 })
    expect(purges).toHaveLength(1)
    expect(await ledger.keyring.subjectKeys(log.controller, [subject])).toEqual(new Map())
    expect(await find()).toEqual([])
  })

  it('leaves what is preserved, and then the person is not forgotten', async () => {
    const { id } = await planted()
    await rule(erasing)
    await rule({ name: 'Ledningens inlägg', action: 'preserve', scope: { verbs: ['published'] } })
    await grantErasure(ledger, log, officer, id)
    await stepCase(ledger, log, officer, id, { type: 'Answer', outcome: 'part' })
    await purged()
    expect(await progress(id)).toMatchObject({ granted: 2, destroyed: 2, forgotten: 0 })
    expect(await find()).toMatchObject([{ match: 'exact', erased: false }])
  })

  it('answers an erased person who asks that nothing is held, and comes to nobody of another case', async () => {
    const { id } = await planted()
    await rule(erasing)
    await grantErasure(ledger, log, officer, id)
    await stepCase(ledger, log, officer, id, { type: 'Answer', outcome: 'whole' })
    await purged()
    const access = await openCase(ledger, log, officer, intake)
    const { answer } = await compileCase(ledger, log, why, access, 'sv')
    expect(answer.confirmation).toMatchObject({ processed: false, records: 0 })
  })

  it('waits for a request for access that came before it was executed', async () => {
    const { id, subject } = await planted()
    await rule(erasing)
    await grantErasure(ledger, log, officer, id)
    const access = await openCase(ledger, log, officer, intake)
    await linkSubject(ledger, log, officer, access, { subject, assurance: 'eid' })
    await stepCase(ledger, log, officer, id, { type: 'Answer', outcome: 'whole' })
    expect(await purged()).toMatchObject({ objects: 0, held: 3 })
    const { answer } = await compileCase(ledger, log, why, access, 'sv')
    expect(answer.confirmation.records).toBe(3)
    await stepCase(ledger, log, officer, access, { type: 'Answer', outcome: 'whole' })
    expect(await purged()).toMatchObject({ objects: 3 })
  })
})
