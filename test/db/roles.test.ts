import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { assertSeparateClusters, openPool } from '../../services/db/connect.ts'
import { roleUrl } from '../../services/db/open.ts'
import { setPasswords } from '../../services/db/roles.ts'
import { scramVerifier } from '../../services/db/scram.ts'
import { testDatabases } from '../support/database.ts'

const db = testDatabases()
const stranger = `stranger_${randomBytes(4).toString('hex')}`
const password = 'a password, with ":@/ å'

// Roles are shared by every test on the server: what has to be changed is changed on one of our own.
beforeAll(() =>
  db.asAdmin('ledger', async (admin) => {
    await admin.query(`create role ${stranger} login; grant liggare_auditor to ${stranger}`)
    await setPasswords(admin, { [stranger]: password })
  }),
)
afterAll(async () => {
  const { default: pg } = await import('pg')
  const admin = new pg.Client({ connectionString: db.url('ledger') })
  await admin.connect()
  await admin.query(`drop owned by ${stranger} cascade; drop role ${stranger}`).finally(() => admin.end())
})

async function connect(url: string): Promise<unknown> {
  const pool = openPool(url, { role: 'a test', max: 1, applicationName: 'test' })
  return pool.query('select 1').finally(() => pool.end())
}

const asStranger = () => connect(roleUrl(db.url('ledger'), stranger, () => password))
const above = { code: 'misconfigured', message: expect.stringContaining('a test') }
const alter = (sql: string) => db.asAdmin('ledger', (admin) => admin.query(sql))

it('a pool below row-level security connects', async () => {
  await expect(asStranger()).resolves.toBeDefined()
})

it('a pool that connects as a superuser is refused', async () => {
  await expect(connect(db.url('ledger'))).rejects.toMatchObject(above)
})

it('a pool that bypasses row-level security is refused', async () => {
  await alter(`alter role ${stranger} bypassrls`)
  await expect(asStranger()).rejects.toMatchObject(above)
  await alter(`alter role ${stranger} nobypassrls`)
})

it('a pool that may become the owner is refused', async () => {
  await alter(`grant liggare_owner to ${stranger}`)
  await expect(asStranger()).rejects.toMatchObject(above)
  await alter(`revoke liggare_owner from ${stranger}`)
})

it('a pool that owns a table is refused', async () => {
  await alter(`create table ledger.theirs (); alter table ledger.theirs owner to ${stranger}`)
  await expect(asStranger()).rejects.toMatchObject(above)
  await alter('drop table ledger.theirs')
})

it('every pool of Liggare is below row-level security and owns nothing', async () => {
  const query = `select rolsuper or rolbypassrls or rolcreatedb or rolcreaterole as above,
    exists (select from pg_class where relowner = r.oid) as owns from pg_roles r where rolname = current_user`
  const pools = [
    ...(['api', 'worker', 'purge', 'auditor'] as const).map((role) => db.ledger(role)),
    db.keyring(),
  ]
  for (const pool of pools) expect((await pool.query(query)).rows).toEqual([{ above: false, owns: false }])
})

it('no role of Liggare makes a schema, a table in public, or a temporary table', async () => {
  for (const sql of ['create schema mine', 'create table public.mine ()', 'create temporary table mine ()']) {
    await expect(db.ledger('api').query(sql)).rejects.toMatchObject({ code: '42501' })
  }
})

it('keys and texts in one cluster are refused unless allowed, and then it is said', async () => {
  const said: unknown[] = []
  const log = { warn: (...words: unknown[]) => said.push(words) } as never
  await expect(assertSeparateClusters(db.ledger('api'), db.keyring(), false, log)).rejects.toMatchObject({
    code: 'misconfigured',
  })
  await assertSeparateClusters(db.ledger('api'), db.keyring(), true, log)
  expect(said).toHaveLength(1)
})

it('a password is sent as what the server stores of it (vector of RFC 7677)', () => {
  expect(scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  )
})
