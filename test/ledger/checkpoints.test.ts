import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { beforeAll, expect, it } from 'vitest'
import { openSigner } from '../../services/jobs/signer.ts'
import { makeCheckpoint, type SignerDeps, signingAlarms } from '../../services/ledger/checkpoints.ts'
import { logIdentity } from '../../services/ledger/checkpoints-key.ts'
import {
  newestCheckpoint,
  proveConsistency,
  proveInclusion,
  readTile,
} from '../../services/ledger/checkpoints-read.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { reading } from '../../services/ledger/open.ts'
import { openCheckpoint } from '../../services/ledger/tree/checkpoint.ts'
import { appendLeaf, emptyFrontier, frontierRoot } from '../../services/ledger/tree/frontier.ts'
import { leafHash } from '../../services/ledger/tree/hash.ts'
import { verifyConsistency } from '../../services/ledger/tree/merkle.ts'
import { verifyProof } from '../../services/ledger/tree/proof.ts'
import { decodeBundle } from '../../services/ledger/tree/tiles.ts'
import { verifyLog } from '../../services/ledger/verify.ts'
import { keptCheckpoint } from '../../services/ledger/verify-resume.ts'
import { createLogger } from '../../services/platform/log.ts'
import { testDatabases } from '../support/database.ts'
import { commentDraft, newLog, testLedger } from './support.ts'

const databases = testDatabases()
let house: Awaited<ReturnType<typeof testLedger>>
let signing: SignerDeps
beforeAll(async () => {
  house = await testLedger(databases)
  signing = {
    pool: databases.ledger('worker'),
    provider: house.provider,
    clock: house.clock,
    folder: join(databases.folder, 'journal/checkpoints'),
  }
})

let written = 0
async function grow(log: Log, events: number): Promise<void> {
  const drafts = Array.from({ length: events }, () => {
    written += 1
    return commentDraft(`c-${written}`)
  })
  await house.ledger.writer(log).append(drafts)
}

async function signedLog(...growth: number[]): Promise<Log> {
  const log = await newLog(house.ledger)
  for (const events of growth) {
    await grow(log, events)
    expect((await makeCheckpoint(signing, log)).kind).toBe('signed')
  }
  return log
}

const read = <T>(log: Log, work: (tx: pg.PoolClient) => Promise<T>) => reading(house.ledger, log, work)

const newest = async (log: Log) => {
  const identity = logIdentity(house.provider, log)
  const { note } = await read(log, (tx) => newestCheckpoint(tx, log.controller))
  return { note, ...openCheckpoint(note, identity.origin, [identity.verifier]).checkpoint }
}

const entriesOf = async (log: Log) => {
  const { rows } = await read(log, (tx) =>
    tx.query('select entry from ledger.event where controller_id = $1 order by position', [log.controller]),
  )
  return rows.map((row) => row.entry as Buffer)
}

const tamper = (sql: string, values: unknown[]) =>
  databases.asAdmin('ledger', async (client) => {
    await client.query('set session_replication_role = replica')
    return client.query(sql, values)
  })

async function verified(log: Log, from = 0) {
  const identity = logIdentity(house.provider, log)
  const kept = await keptCheckpoint(signing.folder, log, identity)
  const report = await verifyLog(databases.ledger('worker'), log, identity, {
    from,
    sealed: true,
    outside: kept === undefined ? [] : [kept],
  })
  return report.findings.map(({ kind, position }) => [kind, position])
}

it('signs the root of all entries, again whenever the log has grown', async () => {
  const log = await newLog(house.ledger)
  expect(await makeCheckpoint(signing, log)).toEqual({ kind: 'unchanged' })
  const frontier = emptyFrontier()
  for (const events of [1, 254, 1, 1, 300, 700]) {
    await grow(log, events)
    await makeCheckpoint(signing, log)
    for (const entry of (await entriesOf(log)).slice(frontier.size)) appendLeaf(frontier, leafHash(entry))
    const { size, root } = await newest(log)
    expect([size, root.toString('hex')]).toEqual([frontier.size, frontierRoot(frontier).toString('hex')])
  }
  expect(await makeCheckpoint(signing, log)).toEqual({ kind: 'unchanged' })
  expect(await verified(log)).toEqual([])
})

