import type pg from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import { type DatabaseKind, loginRoles, ownerRole } from '../../services/db/roles.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { feedComment, newPage } from '../deliveries/kept-support.ts'
import { testDatabases } from '../support/database.ts'
import { richHistory } from './history.ts'
import { newLog, testLedger } from './support.ts'

const databases = testDatabases()
let log: Log
let other: Log
beforeAll(async () => {
  const house = await testLedger(databases)
  log = await richHistory(house)
  other = await newLog(house.ledger)
  await (await newPage(house.ledger, log)).post(feedComment('1', 'Bra så'))
  await databases
    .ledger('worker')
    .query(`select ledger.raise_signing_alarm($1, 'smaller', now())`, [log.controller])
})

const kinds: readonly DatabaseKind[] = ['ledger', 'keyring']
const ledgerRoles = ['api', 'worker', 'purge', 'auditor'] as const
const logins: readonly { role: string; kind: DatabaseKind; pool: () => pg.Pool }[] = [
  ...ledgerRoles.map((role) => ({
    role: `liggare_${role}`,
    kind: 'ledger' as const,
    pool: () => databases.ledger(role),
  })),
  { role: 'liggare_keyring', kind: 'keyring', pool: () => databases.keyring() },
]

type Table = { name: string; column: string; apart: boolean }

/** Every table of Liggare's, whether or not anybody thought of it. */
const tablesOf = (kind: DatabaseKind): Promise<Table[]> =>
  databases.asAdmin(kind, async (admin) => {
    const { rows } = await admin.query<Table>(
      `select c.oid::regclass::text as name,
         (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = 1) as column,
         exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'controller_id') as apart
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and n.nspname in ('ledger', 'model', 'keyring', 'liggare') order by 1`,
    )
    return rows
  })

/** Runs it in a transaction that is rolled back; the SQLSTATE it ends with, or what it answers. */
async function attempt(pool: pg.Pool, sql: string, controller?: number): Promise<string | unknown[]> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    if (controller !== undefined) {
      await client.query(`select set_config('liggare.controller', $1, true)`, [String(controller)])
    }
    return (await client.query(sql)).rows
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await client.query('rollback')
    client.release()
  }
}

describe.each(logins)('$role', ({ role, kind, pool }) => {
  it('writes to no table directly', async () => {
    const done: string[] = []
    for (const { name, column } of await tablesOf(kind)) {
      const statements = [
        `insert into ${name} default values`,
        `update ${name} set ${column} = ${column}`,
        `delete from ${name}`,
        `truncate ${name}`,
      ]
      for (const sql of statements) {
        if ((await attempt(pool(), sql, log.controller)) !== '42501') done.push(sql)
      }
    }
    expect(done).toEqual([])
  })

  it('gets an error and never an empty answer while no controller is set', async () => {
    const answered: string[] = []
    for (const { name, apart } of await tablesOf(kind)) {
      if (!apart) continue
      const outcome = await attempt(pool(), `select * from ${name} limit 1`)
      if (outcome !== 'LG001' && outcome !== '42501') answered.push(`${name}: ${JSON.stringify(outcome)}`)
    }
    expect(answered).toEqual([])
  })

  it('sees nothing of another controller', async () => {
    const seen: string[] = []
    for (const { name, apart } of await tablesOf(kind)) {
      if (!apart) continue
      const sql = `select 1 from ${name} where controller_id = ${log.controller} limit 1`
      const outcome = await attempt(pool(), sql, other.controller)
      if (outcome !== '42501' && outcome.length > 0) seen.push(name)
    }
    expect(seen).toEqual([])
  })

  it('is no superuser, bypasses nothing, may make nothing lasting and belongs to no other role', async () => {
    const [row] = (await attempt(
      pool(),
      `select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication as above,
         (select count(*)::int from pg_auth_members m where m.member = r.oid) as memberships,
         (select array_agg(nspname::text) from pg_namespace n where nspname !~ '^pg_' and has_schema_privilege(n.oid, 'create')) as makes,
         has_database_privilege(current_database(), 'create') as makes_schemas
       from pg_roles r where rolname = current_user`,
    )) as object[]
    expect(row).toEqual({ above: false, memberships: 0, makes: null, makes_schemas: false })
  })

  it('has the privileges of its task on tables: reading, and that of few', async () => {
    const readable: string[] = []
    for (const { name } of await tablesOf(kind)) {
      const [row] = (await attempt(pool(), `select has_table_privilege('${name}', 'select') as may`)) as {
        may: boolean
      }[]
      if (row?.may === true) readable.push(name)
    }
    const sealed = readable.filter((name) => /sealed_part|subject_key|record_key|identity|trait/.test(name))
    const maySeeSealed = role === 'liggare_api' || role === 'liggare_worker'
    expect(sealed).toEqual(
      maySeeSealed ? ['ledger.identity', 'ledger.sealed_part', 'ledger.subject_trait'] : [],
    )
  })
})

it('fills every table that holds a controller before it looks at the walls', async () => {
  const counts = await databases.asAdmin('ledger', async (admin) => {
    const empty: string[] = []
    for (const { name, apart } of await tablesOf('ledger')) {
      if (apart && (await admin.query(`select 1 from ${name} limit 1`)).rowCount === 0) empty.push(name)
    }
    return empty
  })
  // Filled by the signer alone; who reads them is shown in checkpoints.test.ts.
  expect(counts).toEqual(['ledger.checkpoint', 'ledger.checkpoint_evidence', 'ledger.tile'])
})

