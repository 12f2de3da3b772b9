import { expect, it } from 'vitest'
import { kyselyFor, withController, withControllerWriting } from '../../services/db/transaction.ts'
import { testDatabases } from '../support/database.ts'

const db = testDatabases()

it('every role of Liggare logs in with its own name', async () => {
  for (const role of ['api', 'worker', 'purge', 'auditor'] as const) {
    const { rows } = await db.ledger(role).query('select current_user as name')
    expect(rows).toEqual([{ name: `liggare_${role}` }])
  }
  const { rows } = await db.keyring().query('select current_user as name')
  expect(rows).toEqual([{ name: 'liggare_keyring' }])
})

it('migrated databases are ready', async () => {
  await expect(db.assertReady('api')).resolves.toBeUndefined()
})

it('no role of the ledger reaches the keyring, nor the other way round', async () => {
  const elsewhere = async (login: string, database: string) => {
    const url = new URL(database)
    url.username = login
    url.password = `test-${login}`
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: url.href })
    await client.connect().finally(() => client.end())
  }
  const refused = { code: '42501' }
  for (const login of ['liggare_api', 'liggare_worker', 'liggare_purge', 'liggare_auditor']) {
    await expect(elsewhere(login, db.url('keyring'))).rejects.toMatchObject(refused)
  }
  await expect(elsewhere('liggare_keyring', db.url('ledger'))).rejects.toMatchObject(refused)
})

it('a transaction knows its controller, and the connection forgets it', async () => {
  const setting = `select current_setting('liggare.controller', true) as id`
  const inside = await withController(db.ledger('auditor'), 7, async (tx) => (await tx.query(setting)).rows)
  expect(inside).toEqual([{ id: '7' }])
  const { rows } = await db.ledger('auditor').query(setting)
  expect(rows).toEqual([{ id: '' }])
})

it('64-bit integers and days come as they are', async () => {
  const { rows } = await db
    .ledger('api')
    .query(`select 9007199254740993 as big, date '2026-03-02' as day, 1.10 as sum`)
  expect(rows).toEqual([{ big: '9007199254740993', day: '2026-03-02', sum: '1.10' }])
})

it('a reading transaction writes nothing', async () => {
  const attempt = withController(db.ledger('api'), 7, (tx) => tx.query('create temporary table t ()'))
  await expect(attempt).rejects.toMatchObject({ code: '25006' })
})

it('a failed statement that nobody passed on does not look like a commit', async () => {
  const attempt = withControllerWriting(db.ledger('api'), 7, async (tx) => {
    await tx.query('select 1 / 0').catch(() => {})
  })
  await expect(attempt).rejects.toMatchObject({ code: 'log-unavailable' })
})

it('a connection that breaks inside a transaction is not lent out again', async () => {
  const pool = db.ledger('purge')
  const attempt = withController(pool, 7, async (tx) => {
    const { rows } = await tx.query('select pg_backend_pid() as pid')
    await db.asAdmin('ledger', (admin) => admin.query('select pg_terminate_backend($1)', [rows[0].pid]))
    await tx.query('select 1')
  })
  await expect(attempt).rejects.toThrow()
  expect(pool.totalCount).toBe(0)
  await expect(pool.query('select 1')).resolves.toBeDefined()
})

it('Kysely queries run inside the transaction', async () => {
  const rows = await withController(db.ledger('api'), 7, (tx) =>
    kyselyFor(tx)
      .selectNoFrom((e) => e.fn<string>('current_setting', [e.val('liggare.controller')]).as('id'))
      .execute(),
  )
  expect(rows).toEqual([{ id: '7' }])
})
