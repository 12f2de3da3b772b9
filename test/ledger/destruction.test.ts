import { beforeAll, expect, inject, it } from 'vitest'
import { filesWith, formsOf, keyCopies } from '../../services/demo/evidence.ts'
import { RetentionRule } from '../../services/events/retention-rule.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Ledger, Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { orderPurge } from '../../services/retention/order.ts'
import { executePurge, type PurgeDeps } from '../../services/retention/purge.ts'
import { sweep } from '../../services/retention/sweep.ts'
import { testDatabases } from '../support/database.ts'
import { commentDraft, newLog, testLedger } from './support.ts'

// G4 and G5 on the bytes themselves: what lies in heap files, WAL segments and the server's log.

const databases = testDatabases()
let ledger: Ledger
let purge: PurgeDeps
let clock: Awaited<ReturnType<typeof testLedger>>['clock']
beforeAll(async () => {
  ;({ ledger, purge, clock } = await testLedger(databases))
})

const planted = 'Ropa hälsningen över Ängsby ån åtta gånger'
const name = 'Åskådlig Öhypsdotter'
const dataDir = inject('database').dataDir

/** Where the keyring's rows can lie: its database's files and the cluster's WAL. */
const keyFiles = async () => {
  const oid = await databases.asAdmin('keyring', async (client) => {
    const { rows } = await client.query<{ oid: string }>(
      'select oid::text from pg_database where datname = current_database()',
    )
    return rows[0]?.oid
  })
  return [`${dataDir}/base/${oid}`, `${dataDir}/pg_wal`]
}

const checkpoint = () => databases.asAdmin('ledger', (client) => client.query('checkpoint'))

async function eventIds(log: Log): Promise<string[]> {
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ event_id: string }>(
      "select event_id from ledger.event where controller_id = $1 and type like 'interaction.%' order by position",
      [log.controller],
    )
    return rows.map((row) => row.event_id)
  })
}

const epochKeys = async () => {
  const keys = new Map<number, Buffer>()
  for (let epoch = 1; epoch < 10; epoch += 1) {
    if ((await ledger.provider.epochState(epoch)) === 'live')
      keys.set(epoch, await ledger.provider.epochKey(epoch))
  }
  return keys
}

it('finds a text in each of the forms in which it could leak', () => {
  for (const form of formsOf(planted)) {
    expect(Buffer.concat([Buffer.from('xy'), form, Buffer.from('z')]).includes(form)).toBe(true)
  }
  const inside = Buffer.from(`abc${planted}def`).toString('base64')
  expect(formsOf(planted).some((form) => Buffer.from(inside).includes(form))).toBe(true)
})

it.skipIf(dataDir === undefined)(
  'writes what a person wrote and is called into no file in the clear',
  async () => {
    const log = await newLog(ledger)
    await ledger.writer(log).append([
      commentDraft('planted', {
        text: planted,
        persons: [{ role: 'author', platformId: 'planterad-1', displayName: name, handle: 'oskadlig_ohyp' }],
      }),
    ])
    await checkpoint()
    for (const text of [planted, name, 'oskadlig_ohyp', 'planterad-1']) {
      const { files, hits } = filesWith([dataDir as string, databases.folder], text)
      expect(files).toBeGreaterThan(100)
      expect(hits).toBe(0)
    }
  },
)

it.skipIf(dataDir === undefined).each(['contiguous', 'scattered'] as const)(
  'leaves after the sweep no copy of a destroyed key that opens anything (%s purge)',
  async (kind) => {
    const log = await newLog(ledger)
    const document = RetentionRule.parse({
      name: 'Regel',
      recordType: 'Kommentar',
      action: 'destroy',
      period: 'P1Y',
      start: 'occurred',
      decision: { body: 'Kommunstyrelsen', reference: 'KS 1', date: '2026-01-15', wording: 'Gallras.' },
      validFrom: '2026-01-01',
    })
    await recordCommand(ledger, log, {
      type: 'rule.declared',
      expectedVersion: 0,
      actor: { name: 'archivist' },
      data: { document },
    })
    const isOld = (n: number) => (kind === 'contiguous' ? n < 60 : n % 3 === 0)
    await ledger.writer(log).append(
      Array.from({ length: 180 }, (_, n) =>
        commentDraft(`${kind}-${n}`, {
          occurredAt: isOld(n) ? '2020-01-01T12:00:00Z' : '2026-11-01T12:00:00Z',
        }),
      ),
    )
    const all = await eventIds(log)
    const old = all.filter((_, n) => isOld(n))
    const id = await orderPurge(ledger, log, 'archivist', '2026-11-23')
    expect(await executePurge(purge, log, id, 'archivist')).toMatchObject({ objects: 60 })
    await checkpoint()
    const before = keyCopies(await keyFiles(), log.controller, old, await epochKeys())
    // The danger is real: deleted rows still lie in pages and WAL, and until the sweep they open.
    expect(before.opened).toBeGreaterThanOrEqual(60)
    clock.advance({ seconds: 60 })
    await sweep(ledger, 'job:sweep')
    await checkpoint()
    const after = keyCopies(await keyFiles(), log.controller, old, await epochKeys())
    expect(after.opened).toBe(0)
    const survivors = await ledger.keyring.recordSecrets(log.controller, all)
    expect(survivors.size).toBe(120)
  },
)
