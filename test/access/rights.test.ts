import { beforeAll, describe, expect, it } from 'vitest'
import { linkSubject } from '../../services/access/case-links.ts'
import { openCase, stepCase } from '../../services/access/case-steps.ts'
import { findPersons } from '../../services/access/find.ts'
import { compileCase } from '../../services/access/package.ts'
import { portabilityOf } from '../../services/access/portability.ts'
import { noteTelling, recipientsToTell } from '../../services/access/recipients.ts'
import {
  appendStatement,
  liftRestriction,
  restrict,
  restrictionsOf,
  tellOfLifting,
} from '../../services/access/rights.ts'
import type { RequestedRight } from '../../services/access/states.ts'
import { recordDisclosure } from '../../services/disclosures/disclose.ts'
import { openInteractions } from '../../services/interactions/queries-open.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { lookUp, reading } from '../../services/ledger/open.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { as, declareHouse, officer, people, record, why, written } from './support.ts'

const { vera, sixten } = people
const databases = testDatabases()
let ledger: Ledger
let log: Log

beforeAll(async () => {
  ;({ ledger } = await testLedger(databases, '2026-03-05T10:00:00Z'))
})

const intake = { arrivedOn: '2026-03-05', arrival: 'email', language: 'sv', reviewRequired: false } as const
const code = async (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code: string }) => error.code,
  )

/** What Vera wrote, what Sixten wrote about her, and a case of hers. */
async function planted(right: RequestedRight) {
  log = await newLog(ledger)
  const { channel } = await declareHouse(ledger, log)
  const stored = await record(ledger, log, channel, [
    { objectId: 'c1', persons: [as('author', vera)], text: 'Jag bor i Exempelstad.' },
    { objectId: 'c2', persons: [as('author', sixten), as('mentioned', vera)], text: 'Vera bor i Exempelby.' },
    { objectId: 'c3', persons: [as('author', sixten)], text: 'Om vädret.' },
  ])
  const [own, about] = stored.map((it) => it.eventId as string) as [string, string]
  const { candidates } = await findPersons(ledger, log, why, [
    { platform: 'facebook', platformId: vera.platformId },
  ])
  const subject = candidates[0]?.subject as string
  const id = await openCase(ledger, log, officer, { ...intake, right })
  await linkSubject(ledger, log, officer, id, { subject, assurance: 'eid' })
  return { channel, own, about, subject, id, object: stored[0]?.streamId as string }
}

async function answered(subject: string) {
  const id = await openCase(ledger, log, officer, intake)
  await linkSubject(ledger, log, officer, id, { subject, assurance: 'eid' })
  const made = await compileCase(ledger, log, why, id, 'sv')
  return { ...made, ...(await written(ledger, log, made)) }
}

const shown = async (...ids: string[]) =>
  (await openInteractions(ledger, log, { ...why, kind: 'shown' }, { ids })).items

describe('rectification', () => {
  it('appends a statement that stands beside the original wherever it is shown', async () => {
    const { id, about, subject } = await planted('rectification')
    await appendStatement(ledger, log, officer, id, { record: about, text: 'Jag har aldrig bott där.' })
    const [read] = await shown(about)
    expect(read?.interaction?.text).toBe('Vera bor i Exempelby.')
    expect(read?.statements).toEqual([{ on: '2026-03-05', text: 'Jag har aldrig bott där.' }])
    const { answer, html } = await answered(subject)
    const records = answer.copy.threads.flatMap((thread) => thread.records)
    expect(records.find((it) => it.id === about)?.statements).toEqual(['Jag har aldrig bott där.'])
    expect(records).toHaveLength(2)
    expect(html).toContain('Jag har aldrig bott där.')
  })

  it('is made under that right, of a record in which the person stands', async () => {
    const { id, own } = await planted('access')
    const wish = { record: own, text: 'Fel.' }
    expect(await code(appendStatement(ledger, log, officer, id, wish))).toBe('state-conflict')
    const other = await planted('rectification')
    const [, , weather] = (
      await reading(ledger, log, (tx) =>
        tx.query<{ event_id: string }>(
          "select event_id from ledger.event where controller_id = $1 and starts_with(type, 'interaction.') order by position",
          [log.controller],
        ),
      )
    ).rows
    const foreign = { record: weather?.event_id as string, text: 'Fel.' }
    expect(await code(appendStatement(ledger, log, officer, other.id, foreign))).toBe('not-found')
  })
})