it('keeps the newest checkpoint in a file outside the database', async () => {
  const log = await signedLog(3, 4)
  expect(readFileSync(join(signing.folder, log.slug))).toEqual((await newest(log)).note)
})

it('proves each event and that every earlier tree is the beginning of the newest', async () => {
  const log = await signedLog(200, 400)
  const identity = logIdentity(house.provider, log)
  const policy = { origin: identity.origin, logKeys: [identity.verifier], witnesses: [], quorum: 0 }
  const entries = await entriesOf(log)
  for (const position of [0, 199, 255, 256, 512, 599]) {
    const { proof } = await read(log, (tx) => proveInclusion(tx, log.controller, position))
    expect(verifyProof(proof, entries[position] as Buffer, policy).index).toBe(position)
  }
  for (const from of [0, 1, 200, 256, 511, 600]) {
    const it = await read(log, (tx) => proveConsistency(tx, log.controller, from))
    expect(verifyConsistency(from, it.to, it.fromRoot, it.root, it.path)).toBe(true)
  }
  await expect(read(log, (tx) => proveInclusion(tx, log.controller, 600))).rejects.toMatchObject({
    code: 'not-found',
  })
})

it('serves full and partial tiles and the entries below them, and none beyond what is signed', async () => {
  const log = await signedLog(600)
  await grow(log, 5)
  const entries = await entriesOf(log)
  const tile = (level: number | 'entries', index: number, width: number) =>
    read(log, (tx) => readTile(tx, log.controller, { level, index, width }))
  expect(await tile(0, 1, 256)).toEqual(Buffer.concat(entries.slice(256, 512).map(leafHash)))
  expect(await tile(0, 2, 88)).toEqual(Buffer.concat(entries.slice(512, 600).map(leafHash)))
  expect(await tile(1, 0, 2)).toHaveLength(64)
  expect(decodeBundle(await tile('entries', 2, 88), 88)).toEqual(entries.slice(512, 600))
  await expect(tile(0, 2, 89)).rejects.toMatchObject({ code: 'not-found' })
  await expect(tile(1, 0, 3)).rejects.toMatchObject({ code: 'not-found' })
})

it('goes on after a death between the file and the database', async () => {
  const log = await signedLog(10)
  await grow(log, 300)
  await makeCheckpoint(signing, log)
  await tamper('delete from ledger.checkpoint where controller_id = $1 and size = 310', [log.controller])
  expect(await makeCheckpoint(signing, log)).toEqual({ kind: 'signed', size: 310 })
  await tamper('delete from ledger.checkpoint where controller_id = $1 and size = 310', [log.controller])
  await grow(log, 10)
  expect(await makeCheckpoint(signing, log)).toEqual({ kind: 'signed', size: 320 })
  expect(await verified(log)).toEqual([])
})

it('refuses a log that was cut off, with an alarm, and verify says where', async () => {
  const log = await signedLog(40)
  await tamper('delete from ledger.event where controller_id = $1 and position >= 30', [log.controller])
  await tamper('delete from ledger.event_part where controller_id = $1 and position >= 30', [log.controller])
  await tamper('delete from ledger.sealed_part where controller_id = $1 and position >= 30', [log.controller])
  await tamper('update ledger.log_head set size = 30 where controller_id = $1', [log.controller])
  expect(await makeCheckpoint(signing, log)).toEqual({ kind: 'refused', reason: 'smaller' })
  expect(await signingAlarms(databases.ledger('api'))).toMatchObject([{ slug: log.slug, reason: 'smaller' }])
  expect((await verified(log)).filter(([kind]) => kind !== 'fact-surplus')).toEqual([
    ['log-truncated', '30'],
    ['log-truncated', '30'],
  ])
  await tamper('delete from ledger.signing_alarm', [])
})

