import type { ClientBase } from 'pg'
import type { Log } from './ledger.ts'
import { createOwnTables, fillOwnTables, type ModelTable, modelTables } from './rebuild-tables.ts'

/** How a read model differs from what the log says. All zero: it is exactly the log's. */
export type TableDifference = {
  readonly table: string
  /** Rows that the log demands. */
  readonly rows: number
  readonly missing: number
  readonly surplus: number
  readonly different: number
  /** Keys of some rows that differ. */
  readonly examples: readonly string[]
}

export type RebuildReport = {
  readonly controller: string
  /** The log's size when the comparison was made. */
  readonly size: number
  readonly tables: readonly TableDifference[]
  /** Whether the live tables were changed. */
  readonly replaced: boolean
}

export type Progress = (position: number, size: number) => void

export function isExact(report: Pick<RebuildReport, 'tables'>): boolean {
  return report.tables.every((it) => it.missing + it.surplus + it.different === 0)
}

/**
 * Computes the read models anew from the log, on one snapshot and beside the live ones, and compares row by row. The log
 * stays open meanwhile; any role that may read both can do it. The session's own tables are left behind for
 * {@link replaceDiffering}; `dropOwnTables` takes them away.
 */
export async function compareReadModels(
  client: ClientBase,
  log: Log,
  onProgress: Progress = () => {},
): Promise<RebuildReport> {
  await begin(client, 'repeatable read', log)
  try {
    const size = await sizeOf(client, log)
    await createOwnTables(client, 'preserve rows')
    await fillOwnTables(client, log.controller, 0, size, (position) => onProgress(position, size))
    const tables: TableDifference[] = []
    for (const table of await modelTables(client)) tables.push(await compare(client, log, table))
    await client.query('commit')
    return { controller: log.slug, size, tables, replaced: false }
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

/**
 * Rebuilds the read models of one controller: compares, and where they differ replaces the differing rows in one
 * transaction under the lock of the log's head, so that no append comes between. `client` must be the owner.
 */
export async function rebuild(
  client: ClientBase,
  log: Log,
  options: { readonly dryRun?: boolean; readonly onProgress?: Progress } = {},
): Promise<RebuildReport> {
  try {
    const report = await compareReadModels(client, log, options.onProgress)
    if (options.dryRun === true || isExact(report)) return report
    await replaceDiffering(client, log, report.size)
    return { ...report, replaced: true }
  } finally {
    await dropOwnTables(client)
  }
}

async function replaceDiffering(client: ClientBase, log: Log, projected: number): Promise<void> {
  await begin(client, 'read committed', log)
  try {
    await client.query('select from ledger.log_head where controller_id = $1 for update', [log.controller])
    await fillOwnTables(client, log.controller, projected, await sizeOf(client, log))
    for (const { name, key } of await modelTables(client)) {
      const same = key.map((column) => `s.${column} = l.${column}`).join(' and ')
      await client.query(
        `delete from model.${name} l where l.controller_id = $1
           and not exists (select from pg_temp.${name} s where ${same} and row(s.*) is not distinct from row(l.*))`,
        [log.controller],
      )
      await client.query(
        `insert into model.${name} select s.* from pg_temp.${name} s
          where not exists (select from model.${name} l where l.controller_id = $1 and ${same})`,
        [log.controller],
      )
    }
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

export async function dropOwnTables(client: ClientBase): Promise<void> {
  await client.query('discard temp')
}

type Difference = {
  rows: string
  missing: string
  surplus: string
  different: string
  examples: string[] | null
}

async function compare(client: ClientBase, log: Log, { name, key }: ModelTable): Promise<TableDifference> {
  const own = key.filter((column) => column !== 'controller_id')
  const { rows } = await client.query<Difference>(
    `with difference as (
       select concat_ws(' ', ${own.join(', ')}) as key,
         case when l.controller_id is null then 'missing' when s.controller_id is null then 'surplus' else 'different' end as kind
       from pg_temp.${name} s
       full join (select * from model.${name} where controller_id = $1) l using (${key.join(', ')})
       where row(s.*) is distinct from row(l.*)
     )
     select (select count(*) from pg_temp.${name}) as rows,
       count(*) filter (where kind = 'missing') as missing,
       count(*) filter (where kind = 'surplus') as surplus,
       count(*) filter (where kind = 'different') as different,
       (select array_agg(e.key) from (select key from difference limit 5) e) as examples
     from difference`,
    [log.controller],
  )
  const row = rows[0] as Difference
  return {
    table: name,
    rows: Number(row.rows),
    missing: Number(row.missing),
    surplus: Number(row.surplus),
    different: Number(row.different),
    examples: row.examples ?? [],
  }
}

async function sizeOf(client: ClientBase, log: Log): Promise<number> {
  const { rows } = await client.query<{ size: string }>(
    'select size from ledger.log_head where controller_id = $1',
    [log.controller],
  )
  return Number(rows[0]?.size ?? 0)
}

async function begin(client: ClientBase, isolation: string, log: Log): Promise<void> {
  await client.query(`begin isolation level ${isolation}`)
  await client.query(
    `select set_config('liggare.controller', $1, true), set_config('statement_timeout', '0', true),
       set_config('work_mem', '64MB', true), set_config('jit', 'off', true)`,
    [String(log.controller)],
  )
}
