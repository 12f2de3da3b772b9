import { readFileSync } from 'node:fs'
import type { ClientBase, Pool } from 'pg'
import type { DatabaseKind } from '../db/roles.ts'
import type { Report } from './verify-finding.ts'

const shipped = new URL('../../migrations/safeguards.sha256', import.meta.url)

/**
 * What keeps the log append-only and apart, as digests: functions with their bodies and owners, triggers with whether they
 * are on, row-level security with its policies. The same on every supported PostgreSQL. Partitions come and go: left out.
 */
const safeguardSelect = `
  with ours as (select oid from pg_catalog.pg_namespace where nspname in ('ledger', 'model', 'keyring', 'liggare')),
  safeguard(name, content) as (
    select 'function ' || p.oid::regprocedure, concat_ws(E'\\n', p.prosrc, l.lanname, p.prosecdef, p.provolatile,
        p.proconfig::text, pg_catalog.pg_get_function_result(p.oid), pg_catalog.pg_get_userbyid(p.proowner))
      from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang
      where p.pronamespace in (select oid from ours)
    union all
    select 'function ' || p.oid::regprocedure, concat_ws(E'\\n', p.prosrc, l.lanname)
      from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang
      where p.oid = 'pg_catalog.sha256(bytea)'::regprocedure
    union all
    select 'trigger ' || t.tgrelid::regclass || ' ' || t.tgname, concat_ws(E'\\n', pg_catalog.pg_get_triggerdef(t.oid), t.tgenabled)
      from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid
      where c.relnamespace in (select oid from ours) and not t.tgisinternal and not c.relispartition
    union all
    select 'table ' || c.oid::regclass, concat_ws(E'\\n', c.relrowsecurity, c.relforcerowsecurity, pg_catalog.pg_get_userbyid(c.relowner),
        (select string_agg(concat_ws(' ', s.policyname, s.permissive, s.cmd, s.roles::text, s.qual, s.with_check), E'\\n' order by s.policyname)
           from pg_catalog.pg_policies s where s.schemaname = n.nspname and s.tablename = c.relname))
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.oid in (select oid from ours) and c.relkind in ('r', 'p') and not c.relispartition
  )
  select name, encode(pg_catalog.sha256(convert_to(content, 'UTF8')), 'hex') as digest from safeguard order by name collate "C"`

export type Safeguard = { readonly name: string; readonly digest: string }

/** The safeguards that stand in a database. Any role may ask. */
export async function safeguardsOf(client: ClientBase): Promise<Safeguard[]> {
  const { rows: before } = await client.query<{ path: string }>(
    `select current_setting('search_path') as path`,
  )
  // Names come out with their schema only where the path does not reach.
  await client.query(`select set_config('search_path', '', false)`)
  const { rows } = await client.query<Safeguard>(safeguardSelect)
  await client.query(`select set_config('search_path', $1, false)`, [before[0]?.path])
  return rows
}

export function formatSafeguards(kind: DatabaseKind, safeguards: readonly Safeguard[]): string {
  return safeguards.map(({ name, digest }) => `${digest}  ${kind}  ${name}\n`).join('')
}

/** Compares a database's safeguards with those that this version of Liggare was shipped with. */
export async function checkSafeguards(pool: Pool, kind: DatabaseKind, report: Report): Promise<void> {
  const expected = new Map<string, string>()
  for (const line of readFileSync(shipped, 'utf8').split('\n')) {
    const [digest, database, name] = line.split('  ')
    if (database === kind && digest !== undefined && name !== undefined) expected.set(name, digest)
  }
  const client = await pool.connect()
  const standing = await safeguardsOf(client).finally(() => client.release())
  const found = new Map(standing.map(({ name, digest }) => [name, digest]))
  for (const [name, digest] of expected) {
    const own = found.get(name)
    if (own === undefined) report('safeguard-altered', null, `${kind}: ${name} is missing`)
    else if (own !== digest) report('safeguard-altered', null, `${kind}: ${name} is not the shipped one`)
  }
  for (const name of found.keys()) {
    if (!expected.has(name)) report('safeguard-altered', null, `${kind}: ${name} was never shipped`)
  }
}