it('refuses a log that was cut off together with its checkpoints and has grown on', async () => {
  const log = await signedLog(20, 20)
  await tamper('delete from ledger.event where controller_id = $1 and position >= 20', [log.controller])
  await tamper('delete from ledger.event_part where controller_id = $1 and position >= 20', [log.controller])
  await tamper('delete from ledger.sealed_part where controller_id = $1 and position >= 20', [log.controller])
  await tamper('delete from ledger.checkpoint where controller_id = $1 and size > 20', [log.controller])
  await tamper('update ledger.log_head set size = 20 where controller_id = $1', [log.controller])
  await grow(log, 50)
  expect(await makeCheckpoint(signing, log)).toEqual({ kind: 'refused', reason: 'forked' })
  expect((await verified(log)).filter(([kind]) => kind !== 'fact-surplus')).toContainEqual([
    'log-forked',
    '39',
  ])
})

it('refuses when its file is gone or damaged although something was signed', async () => {
  const log = await signedLog(5)
  const file = join(signing.folder, log.slug)
  const kept = readFileSync(file)
  rmSync(file)
  await grow(log, 1)
  expect(await makeCheckpoint(signing, log)).toEqual({ kind: 'refused', reason: 'file-missing' })
  writeFileSync(file, kept.subarray(0, 40))
  expect(await makeCheckpoint(signing, log)).toEqual({ kind: 'refused', reason: 'file-damaged' })
  writeFileSync(file, kept)
  expect(await makeCheckpoint(signing, log)).toEqual({ kind: 'signed', size: 6 })
  expect(await signingAlarms(databases.ledger('api'))).not.toContainEqual(
    expect.objectContaining({ slug: log.slug }),
  )
})

it('names the event that was exchanged for another, well-made one', async () => {
  const log = await signedLog(600)
  // Row, header, entry and parts all fit together; only the tree remembers.
  const twin = await newLog(house.ledger)
  await grow(twin, 1)
  await tamper(
    `update ledger.event e set header = t.header, entry = t.entry, event_id = t.event_id, stream_id = t.stream_id,
       recorded_at = t.recorded_at, thread_id = t.thread_id
     from ledger.event t where e.controller_id = $1 and e.position = 300 and t.controller_id = $2 and t.position = 0`,
    [log.controller, twin.controller],
  )
  const found = await verified(log)
  expect(found).toContainEqual(['leaf-altered', '300'])
  expect(found.some(([kind]) => kind === 'log-forked')).toBe(false)
})

it('names a changed tile, a lost tile and a checkpoint that nobody signed', async () => {
  const log = await signedLog(600)
  await tamper('delete from ledger.tile where controller_id = $1 and level = 0 and tile_index = 1', [
    log.controller,
  ])
  await tamper(
    'update ledger.tile set hashes = set_byte(hashes, 3, get_byte(hashes, 3) # 1) where controller_id = $1 and level = 1',
    [log.controller],
  )
  await tamper(`insert into ledger.checkpoint values ($1, 17, now(), 'x')`, [log.controller])
  expect(await verified(log)).toEqual([
    ['checkpoint-altered', '16'],
    ['tile-altered', null],
    ['tile-altered', null],
  ])
})

it('verifies from a checkpoint on without reading what lies before', async () => {
  const log = await signedLog(300, 300)
  await tamper(`update ledger.event set type = 'x' where controller_id = $1 and position in (100, 400)`, [
    log.controller,
  ])
  expect(await verified(log, 300)).toEqual([['column-altered', '400']])
  await expect(verified(log, 301)).rejects.toMatchObject({ code: 'not-found' })
})

it('lets one worker sign at a time and hands over when it ends', async () => {
  const deps = { ...signing, ledger: house.ledger, log: createLogger({ level: 'silent' }) }
  const log = await newLog(house.ledger)
  const [first, second] = [openSigner(deps), openSigner(deps)]
  await first.runOnce()
  await grow(log, 1)
  await second.runOnce()
  await expect(newest(log)).rejects.toMatchObject({ code: 'not-found' })
  first.release()
  await expect
    .poll(() => second.runOnce().then(() => newest(log)), { timeout: 5_000 })
    .toMatchObject({ size: 1 })
  second.release()
})
