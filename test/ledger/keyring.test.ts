import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createKeyFile, openKeyFile } from '../../services/ledger/key-provider.ts'
import { openKeyring } from '../../services/ledger/keyring.ts'
import { uuidv4 } from '../../services/platform/ids.ts'
import { fixedClock } from '../support/clock.ts'
import { testDatabases } from '../support/database.ts'

// The keyring among several processes, and between the steps of one.

const databases = testDatabases()
const clock = fixedClock('2026-11-23T10:00:00Z')
const folder = mkdtempSync(join(tmpdir(), 'liggare-keys-'))
const keyFile = join(folder, 'liggare.key')
beforeAll(() => createKeyFile(keyFile))
afterAll(() => rmSync(folder, { recursive: true }))

it('opens one epoch when several processes start on a new keyring', async () => {
  const start = () => openKeyring(databases.keyring(), openKeyFile(keyFile), clock)
  await Promise.all([start(), start(), start(), start()])
  const { rows } = await databases.keyring().query('select epoch, state from keyring.epoch')
  expect(rows).toEqual([{ epoch: 1, state: 'current' }])
})

it('has one key for an epoch however many processes make it at once, and nothing beside it', async () => {
  const source = new URL('../../services/ledger/key-provider.ts', import.meta.url).href
  const code = `import(${JSON.stringify(source)}).then(async ({ openKeyFile }) => {
    const provider = openKeyFile(${JSON.stringify(keyFile)})
    const keys = []
    for (let epoch = 100; epoch < 160; epoch += 1) {
      await provider.createEpoch(epoch)
      keys.push((await provider.epochKey(epoch)).toString('hex'))
    }
    require('node:worker_threads').parentPort.postMessage(keys)
  })`
  const made = await Promise.all(
    Array.from({ length: 3 }, () => {
      const { promise, resolve, reject } = Promise.withResolvers<string[]>()
      const worker = new Worker(code, { eval: true })
      worker.once('message', resolve)
      worker.once('error', reject)
      return promise
    }),
  )
  expect(made[1]).toEqual(made[0])
  expect(made[2]).toEqual(made[0])
  expect(new Set(made[0]).size).toBe(60)
  expect(readdirSync(`${keyFile}.epochs`).every((name) => /^\d+\.key$/.test(name))).toBe(true)
})

it('wraps nothing with a key file that is not whole', async () => {
  const provider = openKeyFile(keyFile)
  writeFileSync(join(`${keyFile}.epochs`, '900.key'), 'short')
  await expect(provider.epochKey(900)).rejects.toMatchObject({ code: 'key-mismatch' })
})

/** Waits until somebody waits for a lock. */
async function blocked(): Promise<void> {
  await databases.asAdmin('keyring', async (admin) => {
    for (const end = Date.now() + 5_000; Date.now() < end; ) {
      const { rows } = await admin.query(
        'select from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0',
      )
      if (rows.length > 0) return
    }
    throw new Error('nobody waits')
  })
}

it('makes no key of a person again that is destroyed while it is stored', async () => {
  const pool = databases.keyring()
  const keyring = await openKeyring(pool, openKeyFile(keyFile), clock)
  const subjectId = uuidv4()
  const keys = { subjects: [{ subjectId, key: Buffer.alloc(32) }], records: [] }
  await keyring.put(1, keys)
  const eraser = await pool.connect()
  await eraser.query('begin')
  const destroy = "select keyring.destroy(1, '{}', $1, $2, $3)"
  await eraser.query(destroy, [[subjectId], uuidv4(), clock.now()])
  // A process that takes the person for new stores the key again, and waits for who deletes it.
  const again = Promise.allSettled([keyring.put(1, keys)])
  await blocked()
  await eraser.query('commit')
  eraser.release()
  expect((await again)[0]?.status).toBe('rejected')
  expect(await keyring.subjectKeys(1, [subjectId])).toEqual(new Map())
})

it('drops an old epoch without a deadlock while somebody reads keys', async () => {
  const pool = databases.keyring()
  await openKeyring(pool, openKeyFile(keyFile), clock)
  await pool.query('select keyring.open_epoch($1)', [clock.now()])
  await databases.asAdmin('keyring', async (reader) => {
    // A reader locks the table first and then its parts; here it stops between the two.
    await reader.query('begin')
    await reader.query('lock table only keyring.record_key in access share mode')
    const dropped = Promise.allSettled([pool.query('select keyring.drop_epoch(1)')])
    await blocked()
    await reader.query('select count(*) from keyring.record_key')
    await reader.query('commit')
    expect((await dropped)[0]?.status).toBe('fulfilled')
  })
})
