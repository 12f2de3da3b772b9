import { join } from 'node:path'
import type pg from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeCheckpoint, type SignerDeps } from '../../services/ledger/checkpoints.ts'
import { logIdentity } from '../../services/ledger/checkpoints-key.ts'
import { entryOf } from '../../services/ledger/header.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { verifyLog } from '../../services/ledger/verify.ts'
import { keptCheckpoint } from '../../services/ledger/verify-resume.ts'
import { testDatabases } from '../support/database.ts'
import { richHistory } from './history.ts'
import { testLedger } from './support.ts'

const databases = testDatabases()
let house: Awaited<ReturnType<typeof testLedger>>
let signing: SignerDeps
beforeAll(async () => {
  house = await testLedger(databases)
  const folder = join(databases.folder, 'journal/checkpoints')
  signing = { pool: databases.ledger('worker'), provider: house.provider, clock: house.clock, folder }
})

const byPosition = ['event', 'event_part', 'sealed_part', 'fact_digest']

/** As a superuser who has switched the triggers off and knows how everything hangs together. */
const tamper = <T>(work: (client: pg.Client) => Promise<T>) =>
  databases.asAdmin('ledger', async (client) => {
    await client.query('set session_replication_role = replica')
    return work(client)
  })

async function signedHistory(): Promise<Log> {
  const log = await richHistory(house)
  expect((await makeCheckpoint(signing, log)).kind).toBe('signed')
  return log
}

async function verified(log: Log) {
  const identity = logIdentity(house.provider, log)
  const kept = await keptCheckpoint(signing.folder, log, identity)
  const outside = kept === undefined ? [] : [kept]
  const report = await verifyLog(databases.ledger('worker'), log, identity, { sealed: true, outside })
  return report.findings.map(({ kind, position }) => [kind, position])
}

/** Rewrites an event's header, and entry and columns with it, so that the row is sound in itself. */
async function rewrite(
  client: pg.Client,
  log: Log,
  position: number,
  change: (header: string) => string,
  columns: string,
) {
  const { rows } = await client.query(
    'select header from ledger.event where controller_id = $1 and position = $2',
    [log.controller, position],
  )
  const header = change(rows[0].header as string)
  expect(header).not.toBe(rows[0].header)
  await client.query(
    `update ledger.event set header = $3, entry = $4, ${columns} where controller_id = $1 and position = $2`,
    [log.controller, position, header, entryOf(header)],
  )
}

/** Moves everything of a position elsewhere. */
async function move(client: pg.Client, log: Log, from: number, to: number) {
  for (const table of byPosition) {
    await client.query(
      `update ledger.${table} set position = $3 where controller_id = $1 and position = $2`,
      [log.controller, from, to],
    )
  }
}

describe('with every row made to fit, what was signed still tells', () => {
  it('says nothing of an honest history with duplicates, a purge and a sweep', async () => {
    expect(await verified(await signedHistory())).toEqual([])
  })

  it('finds an event that was changed', async () => {
    const log = await signedHistory()
    const change = (header: string) => header.replace(/"occurredOn":"\d{4}/, '"occurredOn":"2019')
    await tamper((client) =>
      rewrite(
        client,
        log,
        8,
        change,
        `occurred_on = make_date(2019, extract(month from occurred_on)::int, extract(day from occurred_on)::int)`,
      ),
    )
    expect(await verified(log)).toEqual([['log-forked', expect.anything()]])
  })

  it('finds an event that was dated back', async () => {
    const log = await signedHistory()
    const change = (header: string) => header.replace(/"recordedAt":"2026-11/, '"recordedAt":"2026-10')
    await tamper((client) =>
      rewrite(client, log, 0, change, `recorded_at = recorded_at - interval '31 days'`),
    )
    expect(await verified(log)).toEqual([['log-forked', expect.anything()]])
  })

  it('finds two events that changed places with all that belongs to them', async () => {
    const log = await signedHistory()
    await tamper(async (client) => {
      await move(client, log, 2, 1_000)
      await move(client, log, 3, 2)
      await move(client, log, 1_000, 3)
    })
    expect(await verified(log)).toContainEqual(['log-forked', expect.anything()])
  })

  it('finds an event that was taken out, the later ones moved up', async () => {
    const log = await signedHistory()
    await tamper(async (client) => {
      const { rows } = await client.query('select size from ledger.log_head where controller_id = $1', [
        log.controller,
      ])
      const size = Number(rows[0].size)
      for (const table of byPosition) {
        await client.query(`delete from ledger.${table} where controller_id = $1 and position = 2`, [
          log.controller,
        ])
      }
      for (let position = 3; position < size; position += 1) await move(client, log, position, position - 1)
      await client.query('update ledger.log_head set size = size - 1 where controller_id = $1', [
        log.controller,
      ])
    })
    expect(await verified(log)).toContainEqual(['log-truncated', expect.anything()])
  })

  it('finds an event that was put in between', async () => {
    const log = await signedHistory()
    await tamper(async (client) => {
      const { rows } = await client.query('select size from ledger.log_head where controller_id = $1', [
        log.controller,
      ])
      for (let position = Number(rows[0].size) - 1; position >= 4; position -= 1)
        await move(client, log, position, position + 1)
      await client.query(
        `insert into ledger.event select controller_id, 4, gen_random_uuid(), gen_random_uuid(), 1, type, channel_id, thread_id, capacity, occurred_on, recorded_at, header, entry
           from ledger.event where controller_id = $1 and position = 3`,
        [log.controller],
      )
      await client.query('update ledger.log_head set size = size + 1 where controller_id = $1', [
        log.controller,
      ])
    })
    const found = await verified(log)
    expect(found).toContainEqual(['column-altered', '4'])
    expect(found).toContainEqual(['log-forked', expect.anything()])
  })

  it('finds that everything was cut off, head and checkpoints too, by the file outside the database', async () => {
    const log = await signedHistory()
    await tamper(async (client) => {
      for (const table of [
        ...byPosition,
        'condemned',
        'tombstone',
        'identity',
        'subject',
        'subject_trait',
        'tile',
        'checkpoint',
      ]) {
        await client.query(`delete from ledger.${table} where controller_id = $1`, [log.controller])
      }
      await client.query('update ledger.log_head set size = 0 where controller_id = $1', [log.controller])
    })
    expect(await verified(log)).toEqual([['log-truncated', '0']])
  })
})