describe('restriction', () => {
  it('shows what the person wrote and is called to nobody, and everything to the person', async () => {
    const { id, own, about, subject } = await planted('restriction')
    await restrict(ledger, log, officer, id, { kind: 'subject', target: subject, ground: 'accuracy' })
    const [first, second] = await shown(own, about)
    expect(first?.interaction).toBeUndefined()
    expect(first?.restricted).toContainEqual({ role: 'author', category: 'content' })
    expect(first?.disposed).toBeUndefined()
    expect(second?.interaction?.text).toBe('Vera bor i Exempelby.')
    expect(JSON.stringify(second)).not.toContain(vera.displayName)
    expect((await answered(subject)).json).toContain('Jag bor i Exempelstad.')
  })

  it('hides an object with all that anybody has in it, however it is opened', async () => {
    const { id, about } = await planted('restriction')
    await restrict(ledger, log, officer, id, { kind: 'object', target: about, ground: 'unlawful' })
    const positions = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']
    const look = {
      actor: officer,
      purpose: 'Genomsökning',
      kind: 'machine-scan',
      scope: { positions },
    } as const
    const opened = await lookUp(ledger, log, look, (open) =>
      reading(ledger, log, (tx) => open(tx, positions)),
    )
    const text = JSON.stringify(opened.map(({ content }) => content))
    expect(text).toContain('Om vädret.')
    expect(text).not.toContain('Exempelby')
  })

  it('outlives the case, holds what it covers, and is lifted only when the person has been told', async () => {
    const { id, own, object, subject } = await planted('restriction')
    const [placed] = await restrict(ledger, log, officer, id, {
      kind: 'subject',
      target: subject,
      ground: 'accuracy',
    })
    await stepCase(ledger, log, officer, id, { type: 'Answer', outcome: 'whole' })
    const { rows } = await reading(ledger, log, (tx) =>
      tx.query('select * from ledger.blocked_objects($1, $2::uuid[])', [log.controller, [object]]),
    )
    expect(rows).toEqual([{ object_id: object, reason: 'held' }])
    const hold = placed?.hold as string
    expect(await code(liftRestriction(ledger, log, officer, id, hold))).toBe('decision-missing')
    await tellOfLifting(ledger, log, officer, id, hold, 'Brev.')
    await liftRestriction(ledger, log, officer, id, hold)
    expect((await shown(own))[0]?.interaction?.text).toBe('Jag bor i Exempelstad.')
    expect(await code(liftRestriction(ledger, log, officer, id, hold))).toBe('state-conflict')
    expect(await restrictionsOf(ledger, log, id)).toMatchObject([{ toldOn: '2026-03-05' }])
  })

  it('is placed on nobody who is not linked to the case', async () => {
    const { id } = await planted('restriction')
    const stranger = { kind: 'subject', target: id, ground: 'accuracy' } as const
    expect(await code(restrict(ledger, log, officer, id, stranger))).toBe('not-found')
  })
})

describe('objection', () => {
  it('is decided with how it was weighed', async () => {
    const { id } = await planted('objection')
    const refuse = { type: 'Refuse', ground: 'compellingGrounds' } as const
    expect(await code(stepCase(ledger, log, officer, id, refuse))).toBe('decision-missing')
    const { state } = await stepCase(ledger, log, officer, id, refuse, 'Allmänintresset väger tyngre.')
    expect(state.status).toBe('refused')
  })
})

describe('recipients', () => {
  it('are listed with a letter each, and what was done about them is kept', async () => {
    const { id, own } = await planted('rectification')
    await recordDisclosure(ledger, log, officer, {
      recipient: { kind: 'police', organisation: 'Exempelmyndigheten' },
      ground: 'criminalReport',
      provision: 'OSL 10 kap. 24 §',
      purpose: 'Utredning',
      disclosedOn: '2026-03-01',
      objects: [own],
    })
    const { recipients } = await recipientsToTell(ledger, log, why, id)
    expect(recipients).toMatchObject([{ objects: 1 }])
    expect(recipients[0]?.letter).toContain('Till Exempelmyndigheten')
    const told = { disclosure: recipients[0]?.disclosure.id as string, outcome: 'impossible' } as const
    expect(await code(noteTelling(ledger, log, officer, id, told))).toBe('validation-failed')
    await noteTelling(ledger, log, officer, id, told, 'Myndigheten är nedlagd.')
    const after = await recipientsToTell(ledger, log, why, id)
    expect(after.recipients[0]?.outcome).toBe('impossible')
    const access = await openCase(ledger, log, officer, intake)
    expect(await code(recipientsToTell(ledger, log, why, access))).toBe('state-conflict')
  })
})

describe('portability', () => {
  it('says that a public task is no basis for it', async () => {
    const { id } = await planted('portability')
    const found = await portabilityOf(ledger, log, why, id)
    expect(found).toMatchObject({ applies: false, records: [] })
    expect(found.activities).toMatchObject([{ legalBasis: ['publicTask'], portable: false }])
  })

  it('gives what the person provided themselves where consent is the basis', async () => {
    const { id, channel, own } = await planted('portability')
    const document = {
      name: 'Nyhetsbrev i sociala medier',
      purposes: [{ term: 'communication' }],
      legalBasis: [{ term: 'consent' }],
      personalData: [{ term: 'name' }],
      recipients: [],
      transfers: [],
      status: 'published',
      scope: { channels: [channel] },
    }
    await recordCommand(ledger, log, { type: 'activity.declared', actor: officer, data: { document } })
    const found = await portabilityOf(ledger, log, why, id)
    expect(found.applies).toBe(true)
    expect(found.records).toMatchObject([{ id: own, content: { text: 'Jag bor i Exempelstad.' } }])
  })
})
