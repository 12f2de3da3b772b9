import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { acceptedRestores, makeCheckpoint, type SignerDeps } from '../../services/ledger/checkpoints.ts'
import { identityOf, openOwn } from '../../services/ledger/checkpoints-key.ts'
import { newestCheckpoint } from '../../services/ledger/checkpoints-read.ts'
import { acceptRestore, reportRestore, rotateLogKey } from '../../services/ledger/checkpoints-restore.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { openCheckpoint } from '../../services/ledger/tree/checkpoint.ts'
import { logVerifier, parseVkey } from '../../services/ledger/tree/note-key.ts'
import { verifyLog } from '../../services/ledger/verify.ts'
import { keptCheckpoint } from '../../services/ledger/verify-resume.ts'
import { testDatabases } from '../support/database.ts'
import { commentDraft, newLog, testLedger } from './support.ts'

const databases = testDatabases()
let house: Awaited<ReturnType<typeof testLedger>>
let signing: SignerDeps
beforeAll(async () => {
  house = await testLedger(databases)
  const folder = join(databases.folder, 'journal/checkpoints')
  signing = { pool: databases.ledger('worker'), provider: house.provider, clock: house.clock, folder }
})

const reporter = { name: 'driften' }
const registrar = { name: 'registrator' }

let written = 0
async function grow(log: Log, events: number): Promise<void> {
  const drafts = Array.from({ length: events }, () => {
    written += 1
    return commentDraft(`r-${written}`)
  })
  await house.ledger.writer(log).append(drafts)
}

/** What an honest restore of a backup leaves of a log that had `size` events when it was taken. */
const restore = (log: Log, size: number) =>
  databases.asAdmin('ledger', async (client) => {
    await client.query('set session_replication_role = replica')
    for (const table of ['event', 'event_part', 'sealed_part', 'fact_digest']) {
      await client.query(`delete from ledger.${table} where controller_id = $1 and position >= $2`, [
        log.controller,
        size,
      ])
    }
    await client.query('delete from ledger.checkpoint where controller_id = $1 and size > $2', [
      log.controller,
      size,
    ])
    await client.query('update ledger.log_head set size = $2 where controller_id = $1', [
      log.controller,
      size,
    ])
  })

const identity = (log: Log) => reading(house.ledger, log, (tx) => identityOf(tx, house.provider, log))
const newest = (log: Log) => reading(house.ledger, log, (tx) => newestCheckpoint(tx, log.controller))

async function verified(log: Log) {
  const own = await identity(log)
  const kept = await keptCheckpoint(signing.folder, log, own)
  const outside = kept === undefined ? [] : [kept]
  const report = await verifyLog(databases.ledger('worker'), log, own, { sealed: true, outside })
  return report.findings
}

/** Signed at 5 and at 9 events, then restored to how it was at 5 and gone on otherwise. */
async function restoredLog(): Promise<Log> {
  const log = await newLog(house.ledger)
  for (const events of [5, 4]) {
    await grow(log, events)
    expect((await makeCheckpoint(signing, log)).kind).toBe('signed')
  }
  await restore(log, 5)
  await grow(log, 6)
  expect(await makeCheckpoint(signing, log)).toEqual({ kind: 'refused', reason: 'forked' })
  return log
}

it('signs a restored log again as a new series once two persons have said so, and keeps what it left behind', async () => {
  const log = await restoredLog()
  const file = join(signing.folder, log.slug)
  const before = readFileSync(file)
  const step = await reportRestore(house.ledger, log, signing.folder, reporter, 'Disken gick sönder')
  expect(step).toEqual({ step: 'reported', keptSize: 9, size: 11, series: 2 })
  expect((await makeCheckpoint(signing, log)).kind).toBe('refused')
  await acceptRestore(house.ledger, log, signing.folder, registrar)
  expect(await makeCheckpoint(signing, log)).toEqual({ kind: 'signed', size: 13 })
  expect(readFileSync(`${file}.before-series-2`)).toEqual(before)
  const own = await identity(log)
  expect(own.origin).toBe(`${own.earlier[0]?.origin}/2`)
  expect(openOwn((await newest(log)).note, own)).toMatchObject({ origin: own.origin, size: 13 })
  expect(await verified(log)).toEqual([])
  expect(await acceptedRestores(databases.ledger('api'))).toContainEqual({ slug: log.slug, restores: 1 })
  await grow(log, 3)
  expect(await makeCheckpoint(signing, log)).toEqual({ kind: 'signed', size: 16 })
  expect(await verified(log)).toEqual([])
})

