import type pg from 'pg'
import { beforeAll, expect, it } from 'vitest'
import { withController } from '../../services/db/transaction.ts'
import { logIdentity } from '../../services/ledger/checkpoints-key.ts'
import { entryOf } from '../../services/ledger/header.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { verifyLog } from '../../services/ledger/verify.ts'
import { findings } from '../../services/ledger/verify-finding.ts'
import { checkKeys, checkMemories } from '../../services/ledger/verify-keys.ts'
import { readParts } from '../../services/ledger/verify-parts.ts'
import { partsThread } from '../../services/ledger/verify-parts-thread.ts'
import { checkSafeguards } from '../../services/ledger/verify-safeguards.ts'
import { testDatabases } from '../support/database.ts'
import { richHistory } from './history.ts'
import { newLog, testLedger } from './support.ts'

const databases = testDatabases()
let house: Awaited<ReturnType<typeof testLedger>>
beforeAll(async () => {
  house = await testLedger(databases)
})

/** What the keyring and the erasure journal have to say. */
async function keysVerified(log: Log) {
  const found = findings()
  const pool = databases.ledger('worker')
  const { keyring } = house.ledger
  const { rows } = await databases.asAdmin('ledger', (client) =>
    client.query('select size from ledger.log_head where controller_id = $1', [log.controller]),
  )
  await checkKeys(pool, keyring, log, found.report, { from: 0, size: Number(rows[0].size) })
  await checkMemories(pool, databases.keyring(), house.purge.journal, log, found.report)
  return found.list.map(({ kind, position }) => [kind, position])
}

async function verified(log: Log, role: 'worker' | 'auditor' = 'worker') {
  const identity = logIdentity(house.provider, log)
  const report = await verifyLog(databases.ledger(role), log, identity, { sealed: role === 'worker' })
  return report.findings.map(({ kind, position }) => [kind, position])
}

/** As somebody who is above every privilege and has switched the triggers off. */
const tamper = <T>(work: (client: pg.Client) => Promise<T>) =>
  databases.asAdmin('ledger', async (client) => {
    await client.query('set session_replication_role = replica')
    return work(client)
  })

/** A fresh history, tampered with by one statement of which $1 is the controller. */
async function after(sql: string, values: unknown[] = []): Promise<Log> {
  const log = await richHistory(house)
  const { rowCount } = await tamper((client) => client.query(sql, [log.controller, ...values]))
  expect(rowCount).toBeGreaterThan(0)
  return log
}

it('has nothing to say of an honest history with duplicates, a purge and a sweep', async () => {
  const log = await richHistory(house)
  expect(await verified(log)).toEqual([])
  expect(await verified(log, 'auditor')).toEqual([])
  expect(await keysVerified(log)).toEqual([])
})

it('has nothing to say of an empty log', async () => {
  expect(await verified(await newLog(house.ledger))).toEqual([])
})

it('names the event whose header was changed', async () => {
  const log = await after(
    `update ledger.event set header = replace(header, '"occurredOn":"2026', '"occurredOn":"2025') where controller_id = $1 and position = 3`,
  )
  expect(await verified(log)).toEqual([
    ['header-altered', '3'],
    ['column-altered', '3'],
  ])
})

it.each([
  ['type', `type = 'interaction.hidden'`],
  ['channel_id', 'channel_id = event_id'],
  ['thread_id', 'thread_id = event_id'],
  ['capacity', `capacity = 'private'`],
  ['occurred_on', `occurred_on = occurred_on - 1`],
  ['stream_id', 'stream_id = event_id'],
  ['event_id', 'event_id = stream_id'],
])('names the column %s that was changed beside its header', async (_, change) => {
  const log = await after(`update ledger.event set ${change} where controller_id = $1 and position = 2`)
  expect(await verified(log)).toContainEqual(['column-altered', '2'])
})

it('names an event that was taken out', async () => {
  const log = await after('delete from ledger.event where controller_id = $1 and position = 4')
  const found = await verified(log)
  expect(found[0]).toEqual(['event-missing', '4'])
  const consequences = ['part-surplus', 'stream-broken', 'fact-surplus', 'certificate-altered']
  expect(found.slice(1).every(([kind]) => consequences.includes(kind ?? ''))).toBe(true)
})

it('names two events that changed places', async () => {
  const log = await after(
    `update ledger.event set position = case position when 2 then -1 else 2 end where controller_id = $1 and position in (2, 5)`.replace(
      '-1',
      '1000000',
    ),
  )
  await tamper((client) =>
    client.query('update ledger.event set position = 5 where controller_id = $1 and position = 1000000', [
      log.controller,
    ]),
  )
  const found = await verified(log)
  expect(found).toContainEqual(['part-row-altered', '2'])
  expect(found).toContainEqual(['part-row-altered', '5'])
})

it('names an event that was put in at the end behind the head', async () => {
  const log = await after(
    `insert into ledger.event select controller_id, size, gen_random_uuid(), gen_random_uuid(), 1, type, channel_id, thread_id, capacity, occurred_on, recorded_at, header, entry
       from ledger.event join ledger.log_head using (controller_id) where controller_id = $1 and position = 3`,
  )
  expect((await verified(log)).map(([kind]) => kind)).toEqual(['event-surplus'])
})

