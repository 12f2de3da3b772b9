import type { ClientBase } from 'pg'

/** A read model as the catalogue has it. */
export type ModelTable = { readonly name: string; readonly key: readonly string[] }

/** Indexes beside the unique ones that `model.project` needs; the others serve readers and would only cost here. */
const alsoNeeded = ['object_condemned_idx']

/** Positions projected by one statement: large enough to be fast, small enough to sort in memory and to show progress. */
const rangeSize = 50_000

export async function modelTables(client: ClientBase): Promise<ModelTable[]> {
  const { rows } = await client.query<ModelTable>(
    `select c.relname::text as name, array_agg(a.attname::text order by array_position(i.indkey::int[], a.attnum::int)) as key
       from pg_catalog.pg_class c
       join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
       join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
      where c.relnamespace = 'model'::regnamespace and c.relkind = 'r'
      group by c.relname order by c.relname`,
  )
  return rows
}

/** Makes the session's own, empty set of read models: same columns, same names, in `pg_temp`. */
export async function createOwnTables(client: ClientBase, onCommit: 'drop' | 'preserve rows'): Promise<void> {
  for (const { name } of await modelTables(client)) {
    await client.query(
      `create temporary table ${name} (like model.${name} including defaults including constraints) on commit ${onCommit}`,
    )
    const { rows } = await client.query<{ definition: string }>(
      `select pg_get_indexdef(i.indexrelid) as definition from pg_catalog.pg_index i
        where i.indrelid = $1::regclass and (i.indisunique or i.indexrelid::regclass::text = any ($2))`,
      [`model.${name}`, alsoNeeded.map((index) => `model.${index}`)],
    )
    for (const { definition } of rows) {
      await client.query(definition.replace(/ INDEX \S+ ON model\./, ' INDEX ON pg_temp.'))
    }
  }
}

/** Projects the positions of [from, to) into the session's own tables. Expects `liggare.controller` to be set. */
export async function fillOwnTables(
  client: ClientBase,
  controller: number,
  from: number,
  to: number,
  onProgress: (position: number) => void = () => {},
): Promise<void> {
  const { rows } = await client.query<{ path: string }>(`select current_setting('search_path') as path`)
  await client.query(`select set_config('search_path', 'pg_temp, ledger', false)`)
  for (let at = from; at < to; at += rangeSize) {
    const end = Math.min(to, at + rangeSize)
    await client.query('select model.project($1, $2, $3)', [controller, at, end])
    onProgress(end)
  }
  await client.query(`select set_config('search_path', $1, false)`, [rows[0]?.path])
}

/**
 * What was known when the log had `upTo` events: fills read models of that moment, which stand in `pg_temp` under their
 * own names until the transaction ends. Inside a writing transaction of the controller only (a temporary table is made).
 */
export async function projectInto(client: ClientBase, controller: number, upTo: number): Promise<void> {
  await createOwnTables(client, 'drop')
  await fillOwnTables(client, controller, 0, upTo)
}
