import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { beforeAll, expect, it } from 'vitest'
import { answerFor } from '../../services/access/answer-for.ts'
import { filesOf, zipOf } from '../../services/access/files.ts'
import { checkOffline } from '../../services/commands/verify-offline.ts'
import { makeCheckpoint } from '../../services/ledger/checkpoints.ts'
import { logIdentity } from '../../services/ledger/checkpoints-key.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { as, declareHouse, people, record, why } from './support.ts'

const databases = testDatabases()
let house: Awaited<ReturnType<typeof testLedger>>
beforeAll(async () => {
  house = await testLedger(databases)
})

it('is proved by the person who got it, with the zip and the key of the log alone', async () => {
  const { ledger, provider, clock } = house
  const log = await newLog(ledger)
  const { channel } = await declareHouse(ledger, log)
  await record(ledger, log, channel, [
    { objectId: 'c1', persons: [as('author', people.vera)], text: 'Hej!' },
    { objectId: 'c2', persons: [as('author', people.vera)], text: 'Hej igen!' },
  ])
  const folder = join(databases.folder, 'journal/checkpoints')
  await makeCheckpoint({ pool: databases.ledger('worker'), provider, clock, folder }, log)
  const result = await answerFor(ledger, log, {
    ...why,
    identifiers: [{ platform: 'facebook', platformId: people.vera.platformId }],
    assurance: 'code',
    language: 'sv',
    today: '2026-11-23',
  })
  const path = join(databases.folder, 'svar.zip')
  await pipeline(zipOf(filesOf(ledger, log, result)), createWriteStream(path))
  const report = await checkOffline(path, { key: [logIdentity(provider, log).vkey] })
  expect(report).toMatchObject({ kind: 'access-answer', findings: [] })
  expect(report.checked).toContain('2 proofs against the checkpoint')
})