it('puts the checkpoint that was left behind under the tree, word for word', async () => {
  const log = await restoredLog()
  const note = readFileSync(join(signing.folder, log.slug), 'utf8')
  await reportRestore(house.ledger, log, signing.folder, reporter, 'Disken gick sönder')
  await acceptRestore(house.ledger, log, signing.folder, registrar)
  const { rows } = await databases.asAdmin('ledger', (client) =>
    client.query(
      `select header::jsonb -> 'data' ->> 'keptNote' as note from ledger.event where controller_id = $1 and type = 'checkpoint.restore-accepted'`,
      [log.controller],
    ),
  )
  expect(rows).toEqual([{ note }])
})

it('is not accepted by who reported it, nor before anybody has, nor where nothing was refused', async () => {
  const log = await restoredLog()
  const accept = (actor: typeof reporter) => acceptRestore(house.ledger, log, signing.folder, actor)
  await expect(accept(registrar)).rejects.toMatchObject({ code: 'state-conflict' })
  await reportRestore(house.ledger, log, signing.folder, reporter, 'Disken gick sönder')
  await expect(accept(reporter)).rejects.toMatchObject({ code: 'four-eyes-required' })
  const again = reportRestore(house.ledger, log, signing.folder, registrar, 'Disken gick sönder')
  await expect(again).rejects.toMatchObject({ code: 'state-conflict' })
  const sound = await newLog(house.ledger)
  await grow(sound, 1)
  await makeCheckpoint(signing, sound)
  await expect(reportRestore(house.ledger, sound, signing.folder, reporter, 'x')).rejects.toMatchObject({
    code: 'state-conflict',
  })
})

it('does not let another loss pass under the word that was given for one', async () => {
  const log = await restoredLog()
  await reportRestore(house.ledger, log, signing.folder, reporter, 'Disken gick sönder')
  await acceptRestore(house.ledger, log, signing.folder, registrar)
  await makeCheckpoint(signing, log)
  await restore(log, 12)
  await grow(log, 3)
  expect((await makeCheckpoint(signing, log)).kind).toBe('refused')
  const step = await reportRestore(house.ledger, log, signing.folder, reporter, 'En gång till')
  expect(step.series).toBe(3)
  await acceptRestore(house.ledger, log, signing.folder, registrar)
  expect((await makeCheckpoint(signing, log)).kind).toBe('signed')
  expect((await identity(log)).series).toBe(3)
})

it('goes on after the signer lost its file, when two persons have said so', async () => {
  const log = await newLog(house.ledger)
  await grow(log, 3)
  await makeCheckpoint(signing, log)
  rmSync(join(signing.folder, log.slug))
  await grow(log, 1)
  expect(await makeCheckpoint(signing, log)).toEqual({ kind: 'refused', reason: 'file-missing' })
  const step = await reportRestore(house.ledger, log, signing.folder, reporter, 'Volymen är borta')
  expect(step.keptSize).toBeNull()
  await acceptRestore(house.ledger, log, signing.folder, registrar)
  expect((await makeCheckpoint(signing, log)).kind).toBe('signed')
  expect(existsSync(join(signing.folder, log.slug))).toBe(true)
  expect(await verified(log)).toEqual([])
})

it('signs with both keys over the change of key, and with the new one alone after it', async () => {
  const log = await newLog(house.ledger)
  await grow(log, 3)
  await makeCheckpoint(signing, log)
  const before = await identity(log)
  const vkey = await rotateLogKey(house.ledger, log, registrar)
  expect(vkey).not.toBe(before.vkey)
  await makeCheckpoint(signing, log)
  const opens = (note: Buffer, key: string) =>
    openCheckpoint(note, before.origin, [logVerifier(parseVkey(key))]).checkpoint.size
  const over = (await newest(log)).note
  expect([opens(over, before.vkey), opens(over, vkey)]).toEqual([4, 4])
  await grow(log, 2)
  await makeCheckpoint(signing, log)
  const after = (await newest(log)).note
  expect(opens(after, vkey)).toBe(6)
  expect(() => opens(after, before.vkey)).toThrow('no signature of a known key')
  expect(await verified(log)).toEqual([])
})
