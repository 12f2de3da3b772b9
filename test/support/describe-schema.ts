import type pg from 'pg'
import { type DatabaseKind, loginRoles, ownerRole } from '../../services/db/roles.ts'

// Each query yields rows of text in a settled order. What differs between PostgreSQL 15 and 18 and means nothing here is
// left out: not-null constraints as catalog rows (18), the MAINTAIN privilege (17).

const ours = `nspname not like 'pg\\_%' and nspname not in ('information_schema', 'public')`

const grants = (acl: string, owner: string, target: string) => `
  (select string_agg(format(E'grant %s on %s to %s;\\n', privileges, ${target}, grantee), '' order by grantee collate "C") from (
    select coalesce(nullif(a.grantee, 0)::regrole::text, 'public') as grantee,
      lower(string_agg(a.privilege_type, ', ' order by a.privilege_type collate "C")) as privileges
    from aclexplode(${acl}) a where a.grantee <> ${owner} and a.privilege_type <> 'MAINTAIN' group by a.grantee) g)`

const comment = (kind: string, catalog: string, oid: string, target: string) => `
  (select format(E'comment on ${kind} %s is %L;\\n', ${target}, description) from pg_description
   where objoid = ${oid} and classoid = '${catalog}'::regclass and objsubid = 0)`

const roles = `
  select format('-- role %s%s%s%s', rolname, case when rolcanlogin then ' login' else ' nologin' end,
    case when rolsuper or rolbypassrls then ' ABOVE ROW SECURITY' else '' end,
    case when has_database_privilege(rolname, current_database(), 'connect') then ' connect' else '' end) as text
  from pg_roles where rolname = any ($1) order by rolname`

const schemas = `
  select concat(format(E'create schema %I authorization %I;\\n', nspname, pg_get_userbyid(nspowner)),
    ${comment('schema', 'pg_namespace', 'oid', 'quote_ident(nspname)')},
    ${grants(`coalesce(nspacl, acldefault('n', nspowner))`, 'nspowner', `'schema ' || quote_ident(nspname)`)}) as text
  from pg_namespace where ${ours} order by nspname`

const types = `
  select concat(format(E'create type %s as %s (%s);\\n', t.oid::regtype, case typtype when 'e' then 'enum' else 'domain over' end,
    coalesce((select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid),
      format_type(typbasetype, typtypmod))),
    ${comment('type', 'pg_type', 't.oid', 't.oid::regtype')}) as text
  from pg_type t join pg_namespace n on n.oid = typnamespace
  where ${ours} and typtype in ('e', 'd') order by nspname, typname`

const columns = `
  (select string_agg(format('  %I %s%s%s%s', attname, format_type(atttypid, atttypmod),
      case when attcollation <> typcollation then ' collate ' || attcollation::regcollation else '' end,
      case when attnotnull then ' not null' else '' end,
      case when attidentity <> '' then ' generated as identity'
        when attgenerated <> '' then ' generated always as (' || pg_get_expr(adbin, adrelid) || ')'
        when adbin is not null then ' default ' || pg_get_expr(adbin, adrelid) else '' end), E',\\n' order by attnum)
    from pg_attribute a join pg_type t on t.oid = atttypid left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attrelid = c.oid and attnum > 0 and not attisdropped)`

const constraints = `
  (select string_agg(format(E',\\n  constraint %I %s', conname, pg_get_constraintdef(oid)), '' order by contype, conname)
    from pg_constraint where conrelid = c.oid and contype in ('p', 'u', 'c', 'f', 'x'))`

const indexes = `
  (select string_agg(pg_get_indexdef(indexrelid) || E';\\n', '' order by indexrelid::regclass::text collate "C")
    from pg_index i where indrelid = c.oid and not exists (
      select from pg_constraint where conindid = indexrelid and conrelid = c.oid))`

const policies = `
  (select string_agg(format(E'create policy %I on %s as %s for %s to %s%s%s;\\n', policyname, c.oid::regclass,
      lower(permissive), lower(cmd), array_to_string(roles, ', '), ' using (' || qual || ')',
      ' with check (' || with_check || ')'), '' order by policyname)
    from pg_policies where schemaname = nspname and tablename = relname)`