it.each(kinds)('every %s table with a controller has row-level security, forced', async (kind) => {
  const open = await databases.asAdmin(kind, async (admin) => {
    const { rows } = await admin.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'controller_id'
        where c.relkind in ('r', 'p') and c.relnamespace in (select oid from pg_namespace where nspname in ('ledger', 'model', 'keyring'))
          and not (c.relrowsecurity and c.relforcerowsecurity)`,
    )
    return rows
  })
  expect(open).toEqual([])
})

it.each(['event', 'event_part', 'tombstone', 'tile', 'checkpoint'])(
  'not even the owner changes ledger.%s',
  async (table) => {
    const outcomes = await databases.asAdmin('ledger', async (admin) => {
      await admin.query(`set role ${ownerRole.ledger}`)
      const pool = { connect: async () => Object.assign(admin, { release: () => {} }) } as unknown as pg.Pool
      return [
        await attempt(pool, `update ledger.${table} set controller_id = controller_id`, log.controller),
        await attempt(pool, `delete from ledger.${table}`, log.controller),
        await attempt(pool, `truncate ledger.${table}`, log.controller),
      ]
    })
    expect(outcomes).toEqual(['LG003', 'LG003', 'LG003'])
  },
)

it('nobody logs in as an owner', async () => {
  for (const kind of kinds) {
    const { rows } = await databases.asAdmin(kind, (admin) =>
      admin.query('select rolcanlogin from pg_roles where rolname = $1', [ownerRole[kind]]),
    )
    expect(rows).toEqual([{ rolcanlogin: false }])
  }
})

/** Who may call what: everything that is not here may be called by nobody. */
const mayCall: Readonly<Record<string, readonly string[]>> = {
  'ledger.append': ['api', 'purge', 'worker'],
  'ledger.blocked_objects': ['api', 'purge', 'worker'],
  'ledger.condemn': ['purge'],
  'ledger.create_controller': ['api', 'worker'],
  'ledger.current_controller': ['api', 'auditor', 'purge', 'worker'],
  'ledger.destroy_deliveries': ['purge'],
  'ledger.dispose': ['purge'],
  'ledger.due_deliveries': ['purge'],
  'ledger.find_channel': ['api', 'worker'],
  'ledger.find_controller': ['api', 'auditor', 'purge', 'worker'],
  'ledger.forget_persons': ['purge'],
  'ledger.forgotten_persons': ['purge'],
  'ledger.index_delivery': ['api', 'worker'],
  'ledger.intended_deliveries': ['purge'],
  'ledger.intended_digests': ['purge'],
  'ledger.intended_parts': ['purge'],
  'ledger.intent_pending': [],
  'ledger.intent_tombstones': ['purge'],
  'ledger.intents': ['api', 'purge', 'worker'],
  'ledger.keep_delivery': ['api', 'worker'],
  'ledger.last_recorded_at': ['api', 'purge', 'worker'],
  'ledger.link_facts': ['api', 'worker'],
  'ledger.list_controllers': ['api', 'auditor', 'purge', 'worker'],
  'ledger.look_up': ['api', 'worker'],
  'ledger.missing_events': ['api', 'purge', 'worker'],
  'ledger.newest_sealed': ['api', 'purge', 'worker'],
  'ledger.raise_signing_alarm': ['worker'],
  'ledger.refuse_change': [],
  'ledger.release': ['purge'],
  'ledger.replay_intent': ['purge'],
  'ledger.replayable_objects': ['purge'],
  'ledger.signing_alarms': ['api', 'auditor', 'worker'],
  'ledger.store_checkpoint': ['worker'],
  'ledger.store_checkpoint_evidence': ['worker'],
  'ledger.store_tiles': ['worker'],
  'ledger.streams_of': ['purge'],
  'ledger.unexecuted_intents': ['purge'],
  'model.project': ['api', 'auditor', 'worker'],
  // With their caller's rights, into the caller's own temporary tables: read models of the past and of a check.
  'model.project_oversight': ['api', 'auditor', 'worker'],
  'model.project_rulings': ['api', 'auditor', 'worker'],
}

it('exactly those may call a function of the ledger who need it', async () => {
  const { rows } = await databases.asAdmin('ledger', (admin) =>
    admin.query<{ name: string; roles: string[]; outsiders: boolean }>(
      `select n.nspname || '.' || p.proname as name, has_function_privilege('public', p.oid, 'execute') as outsiders,
         coalesce((select array_agg(substr(r, 9) order by r) from unnest($1::text[]) r where has_function_privilege(r, p.oid, 'execute')), '{}') as roles
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('ledger', 'model') order by 1`,
      [loginRoles.ledger],
    ),
  )
  expect(Object.fromEntries(rows.map((row) => [row.name, row.roles]))).toEqual(mayCall)
  expect(rows.filter((row) => row.outsiders)).toEqual([])
})

it('the keyring is worked by its own role through functions alone', async () => {
  const { rows } = await databases.asAdmin('keyring', (admin) =>
    admin.query<{ name: string }>(
      `select p.proname as name from pg_proc p where p.pronamespace = 'keyring'::regnamespace
        and (has_function_privilege('public', p.oid, 'execute') or not has_function_privilege('liggare_keyring', p.oid, 'execute'))`,
    ),
  )
  expect(rows).toEqual([])
})
