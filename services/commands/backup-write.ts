import { createHash } from 'node:crypto'
import {
  closeSync,
  createWriteStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { ClientBase } from 'pg'
import { type DatabaseKind, ownerRole } from '../db/roles.ts'
import { DomainError } from '../platform/errors.ts'
import type { BackupManifest } from './backup-manifest.ts'
import { type BackupTable, backupTables, migrationsOf } from './backup-tables.ts'

export type BackupInput = {
  readonly kind: DatabaseKind
  readonly folder: string
  readonly takenAt: Date
  /** Whose rows are taken; the ledger knows, the keyring does not. */
  readonly controllers: readonly number[]
  readonly journal: BackupManifest['journal']
  readonly onProgress: (table: string, rows: number) => void
}

/** Rows fetched at once: what a backup holds in memory. */
const batch = 500

/** The numbers of all controllers, for `BackupInput`. */
export async function controllersOf(ledger: ClientBase): Promise<number[]> {
  const { rows } = await ledger.query<{ id: number }>(
    'select controller_id as id from ledger.list_controllers()',
  )
  return rows.map((row) => row.id)
}

/**
 * Writes one database into a folder, as it stood at one moment: one transaction reads it all. It reads as the owner and
 * one controller after the other, so that it needs no superuser. The manifest comes last: without it there is no backup.
 */
export async function writeBackup(client: ClientBase, input: BackupInput): Promise<BackupManifest> {
  const { kind, folder } = input
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new DomainError('already-exists', `${folder} is not empty: a backup goes into a folder of its own.`)
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  await client.query('begin isolation level repeatable read read only')
  try {
    await client.query(`set local role ${ownerRole[kind]}`)
    await client.query("set local timezone = 'UTC'")
    const tables: BackupManifest['tables'] = []
    for (const table of await backupTables(client, kind)) tables.push(await writeTable(client, input, table))
    const manifest: BackupManifest = {
      liggare: 'backup/v1',
      database: kind,
      takenAt: input.takenAt.toISOString(),
      migrations: await migrationsOf(client),
      tables,
      logs: kind === 'ledger' ? await logsIn(client, input.controllers) : [],
      epochs: kind === 'keyring' ? await epochsIn(client) : [],
      journal: input.journal,
    }
    writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`, {
      mode: 0o600,
      flush: true,
    })
    synced(folder)
    return manifest
  } finally {
    await client.query('rollback')
  }
}

async function writeTable(client: ClientBase, input: BackupInput, table: BackupTable) {
  const file = `${table.name}.ndjson.gz`
  const path = join(input.folder, file)
  const digest = createHash('sha256')
  let rows = 0
  let bytes = 0
  async function* lines() {
    for await (const chunk of rowsOf(client, table, input.controllers)) {
      rows += chunk.length
      input.onProgress(table.name, rows)
      yield `${chunk.join('\n')}\n`
    }
  }
  async function* measured(packed: AsyncIterable<Buffer>) {
    for await (const chunk of packed) {
      digest.update(chunk)
      bytes += chunk.length
      yield chunk
    }
  }
  await pipeline(
    Readable.from(lines()),
    createGzip({ level: 3 }),
    measured,
    createWriteStream(path, { mode: 0o600, flush: true }),
  )
  return { table: table.name, file, rows, bytes, sha256: digest.digest('hex') }
}

async function* rowsOf(client: ClientBase, table: BackupTable, controllers: readonly number[]) {
  const parts = table.perController ? controllers : [undefined]
  for (const controller of parts) {
    if (controller !== undefined) {
      await client.query("select set_config('liggare.controller', $1, true)", [String(controller)])
    }
    const only = controller === undefined ? '' : ` where t.controller_id = ${controller}`
    await client.query(
      `declare backup_rows no scroll cursor for select row_to_json(t)::text as row from ${table.name} t${only}`,
    )
    for (;;) {
      const { rows } = await client.query<{ row: string }>(`fetch ${batch} from backup_rows`)
      if (rows.length === 0) break
      yield rows.map(({ row }) => row)
    }
    await client.query('close backup_rows')
  }
}

async function logsIn(client: ClientBase, controllers: readonly number[]): Promise<BackupManifest['logs']> {
  const logs: BackupManifest['logs'] = []
  for (const controller of controllers) {
    await client.query("select set_config('liggare.controller', $1, true)", [String(controller)])
    const { rows } = await client.query<BackupManifest['logs'][number]>(
      `select c.slug as controller, h.size::text as size,
         (select encode(e.entry, 'hex') from ledger.event e where e.controller_id = $1 and e.position = h.size - 1) as "lastEntry",
         (select encode(k.note, 'base64') from ledger.checkpoint k where k.controller_id = $1 order by k.size desc limit 1) as checkpoint
       from ledger.log_head h join ledger.controller c on c.controller_id = $1 where h.controller_id = $1`,
      [controller],
    )
    logs.push(...rows)
  }
  return logs
}

async function epochsIn(client: ClientBase): Promise<BackupManifest['epochs']> {
  const { rows } = await client.query<BackupManifest['epochs'][number]>(
    'select epoch, state from keyring.epoch order by epoch',
  )
  return rows
}

function synced(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