const triggers = `
  (select string_agg(pg_get_triggerdef(oid) || E';\\n', '' order by tgname) from pg_trigger
    where tgrelid = c.oid and not tgisinternal)`

const columnGrants = `
  (select string_agg(format(E'grant %s (%I) on %s to %s;\\n', lower(x.privilege_type), attname, c.oid::regclass, x.grantee::regrole),
      '' order by attname, x.privilege_type collate "C", x.grantee::regrole::text collate "C")
    from pg_attribute, aclexplode(attacl) x where attrelid = c.oid and attacl is not null)`

const columnComments = `
  (select string_agg(format(E'comment on column %s.%I is %L;\\n', c.oid::regclass, attname, description), '' order by attnum)
    from pg_description join pg_attribute on attrelid = objoid and attnum = objsubid
    where objoid = c.oid and classoid = 'pg_class'::regclass and objsubid > 0)`

const tables = `
  select concat(format(E'create %stable %s (\\n', case relpersistence when 'u' then 'unlogged ' else '' end, c.oid::regclass),
    ${columns}, ${constraints}, E'\\n)',
    ' partition of ' || (select inhparent::regclass::text from pg_inherits where inhrelid = c.oid and relispartition)
      || ' ' || pg_get_expr(relpartbound, c.oid),
    ' partition by ' || pg_get_partkeydef(c.oid),
    ' with (' || array_to_string(reloptions, ', ') || ')', E';\\n',
    format(E'alter table %s owner to %I;\\n', c.oid::regclass, pg_get_userbyid(relowner)),
    case when relrowsecurity then format(E'alter table %s enable row level security;\\n', c.oid::regclass) end,
    case when relforcerowsecurity then format(E'alter table %s force row level security;\\n', c.oid::regclass) end,
    ${policies}, ${indexes}, ${triggers},
    ${comment('table', 'pg_class', 'c.oid', 'c.oid::regclass')}, ${columnComments},
    ${grants('relacl', 'relowner', 'c.oid::regclass')}, ${columnGrants}) as text
  from pg_class c join pg_namespace n on n.oid = relnamespace
  where ${ours} and relkind in ('r', 'p') order by nspname, relname`

const others = `
  select concat(case relkind when 'S' then format(E'create sequence %s;\\n', c.oid::regclass)
      else format(E'create %sview %s as\\n%s\\n', case relkind when 'm' then 'materialized ' else '' end, c.oid::regclass,
        pg_get_viewdef(c.oid)) end,
    case when reloptions is not null then format(E'alter view %s set (%s);\\n', c.oid::regclass, array_to_string(reloptions, ', ')) end,
    ${comment('view', 'pg_class', 'c.oid', 'c.oid::regclass')}, ${grants('relacl', 'relowner', 'c.oid::regclass')}) as text
  from pg_class c join pg_namespace n on n.oid = relnamespace
  where ${ours} and relkind in ('S', 'v', 'm') order by relkind, nspname, relname`

const functions = `
  select concat(rtrim(pg_get_functiondef(p.oid), E'\\n'), E';\\n',
    format(E'alter function %s owner to %I;\\n', p.oid::regprocedure, pg_get_userbyid(proowner)),
    ${comment('function', 'pg_proc', 'p.oid', 'p.oid::regprocedure')},
    ${grants(`coalesce(proacl, acldefault('f', proowner))`, 'proowner', `'function ' || p.oid::regprocedure`)}) as text
  from pg_proc p join pg_namespace n on n.oid = pronamespace
  where ${ours} and prokind in ('f', 'p', 'w') order by nspname, proname, p.oid::regprocedure::text collate "C"`

/** The whole of a database's schema as text, from its catalog: the same on every supported PostgreSQL. */
export async function describeSchema(client: pg.ClientBase, kind: DatabaseKind): Promise<string> {
  await client.query(`set search_path = ''`)
  const parts = [`-- The ${kind} database`]
  parts.push(
    (await client.query(roles, [[ownerRole[kind], ...loginRoles[kind]]])).rows
      .map((row: { text: string }) => row.text)
      .join('\n'),
  )
  for (const query of [schemas, types, others, tables, functions]) {
    const { rows } = await client.query<{ text: string }>(query)
    parts.push(...rows.map((row) => row.text.trimEnd()))
  }
  return `${parts.join('\n\n')}\n`
}
