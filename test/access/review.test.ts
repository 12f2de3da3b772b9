import { beforeAll, expect, it } from 'vitest'
import type { AnswerRecord } from '../../services/access/answer.ts'
import { linkSubject } from '../../services/access/case-links.ts'
import { loadCase, openCase, stepCase } from '../../services/access/case-steps.ts'
import { findPersons } from '../../services/access/find.ts'
import { compileCase } from '../../services/access/package.ts'
import { reviewRecord } from '../../services/access/review.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { as, declareHouse, officer, people, record, why, written } from './support.ts'

const { vera, sixten } = people
const databases = testDatabases()
let ledger: Ledger
let log: Log
let id: string

beforeAll(async () => {
  ;({ ledger } = await testLedger(databases, '2026-03-05T10:00:00Z'))
})

const intake = { arrivedOn: '2026-03-05', arrival: 'email', language: 'sv', reviewRequired: false } as const
const long = `Början ${'ord '.repeat(200)}slutet.`

async function planted() {
  log = await newLog(ledger)
  const { channel } = await declareHouse(ledger, log)
  await record(ledger, log, channel, [
    { objectId: 'p1', verb: 'published', persons: [as('author', sixten)], text: long },
    {
      objectId: 'c1',
      verb: 'replied',
      inReplyTo: 'p1',
      thread: 'p1',
      persons: [as('author', vera)],
      text: 'Min granne Urban Utomstående klagar.',
    },
    {
      objectId: 'c2',
      persons: [as('author', sixten), as('mentioned', vera)],
      text: 'Internt utkast om Vera.',
    },
  ])
  const { candidates } = await findPersons(ledger, log, why, [
    { platform: 'facebook', platformId: vera.platformId },
  ])
  id = await openCase(ledger, log, officer, intake)
  await linkSubject(ledger, log, officer, id, { subject: candidates[0]?.subject as string, assurance: 'eid' })
}

async function compiled() {
  const made = await compileCase(ledger, log, why, id, 'sv')
  const records = made.answer.copy.threads.flatMap((thread) => thread.records)
  const by = (verb: string, relation: string) =>
    records.find((it) => it.verb === verb && it.relation === relation) as AnswerRecord
  return {
    ...made,
    ...(await written(ledger, log, made)),
    records,
    post: by('published', 'context'),
    own: by('replied', 'own'),
    about: by('commented', 'about'),
  }
}

it('leaves out what the officer excludes, and says on which ground', async () => {
  await planted()
  const before = await compiled()
  await reviewRecord(ledger, log, officer, id, {
    record: before.about.id,
    decision: 'exclude',
    ground: 'secrecy',
    provision: 'OSL 21 kap. 7 §',
  })
  const after = await compiled()
  expect(after.json).not.toContain('Internt utkast')
  expect(after.html).not.toContain('Internt utkast')
  expect(after.answer.withheld.redactions).toContainEqual({
    path: '/copy/threads',
    ground: 'secrecy',
    count: 1,
    provision: 'OSL 21 kap. 7 §',
  })
  expect(after.html).toContain('Sekretess')
  await reviewRecord(ledger, log, officer, id, { record: before.about.id, decision: 'clear' })
  expect((await compiled()).json).toContain('Internt utkast')
})

it('takes a span out of a text, and compiles the same bytes again', async () => {
  await planted()
  const { own } = await compiled()
  const from = (own.text as string).indexOf('Urban')
  const span = {
    record: own.id,
    decision: 'redact',
    ground: 'rightsOfOthers',
    member: 'text',
    from,
    to: from + 'Urban Utomstående'.length,
  } as const
  await reviewRecord(ledger, log, officer, id, span)
  const [first, second] = [await compiled(), await compiled()]
  expect(first.own.text).toMatch(/^Min granne \S+.* klagar\.$/)
  expect(first.json).not.toContain('Utomstående')
  expect(second.json).toBe(first.json)
  await expect(reviewRecord(ledger, log, officer, id, { ...span, to: from })).rejects.toMatchObject({
    code: 'validation-failed',
  })
})

it('shows the whole of what was an extract, and a note beside it', async () => {
  await planted()
  const before = await compiled()
  expect(before.post.text).not.toContain('slutet.')
  await reviewRecord(ledger, log, officer, id, { record: before.post.id, decision: 'include' })
  await reviewRecord(
    ledger,
    log,
    officer,
    id,
    { record: before.post.id, decision: 'note' },
    'Hela inlägget behövs för sammanhanget.',
  )
  const after = await compiled()
  expect(after.post.text).toContain('slutet.')
  expect(after.post.notes).toEqual(['Hela inlägget behövs för sammanhanget.'])
  expect(after.html).toContain('Hela inlägget behövs')
})

it('is closed to changes while somebody else reviews, and to records that are not there', async () => {
  await planted()
  const { own } = await compiled()
  const wish = { record: own.id, decision: 'include' } as const
  await expect(reviewRecord(ledger, log, officer, id, { ...wish, record: id })).rejects.toMatchObject({
    code: 'not-found',
  })
  await stepCase(ledger, log, officer, id, { type: 'Submit' })
  await expect(reviewRecord(ledger, log, officer, id, wish)).rejects.toMatchObject({ code: 'state-conflict' })
})

it('needs a second person where the controller has declared so', async () => {
  await planted()
  const document = { slug: log.slug, name: 'Exempelnämnden', caseReview: true }
  await recordCommand(ledger, log, { type: 'controller.declared', actor: officer, data: { document } })
  id = await openCase(ledger, log, officer, intake)
  expect((await loadCase(ledger, log, id)).state.reviewRequired).toBe(true)
  await stepCase(ledger, log, officer, id, { type: 'Start' })
  await stepCase(ledger, log, officer, id, { type: 'Submit' })
  const answer = stepCase(ledger, log, officer, id, { type: 'Answer', outcome: 'whole' })
  await expect(answer).rejects.toMatchObject({ code: 'four-eyes-required' })
})
