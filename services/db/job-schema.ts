import type pg from 'pg'
import { PgBoss } from 'pg-boss'

/** The queue's own schema beside ours: the worker owns it, and in it stand ids and times, never content. */
export const jobSchema = 'pgboss'
const owner = 'liggare_worker'

/** Makes or renews the schema of the job queue under the worker's role. `client` is administrative; repeating it changes nothing. */
export async function installJobSchema(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ above: boolean }>(
    'select rolsuper as above from pg_roles where rolname = current_user',
  )
  if (rows[0]?.above !== true) await client.query(`grant ${owner} to current_user`)
  await client.query(`select pg_advisory_lock(hashtext('liggare.jobs'))`)
  try {
    await client.query(`create schema if not exists ${jobSchema} authorization ${owner}`)
    await client.query(`set role ${owner}`)
    const boss = new PgBoss({
      db: { executeSql: (text, values) => executeOn(client, text, values) },
      schema: jobSchema,
      createSchema: false,
      migrate: true,
      schedule: false,
      supervise: false,
      registerInstance: false,
    })
    await boss.start()
    await boss.stop({ graceful: false })
  } finally {
    await client.query('reset role')
    await client.query(`select pg_advisory_unlock(hashtext('liggare.jobs'))`)
  }
}

/** Without values a text may hold several statements: then PostgreSQL answers for each, and the last has the rows. */
export async function executeOn(
  client: Pick<pg.ClientBase, 'query'>,
  text: string,
  values?: unknown[],
): Promise<{ rows: never[] }> {
  const answer: unknown = await (values === undefined || values.length === 0
    ? client.query(text)
    : client.query(text, values))
  const last: unknown = Array.isArray(answer) ? answer.at(-1) : answer
  return { rows: (last as pg.QueryResult<never>).rows }
}
