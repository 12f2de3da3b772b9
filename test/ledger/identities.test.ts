import { beforeAll, expect, it } from 'vitest'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { stableIdentity } from '../../services/subjects/identify.ts'
import { testDatabases } from '../support/database.ts'
import { commentDraft, newLog, testLedger } from './support.ts'

const databases = testDatabases()
let ledger: Ledger
beforeAll(async () => {
  ;({ ledger } = await testLedger(databases))
})

const traitsIn = (log: Log) =>
  reading(ledger, log, async (tx) => {
    const { rows } = await tx.query('select kind from ledger.subject_trait where controller_id = $1', [
      log.controller,
    ])
    return rows.length
  })

it('finds a person by a new handle that first came with a repeated fact', async () => {
  const log = await newLog(ledger)
  const writer = ledger.writer(log)
  const renamed = {
    persons: [
      {
        role: 'author' as const,
        platformId: 'p-1',
        displayName: 'Exempla Exempelsson',
        handle: 'nytt_handtag',
      },
    ],
  }
  await writer.append([commentDraft('c-1')])
  const before = await traitsIn(log)
  expect((await writer.append([commentDraft('c-1', renamed)]))[0]?.kind).toBe('duplicate')
  await writer.append([commentDraft('c-2', renamed)])
  expect(await traitsIn(log)).toBe(before + 1)
})

const verified = (email: string) => stableIdentity('wordpress', { email, emailVerified: true })

it.each([
  ["a diacritic's difference", 'åsa.exempel@example.org', 'asa.exempel@example.org'],
  ['a sign', 'exempel+ett@example.org', "exempel'ett@example.org"],
])('takes two verified addresses that are told apart by %s for two persons', (_, one, other) => {
  expect(verified(one)).not.toBe(verified(other))
})

it('takes a verified address for the same in capitals and in either Unicode form', () => {
  expect(verified('ÅSA@Example.org')).toBe(verified('a\u030Asa@example.org'))
})
