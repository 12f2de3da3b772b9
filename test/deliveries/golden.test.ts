import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { Ledger } from '../../services/ledger/ledger.ts'
import { newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { downloadFile, downloads, factsOf, postedBodies, take, translated } from './fixtures.ts'
import { importing, newChannel } from './support.ts'

const databases = testDatabases()
let ledger: Ledger
beforeAll(async () => {
  ;({ ledger } = await testLedger(databases))
})

/** Written with WRITE_GOLDEN=1 and read by people: what stands in the log after each file. */
const path = join(import.meta.dirname, '../fixtures/expected/deliveries.json')
const golden = JSON.parse(readFileSync(path, 'utf8')) as Record<string, { counts: object; facts: string[] }>

function compare(name: string, found: { counts: object; facts: string[] }): void {
  if (process.env['WRITE_GOLDEN'] === '1') {
    golden[name] = found
    const sorted = Object.fromEntries(Object.entries(golden).sort(([a], [b]) => (a < b ? -1 : 1)))
    writeFileSync(path, `${JSON.stringify(sorted, null, 1)}\n`)
  }
  expect(found).toEqual(golden[name])
}

const some = (counts: object) => Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))

test.each(downloads)('the download %s stands in the log as it is written down', async (name, platform) => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, { platform })
  const { counts } = await importing(ledger, log, channel, downloadFile(name))
  compare(name, { counts: some(counts), facts: await factsOf(ledger, log, [channel]) })
})

test.each(postedBodies)('the posted %s stands in the log as it is written down', async (name, platform) => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, { platform })
  const counts = await take(ledger, log, channel, translated(name, platform))
  compare(name, { counts: some(counts), facts: await factsOf(ledger, log, [channel]) })
})
