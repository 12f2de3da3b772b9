import type { ClientBase } from 'pg'
import type { DatabaseKind } from '../db/roles.ts'

/** A table of Liggare's as a backup takes it: with all its partitions, without those that can only be made by `migrate`. */
export type BackupTable = {
  /** `schema.name`: safe in a statement's text, for it comes from the catalogue of our own schemas. */
  readonly name: string
  /** Its rows belong to controllers, and row-level security shows one controller's at a time. */
  readonly perController: boolean
  readonly forced: boolean
}

const schemas: Readonly<Record<DatabaseKind, readonly string[]>> = {
  ledger: ['ledger', 'model'],
  keyring: ['keyring'],
}

export async function backupTables(client: ClientBase, kind: DatabaseKind): Promise<BackupTable[]> {
  const { rows } = await client.query<{ name: string; per_controller: boolean; forced: boolean }>(
    `select format('%I.%I', n.nspname, c.relname) as name, c.relforcerowsecurity as forced,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'controller_id' and not a.attisdropped) as per_controller
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any ($1) and c.relkind in ('r', 'p') and not c.relispartition
     order by 1`,
    [schemas[kind]],
  )
  return rows.map((row) => ({ name: row.name, perController: row.per_controller, forced: row.forced }))
}

/** The migrations that a database has: a backup fits one that has the same. */
export async function migrationsOf(client: ClientBase): Promise<{ name: string; sha256: string }[]> {
  const { rows } = await client.query<{ name: string; sha256: string }>(
    'select name, sha256 from liggare.migration order by version',
  )
  return rows
}
