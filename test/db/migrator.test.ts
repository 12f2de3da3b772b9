import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import { assertMigrated, migrate } from '../../services/db/migrator.ts'
import { ensureRoles } from '../../services/db/roles.ts'
import { connected, urlOf } from '../support/template.ts'

const { adminUrl } = inject('database')
const name = `liggare_migrator_${process.pid}`
const url = urlOf(adminUrl, name)
let folder = ''

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'liggare-migrations-'))
  mkdirSync(join(folder, 'ledger'))
  await connected(adminUrl, (client) => client.query(`create database ${name} template template0`))
  await connected(url, (client) => ensureRoles(client, 'ledger'))
})

afterEach(async () => {
  await connected(adminUrl, (client) => client.query(`drop database ${name} with (force)`))
  rmSync(folder, { recursive: true })
})

const file = (fileName: string, sql: string) => writeFileSync(join(folder, 'ledger', fileName), sql)
const run = () => connected(url, (client) => migrate(client, 'ledger', folder))
const look = (query: string) => connected(url, async (client: pg.Client) => (await client.query(query)).rows)

it('files are applied in order and only once', async () => {
  file('0001_first.sql', 'create schema s; create table s.t (a int);')
  expect(await run()).toEqual({ database: 'ledger', applied: ['0001_first'], version: 1 })
  file('0002_second.sql', 'alter table s.t add b int;')
  expect(await run()).toEqual({ database: 'ledger', applied: ['0002_second'], version: 2 })
  expect(await run()).toEqual({ database: 'ledger', applied: [], version: 2 })
})

it('what is made belongs to the owner role, which nobody logs in as', async () => {
  file('0001_first.sql', 'create schema s; create table s.t (a int);')
  await run()
  const owners =
    await look(`select tableowner, rolcanlogin, rolsuper from pg_tables join pg_roles on rolname = tableowner
    where schemaname in ('s', 'liggare')`)
  const owner = { tableowner: 'liggare_owner', rolcanlogin: false, rolsuper: false }
  expect(owners).toEqual([owner, owner])
})

it('migrators at the same time apply each file once between them', async () => {
  for (const n of [1, 2, 3]) file(`000${n}_step.sql`, `create schema s${n}; select pg_sleep(0.05);`)
  const reports = await Promise.all([run(), run(), run(), run()])
  expect(reports.flatMap((report) => report.applied).sort()).toEqual(['0001_step', '0002_step', '0003_step'])
  expect(reports.map((report) => report.version)).toEqual([3, 3, 3, 3])
})

it('a file that was changed after it was applied is refused', async () => {
  file('0001_first.sql', 'create schema s;')
  await run()
  file('0001_first.sql', 'create schema s; create table s.t ();')
  file('0002_second.sql', 'create schema s2;')
  await expect(run()).rejects.toMatchObject({
    code: 'misconfigured',
    message: expect.stringContaining('0001_first'),
  })
  expect(await look(`select from pg_namespace where nspname = 's2'`)).toHaveLength(0)
})

it('other line ends are no change', async () => {
  file('0001_first.sql', 'create schema s;\n')
  await run()
  file('0001_first.sql', 'create schema s;\r\n')
  await expect(run()).resolves.toMatchObject({ applied: [] })
})

it('a database that is newer than the code is refused', async () => {
  file('0001_first.sql', 'create schema s;')
  file('0002_second.sql', 'create schema s2;')
  await run()
  rmSync(join(folder, 'ledger', '0002_second.sql'))
  await expect(run()).rejects.toMatchObject({
    code: 'misconfigured',
    message: expect.stringContaining('newer'),
  })
})

it('a gap in the numbers is refused before anything is applied', async () => {
  file('0001_first.sql', 'create schema s;')
  file('0003_third.sql', 'create schema s3;')
  await expect(run()).rejects.toMatchObject({ code: 'misconfigured' })
  expect(await look(`select from pg_namespace where nspname in ('s', 'liggare')`)).toHaveLength(0)
})

it('a file that fails leaves nothing of itself and says in which line', async () => {
  file('0001_first.sql', 'create schema s;')
  file('0002_second.sql', 'create table s.t (a int);\nselect nothing;')
  const failed = { code: 'misconfigured', message: expect.stringContaining('0002_second failed in line 2') }
  await expect(run()).rejects.toMatchObject(failed)
  expect(await look('select name from liggare.migration')).toEqual([{ name: '0001_first' }])
  expect(await look(`select to_regclass('s.t') as t`)).toEqual([{ t: null }])
})

it('a name without its schema is not found', async () => {
  file('0001_first.sql', 'create schema s; create table s.t (a int); select a from t;')
  await expect(run()).rejects.toMatchObject({ code: 'misconfigured' })
})

it('a database without migrations is not served', async () => {
  const look = connected(url, (client) => assertMigrated(client, 'ledger'))
  await expect(look).rejects.toMatchObject({
    code: 'misconfigured',
    message: expect.stringContaining('run migrate'),
  })
})
