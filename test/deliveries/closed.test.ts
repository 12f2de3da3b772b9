import { beforeAll, expect, it } from 'vitest'
import { ingestOne } from '../../services/interactions/ingest.ts'
import { channelDirectory } from '../../services/interactions/ingest-channels.ts'
import type { Ledger } from '../../services/ledger/ledger.ts'
import type { Candidate, Translated } from '../../services/sources/source.ts'
import { comment, newLog, testLedger } from '../ledger/support.ts'
import { testDatabases } from '../support/database.ts'
import { take } from './fixtures.ts'
import { eventsOf, newChannel } from './support.ts'

const databases = testDatabases()
let ledger: Ledger
beforeAll(async () => {
  ;({ ledger } = await testLedger(databases))
})

const closedOn = '2026-03-05'
const lastSecond = '2026-03-05T23:59:59+01:00'
const nextDay = '2026-03-06T00:00:00+01:00'

function item(objectId: string, more: Partial<Candidate>): Translated {
  const interaction: Candidate = { objectId, verb: 'commented', occurredAt: lastSecond, text: 'Hej', ...more }
  return { kind: 'interaction', interaction }
}

it('refuses what happened after the last day of a channel, and says which day that was', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, { closedOn })
  const deps = { ledger, channels: channelDirectory(ledger) }
  const at = (occurredAt: string) =>
    ingestOne(deps, log, { interaction: { ...comment(occurredAt), channel, occurredAt } })
  expect((await at(lastSecond)).repeated).toBe(false)
  await expect(at(nextDay)).rejects.toMatchObject({
    code: 'validation-failed',
    violations: [{ pointer: '/occurredAt', reason: expect.stringContaining(closedOn) }],
  })
})

it('counts what a delivery brings from after the last day as rejected and takes the rest', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, { closedOn })
  const counts = await take(ledger, log, channel, [
    item('1', {}),
    item('2', { occurredAt: nextDay }),
    item('3', { occurredAt: nextDay, basis: 'observed' }),
  ])
  expect(counts).toMatchObject({ read: 3, recorded: 2, rejected: 1 })
  expect(await eventsOf(ledger, log)).toHaveLength(2)
})

it('counts all of a delivery that comes from after the last day', async () => {
  const log = await newLog(ledger)
  const channel = await newChannel(ledger, log, { closedOn })
  const counts = await take(ledger, log, channel, [item('1', { occurredAt: nextDay })])
  expect(counts).toMatchObject({ read: 1, recorded: 0, rejected: 1 })
})
