import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { DomainError } from '../platform/errors.ts'
import { type DatabaseKind, loginRoles, ownerRole } from './roles.ts'

/** One file of `migrations/<kind>/`: frozen once merged, known by the hash of its text. */
type Migration = {
  readonly version: number
  readonly name: string
  readonly sha256: string
  readonly sql: string
}

/** What a run did: the names of the files it applied itself, and the version the database now has. */
export type MigrationReport = {
  readonly database: DatabaseKind
  readonly applied: readonly string[]
  readonly version: number
}

type Applied = Pick<Migration, 'version' | 'name' | 'sha256'>

const migrationsFolder = resolve(import.meta.dirname, '../../migrations')

/** The migrations of a database in their order: numbered from 0001 without a gap. */
function readMigrations(kind: DatabaseKind, folder: string = migrationsFolder): Migration[] {
  const files = readdirSync(join(folder, kind)).filter((file) => file.endsWith('.sql'))
  return files.sort().map((file, index) => {
    const version = index + 1
    if (
      !new RegExp(`^${String(version).padStart(4, '0')}_[a-z0-9-]+\\.sql$`).test(
        file.replaceAll('_', '-').replace('-', '_'),
      )
    ) {
      throw new DomainError(
        'misconfigured',
        `migrations/${kind}/${file} does not carry the number ${version}`,
      )
    }
    const sql = readFileSync(join(folder, kind, file), 'utf8').replaceAll('\r\n', '\n')
    return { version, name: file.slice(0, -4), sha256: createHash('sha256').update(sql).digest('hex'), sql }
  })
}

/**
 * Brings a database to the code's version, each file in a transaction of its own and as the owner role. Any number may
 * run at once: the row that names a file is inserted first, so that the slower one waits and finds the work done.
 */
export async function migrate(
  client: pg.ClientBase,
  kind: DatabaseKind,
  folder: string = migrationsFolder,
): Promise<MigrationReport> {
  const files = readMigrations(kind, folder)
  await prepare(client, kind)
  const applied: string[] = []
  for (;;) {
    const next = pending(files, await appliedTo(client), kind)
    if (next === undefined) return { database: kind, applied, version: files.length }
    if (await apply(client, kind, next)) applied.push(next.name)
  }
}

/** Refuses a database that is not exactly of this code's version. `client` may be any role of Liggare. */
export async function assertMigrated(
  client: Pick<pg.ClientBase, 'query'>,
  kind: DatabaseKind,
): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('liggare.migration') is not null as there`,
  )
  const applied = rows[0]?.there ? await appliedTo(client) : []
  const next = pending(readMigrations(kind), applied, kind)
  if (next)
    throw new DomainError(
      'misconfigured',
      `the ${kind} database lacks migration ${next.name}: run migrate first`,
    )
}

async function appliedTo(client: Pick<pg.ClientBase, 'query'>): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    'select version, name, sha256 from liggare.migration order by version',
  )
  return rows
}

/** The first file that is still to be applied, once those before it have been found unchanged. */
function pending(
  files: readonly Migration[],
  applied: readonly Applied[],
  kind: DatabaseKind,
): Migration | undefined {
  for (const [index, row] of applied.entries()) {
    const file = files[index]
    if (file === undefined || file.version !== row.version) {
      throw new DomainError(
        'misconfigured',
        `the ${kind} database is newer than this code: it has migration ${row.name}`,
      )
    }
    if (file.sha256 !== row.sha256) {
      throw new DomainError(
        'misconfigured',
        `migration ${kind}/${file.name} was changed after it was applied as ${row.name}`,
      )
    }
  }
  return files[applied.length]
}

async function prepare(client: pg.ClientBase, kind: DatabaseKind): Promise<void> {
  await inTransaction(client, kind, async () => {
    await client.query(`select pg_advisory_xact_lock(hashtext('liggare.migration'))`)
    const { rows } = await client.query<{ there: boolean }>(
      `select to_regclass('liggare.migration') is not null as there`,
    )
    if (rows[0]?.there) return
    await client.query(`
      create schema if not exists liggare;
      create table liggare.migration (
        version integer primary key,
        name text not null,
        sha256 text not null,
        applied_at timestamptz not null default now()
      );
      comment on schema liggare is 'What Liggare notes about the database itself';
      comment on table liggare.migration is 'The files of migrations/ that were applied here';
      grant usage on schema liggare to ${loginRoles[kind].join(', ')};
      grant select on liggare.migration to ${loginRoles[kind].join(', ')};`)
  })
}

/** False: another migrator was faster with this file. */
async function apply(client: pg.ClientBase, kind: DatabaseKind, file: Migration): Promise<boolean> {
  try {
    await inTransaction(client, kind, async () => {
      await client.query('insert into liggare.migration (version, name, sha256) values ($1, $2, $3)', [
        file.version,
        file.name,
        file.sha256,
      ])
      await client.query(file.sql)
    })
    return true
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '23505' && error.table === 'migration')
      return false
    if (!(error instanceof pg.DatabaseError)) throw error
    const line = file.sql.slice(0, Number(error.position ?? 0)).split('\n').length
    throw new DomainError(
      'misconfigured',
      `migration ${kind}/${file.name} failed in line ${line}: ${error.message}`,
      {
        cause: error,
      },
    )
  }
}

async function inTransaction(
  client: pg.ClientBase,
  kind: DatabaseKind,
  work: () => Promise<void>,
): Promise<void> {
  await client.query('begin')
  try {
    // An empty path: what a migration means, it names with its schema, whoever runs it.
    await client.query(
      `set local role ${ownerRole[kind]}; set local search_path = pg_catalog; set local lock_timeout = '30s'`,
    )
    await work()
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}
