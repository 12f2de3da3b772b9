import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { controllersOf, writeBackup } from '../../services/commands/backup-write.ts'
import { readBackup } from '../../services/commands/restore-read.ts'
import type { DatabaseKind } from '../../services/db/roles.ts'
import { findings } from '../../services/ledger/verify-finding.ts'
import { checkSafeguards } from '../../services/ledger/verify-safeguards.ts'
import { freshDatabases, type TestDatabases } from '../support/database.ts'
import { comments, type Opened, textOf, texts, type World, world } from './recover-support.ts'
import { testLedger } from './support.ts'

// `liggare backup` and `liggare restore`: the same rows, under the same safeguards, or nothing.

let from: World
let to: TestDatabases
let folder: string
beforeAll(async () => {
  from = await world(0, 3)
  // Several batches of rows, and what JSON and PostgreSQL have to agree on.
  await comments(from.first, 0, 1_200, 10)
  folder = await from.backup()
  to = await freshDatabases({ LIGGARE_KEY_FILE: from.databases.config.keyFile })
})
afterAll(async () => {
  await from.close()
  await to.close()
})

const kinds = ['ledger', 'keyring'] as const
const restore = (kind: DatabaseKind, source = join(folder, kind)) =>
  to.asAdmin(kind, (client) => readBackup(client, kind, source, () => {}))

const dump = (databases: TestDatabases, kind: DatabaseKind, out: string, role?: string) =>
  databases.asAdmin(kind, async (client) => {
    const controllers = await databases.asAdmin('ledger', controllersOf)
    if (role !== undefined) await client.query(`set session authorization ${pg.escapeIdentifier(role)}`)
    return writeBackup(client, {
      kind,
      folder: out,
      takenAt: new Date(0),
      controllers,
      journal: null,
      onProgress: () => {},
    })
  })

/** Every table's rows as text, sorted: what a restore must not change. */
const contentsOf = (databases: TestDatabases, kind: DatabaseKind) =>
  databases.asAdmin(kind, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('ledger', 'model', 'keyring') and c.relkind in ('r', 'p') order by 1`,
    )
    const digests = new Map<string, string | null>()
    for (const { name } of tables) {
      const { rows } = await client.query<{ digest: string | null }>(
        `select md5(string_agg(t::text, E'\\n' order by t::text)) as digest from ${name} t`,
      )
      digests.set(name, rows[0]?.digest ?? null)
    }
    return digests
  })

it('refuses a damaged file, a foreign folder and a folder in use before it writes anything', async () => {
  const damaged = join(to.folder, 'damaged')
  await dump(from.databases, 'ledger', damaged)
  appendFileSync(join(damaged, 'ledger.event.ndjson.gz'), 'x')
  await expect(restore('ledger', damaged)).rejects.toThrow('damaged')
  await expect(restore('ledger', join(folder, 'keyring'))).rejects.toThrow(
    'no manifest of a Liggare backup of the ledger',
  )
  await expect(restore('ledger', to.folder)).rejects.toThrow('There is no backup')
  await expect(dump(from.databases, 'ledger', damaged)).rejects.toThrow('not empty')
  expect([...(await contentsOf(to, 'ledger')).values()].every((digest) => digest === null)).toBe(true)
})

it('restores the same rows, and leaves every safeguard in its place', async () => {
  const manifest = await restore('ledger')
  await restore('keyring')
  for (const kind of kinds) expect(await contentsOf(to, kind)).toEqual(await contentsOf(from.databases, kind))
  const { list: altered, report } = findings()
  await checkSafeguards(to.ledger('worker'), 'ledger', report)
  await checkSafeguards(to.keyring(), 'keyring', report)
  expect(altered).toEqual([])
  expect(manifest.logs).toMatchObject([
    { controller: 'namnd', lastEntry: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ])
  const { ledger, purge } = await testLedger(to)
  const log = (await ledger.find('namnd')) as Opened['log']
  const opened = await texts({ ledger, purge, log })
  expect(opened.slice(0, 3)).toEqual([0, 1, 2].map(textOf))
  expect(opened).toHaveLength(1_203)
  expect(opened).not.toContain(undefined)
})

it.each(kinds)('refuses a %s that is not empty', async (kind) => {
  await expect(restore(kind)).rejects.toThrow('not empty')
})

it('refuses a database of other migrations', async () => {
  const other = await freshDatabases()
  try {
    await other.asAdmin('keyring', (client) =>
      client.query("update liggare.migration set sha256 = 'another'"),
    )
    await expect(
      other.asAdmin('keyring', (client) => readBackup(client, 'keyring', join(folder, 'keyring'), () => {})),
    ).rejects.toThrow('other migrations')
  } finally {
    await other.close()
  }
})

it.each(kinds)('needs no superuser, only who may act as the owner (%s)', async (kind) => {
  const role = `liggare_test_admin_${kind}_${process.pid}`
  const owner = kind === 'ledger' ? 'liggare_owner' : 'liggare_keyring_owner'
  const fresh = await freshDatabases()
  const out = join(to.folder, `as-${kind}`)
  try {
    await fresh.asAdmin(kind, (client) => client.query(`create role ${role}; grant ${owner} to ${role}`))
    for (const databases of [from.databases, fresh]) {
      await databases.asAdmin(kind, (client) =>
        client.query(
          `grant connect on database ${client.escapeIdentifier(client.database as string)} to ${role}`,
        ),
      )
    }
    const { tables } = await dump(from.databases, kind, out, role)
    expect(tables.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(1_200)
    await fresh.asAdmin(kind, async (client) => {
      await client.query(`set session authorization ${role}`)
      await readBackup(client, kind, out, () => {})
    })
    expect(await contentsOf(fresh, kind)).toEqual(await contentsOf(from.databases, kind))
  } finally {
    await from.databases.asAdmin(kind, (client) => client.query(`drop owned by ${role}`))
    await fresh.asAdmin(kind, (client) => client.query(`drop owned by ${role}; drop role ${role}`))
    await fresh.close()
  }
})

it('holds neither key file nor epoch key', async () => {
  const root = JSON.parse(readFileSync(from.databases.config.keyFile, 'utf8')) as { root: string }
  for (const kind of kinds) {
    for (const file of readdirSync(join(folder, kind))) {
      const content = readFileSync(join(folder, kind, file))
      const text = (file.endsWith('.gz') ? gunzipSync(content) : content).toString()
      const epoch = (await from.first.ledger.provider.epochKey(1)).toString('hex')
      expect(text).not.toContain(Buffer.from(root.root, 'base64').toString('hex'))
      expect(text).not.toContain(root.root)
      expect(text).not.toContain(epoch)
    }
  }
})