it('names an event that was put in together with the head', async () => {
  const log = await richHistory(house)
  const size = await tamper(async (client) => {
    await client.query(
      `insert into ledger.event select controller_id, size, gen_random_uuid(), gen_random_uuid(), 1, type, channel_id, thread_id, capacity, occurred_on, recorded_at, header, entry
         from ledger.event join ledger.log_head using (controller_id) where controller_id = $1 and position = 3`,
      [log.controller],
    )
    const { rows } = await client.query(
      'update ledger.log_head set size = size + 1 where controller_id = $1 returning size - 1 as at',
      [log.controller],
    )
    return rows[0].at as string
  })
  const kinds = (await verified(log)).filter(([, position]) => position === size).map(([kind]) => kind)
  expect(kinds).toContain('column-altered')
  expect(kinds).toContain('part-row-altered')
  expect(kinds).toContain('time-backwards')
})

it('names an event that was dated back, also with a header that fits', async () => {
  const log = await richHistory(house)
  await tamper(async (client) => {
    const { rows } = await client.query(
      'select header from ledger.event where controller_id = $1 and position = 7',
      [log.controller],
    )
    const header = (rows[0].header as string).replace(/"recordedAt":"2026-11/, '"recordedAt":"2026-10')
    await client.query(
      `update ledger.event set header = $2, entry = $3, recorded_at = recorded_at - interval '1 month' where controller_id = $1 and position = 7`,
      [log.controller, header, entryOf(header)],
    )
  })
  const found = await verified(log)
  expect(found).toContainEqual(['time-backwards', '7'])
})

it('says that the end was cut off', async () => {
  const log = await after('delete from ledger.event where controller_id = $1 and position > 20')
  const found = await verified(log)
  expect(found.filter(([kind]) => kind === 'event-missing')[0]).toEqual(['event-missing', '21'])
})

it('names a part whose ciphertext was changed, exchanged or taken away', async () => {
  const changed = await after(
    `update ledger.sealed_part set ciphertext = set_byte(ciphertext, 20, get_byte(ciphertext, 20) # 1) where controller_id = $1 and position = 8 and ordinal = 0`,
  )
  expect(await verified(changed)).toEqual([['part-altered', '8']])
  const taken = await after(
    'delete from ledger.sealed_part where controller_id = $1 and position = 8 and ordinal = 0',
  )
  expect(await verified(taken)).toEqual([['part-missing', '8']])
  const added = await after(
    'insert into ledger.sealed_part select controller_id, position, 9::smallint, ciphertext, commitment from ledger.sealed_part where controller_id = $1 and position = 8 and ordinal = 0',
  )
  expect(await verified(added)).toEqual([['part-surplus', '8']])
})

it('reads parts in a thread of its own as it does without one, and hears what that finds', async () => {
  const log = await after(
    `update ledger.sealed_part set ciphertext = ciphertext || '\\x00' where controller_id = $1 and position = 8`,
  )
  const pool = databases.ledger('worker')
  const [near, far] = [findings(), findings()]
  const here = await withController(pool, log.controller, (tx) =>
    readParts(tx, log.controller, 0, 20, true, near.report),
  )
  const url = pool.options.connectionString as string
  const thread = partsThread({ url, controller: log.controller, sealed: true }, far.report)
  const there = await thread.read(0, 20)
  await expect(thread.read(20, 0)).rejects.toThrow()
  await thread.close()
  const length = here.ends[19]
  expect(there.bytes.subarray(0, length)).toEqual(here.bytes.subarray(0, length))
  expect([there.ends, there.unsealed]).toEqual([here.ends, here.unsealed])
  expect(far.list.map(({ kind, position }) => [kind, position])).toContainEqual(['part-altered', '8'])
  expect(far.list).toEqual(near.list)
})

it('names a part row that points to somebody else', async () => {
  const log = await after(
    'update ledger.event_part set subject_id = gen_random_uuid() where controller_id = $1 and position = 8 and ordinal = 0',
  )
  expect(await verified(log)).toEqual([
    ['part-row-altered', '8'],
    ['subject-altered', '8'],
  ])
})

it('is not deceived by a condemnation that no intent has named', async () => {
  const log = await after(
    `insert into ledger.condemned select $1, stream_id, 0, now() from ledger.event where controller_id = $1 and position = 4`,
  )
  await tamper((client) =>
    client.query('delete from ledger.sealed_part where controller_id = $1 and position = 4', [
      log.controller,
    ]),
  )
  const found = await verified(log)
  expect(found).toContainEqual(['part-missing', '4'])
  expect(found).toContainEqual(['condemnation-altered', '0'])
})

it('says that a condemnation was taken back or what was destroyed put back', async () => {
  const freed = await after('delete from ledger.condemned where controller_id = $1')
  const kinds = new Set((await verified(freed)).map(([kind]) => kind))
  expect(kinds).toEqual(
    new Set(['condemnation-altered', 'certificate-altered', 'part-missing', 'fact-missing']),
  )
  const back = await after(
    `insert into ledger.sealed_part
       select p.controller_id, p.position, p.ordinal, decode('00', 'hex'), p.digest
       from ledger.condemned c join ledger.event e on e.controller_id = $1 and e.stream_id = c.object_id
       join ledger.event_part p on p.controller_id = $1 and p.position = e.position
      where c.controller_id = $1 and c.executed_at is not null`,
  )
  expect(new Set((await verified(back)).map(([kind]) => kind))).toEqual(
    new Set(['part-altered', 'part-not-destroyed']),
  )
})

it('names tombstones of what was no purge', async () => {
  const log = await after(`insert into ledger.tombstone values ($1, '\\x00', 0)`)
  expect(await verified(log)).toEqual([['tombstone-altered', '0']])
})

const oneFact = '(select min(position) from ledger.fact_digest where controller_id = $1)'

it.each([
  [
    'fact-missing',
    'a lost fact',
    `delete from ledger.fact_digest where controller_id = $1 and position = ${oneFact}`,
  ],
  [
    'fact-surplus',
    'a strange fact',
    `update ledger.fact_digest set position = 999 where controller_id = $1 and position = ${oneFact}`,
  ],
  [
    'digest-not-destroyed',
    'the platform id of what was purged',
    `insert into ledger.identity select $1, uuid_send(object_id), 'object', object_id from ledger.condemned where controller_id = $1`,
  ],
  [
    'identity-altered',
    'a platform id that names nobody',
    'delete from ledger.subject where controller_id = $1',
  ],
  [
    'identity-altered',
    'two platform ids of one object',
    `update ledger.identity set id = (select id from ledger.identity where controller_id = $1 and kind = 'object' limit 1) where controller_id = $1 and kind = 'object'`,
  ],
  ['subject-altered', 'a lost person', 'delete from ledger.subject where controller_id = $1'],
  [
    'subject-altered',
    'a person erased by nothing',
    'update ledger.subject set erased_position = 999 where controller_id = $1',
  ],
  [
    'subject-altered',
    'a trait of nobody',
    'update ledger.subject_trait set subject_id = gen_random_uuid() where controller_id = $1',
  ],
])('says %s of %s beside the log', async (kind, _, sql) => {
  const log = await after(sql)
  expect((await verified(log)).map(([found]) => found)).toContain(kind)
})

it('names what the log forgot of a purge, and the event whose key is another or none', async () => {
  const forgotten = await after('delete from ledger.tombstone where controller_id = $1')
  expect(new Set((await keysVerified(forgotten)).map(([kind]) => kind))).toEqual(
    new Set(['tombstone-altered']),
  )
  const log = await richHistory(house)
  await databases.asAdmin('keyring', async (client) => {
    const { rows } = await databases.asAdmin('ledger', (ledger) =>
      ledger.query(
        'select event_id from ledger.event where controller_id = $1 and position in (8, 9) order by position',
        [log.controller],
      ),
    )
    await client.query('delete from keyring.record_key where controller_id = $1 and event_id = $2', [
      log.controller,
      rows[0].event_id,
    ])
    await client.query('delete from keyring.tombstone where controller_id = $1', [log.controller])
  })
  const found = await keysVerified(log)
  expect(found).toContainEqual(['key-missing', '8'])
  expect(found.map(([kind]) => kind)).toContain('tombstone-altered')
})

it('finds the safeguards of both databases as they were shipped', async () => {
  const found = findings()
  await checkSafeguards(databases.ledger('auditor'), 'ledger', found.report)
  await checkSafeguards(databases.keyring(), 'keyring', found.report)
  expect(found.list).toEqual([])
})

it.each([
  [
    'function ledger.refuse_change() is not the shipped one',
    `create or replace function ledger.refuse_change() returns trigger language plpgsql as 'begin return null; end'`,
  ],
  [
    'trigger ledger.event append_only is not the shipped one',
    'alter table ledger.event disable trigger append_only',
  ],
  ['table ledger.event is not the shipped one', 'alter table ledger.event no force row level security'],
  ['table ledger.tile is not the shipped one', 'drop policy own_controller on ledger.tile'],
  ['table ledger.checkpoint is not the shipped one', 'create policy more on ledger.checkpoint using (true)'],
  [
    'function ledger.more() was never shipped',
    `create function ledger.more() returns int language sql as 'select 1'`,
  ],
])('says of a safeguard that %s', async (what, change) => {
  const found = findings()
  await databases.asAdmin('ledger', async (client) => {
    await client.query('begin')
    await client.query(change)
    // Seen from inside the transaction, so that the other tests never meet it.
    const pool = { connect: async () => Object.assign(client, { release: () => {} }) } as unknown as pg.Pool
    await checkSafeguards(pool, 'ledger', found.report)
    await client.query('rollback')
  })
  expect(found.list).toContainEqual({ kind: 'safeguard-altered', position: null, what: `ledger: ${what}` })
})
