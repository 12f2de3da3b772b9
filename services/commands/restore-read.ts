import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import type { ClientBase } from 'pg'
import { type DatabaseKind, ownerRole } from '../db/roles.ts'
import { DomainError } from '../platform/errors.ts'
import { type BackupManifest, readManifest } from './backup-manifest.ts'
import { type BackupTable, backupTables, migrationsOf } from './backup-tables.ts'

/** What is sent to the database at once: rows, or characters if the rows are large. */
const batchRows = 1_000
const batchCharacters = 4 << 20

/**
 * Reads a backup's folder into an empty database of the same migrations, all or nothing: one transaction, as the owner,
 * who for its length puts aside what stops everybody from writing past the functions. It needs no superuser.
 */
export async function readBackup(
  client: ClientBase,
  kind: DatabaseKind,
  folder: string,
  onProgress: (table: string, rows: number) => void,
): Promise<BackupManifest> {
  const manifest = await readManifest(folder, kind)
  await client.query('begin')
  try {
    await client.query(`set local role ${ownerRole[kind]}`)
    await client.query("set local timezone = 'UTC'")
    const tables = await backupTables(client, kind)
    await assertFits(client, kind, manifest, tables)
    for (const { name, forced } of tables) {
      await client.query(`alter table ${name} disable trigger user`)
      if (forced) await client.query(`alter table ${name} no force row level security`)
      const { rows } = await client.query<{ any: boolean }>(`select exists (select from ${name}) as any`)
      if (rows[0]?.any === true) {
        throw new DomainError(
          'state-conflict',
          `The ${kind} database is not empty (${name}): restore into a new one that only \`liggare migrate\` has touched.`,
        )
      }
    }
    if (kind === 'keyring') await makePartitions(client, manifest)
    for (const entry of manifest.tables) {
      const stored = await readTable(client, entry.table, join(folder, entry.file), onProgress)
      if (stored !== entry.rows) {
        throw new DomainError(
          'source-malformed',
          `${entry.file} holds ${stored} rows, the manifest says ${entry.rows}.`,
        )
      }
    }
    for (const { name, forced } of tables) {
      await client.query(`alter table ${name} enable trigger user`)
      if (forced) await client.query(`alter table ${name} force row level security`)
    }
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
  await client.query('analyze')
  return manifest
}

async function assertFits(
  client: ClientBase,
  kind: DatabaseKind,
  manifest: BackupManifest,
  tables: readonly BackupTable[],
): Promise<void> {
  const here = await migrationsOf(client)
  if (JSON.stringify(here) !== JSON.stringify(manifest.migrations)) {
    throw new DomainError(
      'misconfigured',
      `The backup is of a ${kind} database with other migrations (up to ${manifest.migrations.at(-1)?.name}): restore it with the Liggare that wrote it, then migrate.`,
    )
  }
  // Table names go into the text of statements: none is taken from a file.
  const known = new Set(tables.map(({ name }) => name))
  const foreign = manifest.tables.find(
    ({ table, file }) => !known.has(table) || file !== `${table}.ndjson.gz`,
  )
  if (foreign !== undefined) {
    throw new DomainError('source-malformed', 'The manifest names a table that this Liggare does not have.')
  }
}

/** The partitions of the epochs that hold keys: as `keyring.open_epoch` makes them. */
async function makePartitions(client: ClientBase, manifest: BackupManifest): Promise<void> {
  for (const { epoch, state } of manifest.epochs) {
    if (state !== 'current' && state !== 'draining') continue
    const name = `keyring.record_key_${epoch}`
    await client.query(`create table ${name} partition of keyring.record_key for values in (${epoch})`)
    await client.query(`alter table ${name} enable row level security`)
    await client.query(`alter table ${name} force row level security`)
  }
}

async function readTable(
  client: ClientBase,
  table: string,
  path: string,
  onProgress: (table: string, rows: number) => void,
): Promise<number> {
  let stored = 0
  let rows: string[] = []
  let characters = 0
  const store = async () => {
    if (rows.length === 0) return
    await client.query(
      `insert into ${table} select * from json_populate_recordset(null::${table}, $1::json)`,
      [`[${rows.join(',')}]`],
    )
    stored += rows.length
    rows = []
    characters = 0
    onProgress(table, stored)
  }
  const source = createReadStream(path).pipe(createGunzip())
  for await (const line of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
    rows.push(line)
    characters += line.length
    if (rows.length === batchRows || characters >= batchCharacters) await store()
  }
  await store()
  return stored
}
