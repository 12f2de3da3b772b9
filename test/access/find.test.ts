import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { linkSubject, unlinkSubject } from '../../services/access/case-links.ts'
import { openCase } from '../../services/access/case-steps.ts'
import { findPersons } from '../../services/access/find.ts'
import { compareNames, spellingsOf } from '../../services/access/find-spelling.ts'
import type { Identifier } from '../../services/access/identifiers.ts'
import { compileCase } from '../../services/access/package.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { as, declareHouse, officer, record, why } from './support.ts'

const databases = testDatabases()
let ledger: Ledger
let log: Log
let channel: string

beforeAll(async () => {
  ;({ ledger } = await testLedger(databases, '2026-03-05T10:00:00Z'))
  log = await newLog(ledger)
  ;({ channel } = await declareHouse(ledger, log))
  const by = (platformId: string, displayName: string, handle?: string) => [
    as('author', { platformId, displayName, ...(handle && { handle }) }),
  ]
  await record(ledger, log, channel, [
    { objectId: 'k1', persons: by('9001', 'Kristina Åkerström-Lind', 'kristinal'), text: 'Ett.' },
    { objectId: 'k2', persons: by('9002', 'Anders Exempelsson'), text: 'Två.' },
    { objectId: 'k3', persons: by('9003', 'Anders Exempelsson'), text: 'Tre.' },
    { objectId: 'k4', persons: by('9004', 'Örjan Öberg', 'orjan_gammal'), text: 'Fyra.' },
    { objectId: 'k5', persons: by('9004', 'Örjan Öberg', 'orjan_ny'), text: 'Fem.' },
    { objectId: 'k6', persons: by('9005', 'Berit Nilsdotter', '46701740605'), text: 'Sex.' },
    ...[1, 2, 3, 4, 5].map((n) => ({
      objectId: `m${n}`,
      persons: by(`95${n}`, 'Mångfald Mattsson', `mangfald${n}`),
      text: `Konto ${n}.`,
    })),
  ])
})

const find = async (...identifiers: Identifier[]) =>
  (await findPersons(ledger, log, why, identifiers)).candidates
const named = (displayName: string) => find({ displayName })

describe('finding by name', () => {
  it.each([
    ['in other letters', 'KRISTINA AKERSTROM LIND', 'name'],
    ['in another order', 'Lind Åkerström, Kristina', 'name'],
    ['as a double name without its hyphen', 'Kristina Åkerström Lind', 'name'],
    ['with another spelling', 'Christina Åkerström-Lind', 'nameSpelling'],
    ['but for a letter', 'Kristina Åkerstrom-Lindh', 'nameSpelling'],
    ['in part', 'Kristina Åkerström', 'namePart'],
  ] as const)('proposes somebody written %s', async (_how, name, reason) => {
    const [best] = await named(name)
    expect(best).toMatchObject({ match: 'proposed', reasons: [reason], records: 1 })
  })

  it('is surer of what agrees more', async () => {
    const confidence = async (name: string) => (await named(name))[0]?.confidence ?? 0
    const [whole, spelled, part] = await Promise.all(
      ['Kristina Åkerström-Lind', 'Christina Åkerström-Lind', 'Kristina'].map(confidence),
    )
    expect(whole).toBeGreaterThan(spelled as number)
    expect(spelled).toBeGreaterThan(part as number)
  })

  it('proposes two people of one name alike, and decides for neither', async () => {
    const found = await named('Anders Exempelsson')
    expect(found).toHaveLength(2)
    expect(new Set(found.map((it) => `${it.match} ${it.confidence}`))).toEqual(new Set(['proposed 0.5']))
  })

  it('does not propose who is called something else', async () => {
    expect(await named('Urban Utomstående')).toEqual([])
  })
})

describe('finding by other things', () => {
  it('knows a handle that somebody has left', async () => {
    const [former] = await find({ handle: '@orjan_gammal' })
    const [now] = await find({ handle: 'orjan_ny' })
    expect(former).toMatchObject({ reasons: ['handle'], records: 2, subject: now?.subject })
  })

  it('proposes a handle with a letter wrong, less surely', async () => {
    const [right] = await find({ handle: 'kristinal' })
    const [wrong] = await find({ handle: 'kristinall' })
    expect(wrong).toMatchObject({ subject: right?.subject, reasons: ['handleSpelling'] })
    expect(wrong?.confidence).toBeLessThan(right?.confidence ?? 0)
  })

  it.each(['070-174 06 05', '+46 (0)70 174 06 05', '0046701740605'])(
    'finds a number that is a handle, written %s',
    async (phone) => {
      expect(await find({ phone })).toMatchObject([{ reasons: ['handle'], records: 1 }])
    },
  )

  it('finds nobody of another controller', async () => {
    const other = await newLog(ledger)
    const { candidates } = await findPersons(ledger, other, why, [{ displayName: 'Anders Exempelsson' }])
    expect(candidates).toEqual([])
  })
})

describe('one person with five accounts', () => {
  it('is answered for all that are linked, and no longer for one that was split off', async () => {
    const accounts = await named('Mångfald Mattsson')
    expect(accounts).toHaveLength(5)
    const intake = {
      arrivedOn: '2026-03-05',
      arrival: 'email',
      language: 'sv',
      reviewRequired: false,
    } as const
    const id = await openCase(ledger, log, officer, intake)
    for (const { subject } of accounts) {
      await linkSubject(ledger, log, officer, id, { subject, assurance: 'code' })
    }
    const whole = await compileCase(ledger, log, why, id, 'sv')
    expect(whole.answer.accounts).toHaveLength(5)
    expect(whole.answer.confirmation.records).toBe(5)
    await unlinkSubject(ledger, log, officer, id, accounts[0]?.subject as string)
    const split = await compileCase(ledger, log, why, id, 'sv')
    expect(split.answer.confirmation.records).toBe(4)
  })
})

describe('spellings', () => {
  it('hold every word that is one letter away', () => {
    const word = fc.stringMatching(/^[a-z]{4,12}$/)
    fc.assert(
      fc.property(word, fc.nat(11), fc.stringMatching(/^[a-z]$/), (it, at, letter) => {
        const cut = at % it.length
        const changed = [
          it.slice(0, cut) + it.slice(cut + 1),
          it.slice(0, cut) + letter + it.slice(cut),
          it.slice(0, cut) + letter + it.slice(cut + 1),
        ].filter((other) => other !== it)
        const spellings = new Set(spellingsOf(it))
        return changed.every((other) => spellings.has(other)) && !spellings.has(it)
      }),
    )
  })

  it('compare names alike whatever the order of their words', () => {
    const words = fc.array(fc.constantFrom('anna', 'maria', 'lind', 'åkesson', 'berg'), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(words, (list) => {
        const backwards = list.toReversed().join('-')
        return compareNames(list.join(' '), backwards)?.reason === 'name'
      }),
    )
  })
})
