import type pg from 'pg'

type Column = { table: string; name: string; type: string; nullable: boolean; defaulted: boolean }

/** How values of a type come out of our pools (services/db/types.ts). */
const typeOf: Readonly<Record<string, string>> = {
  bool: 'boolean',
  bytea: 'Buffer',
  date: 'string',
  int2: 'number',
  int4: 'number',
  int8: 'string',
  jsonb: 'unknown',
  text: 'string',
  timestamptz: 'Date',
  uuid: 'string',
}

const heading = `import type { Generated } from 'kysely'

/**
 * Row types of the ledger database for Kysely, generated from migrations/ by \`npm run generate\`. Whole numbers of 64 bits
 * and days are strings, as our pools give them.
 */
export type Database = {
`

/** The tables of the ledger database as TypeScript. Throws for a column type that has no mirror yet. */
export async function describeTables(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<Column>(
    `select n.nspname || '.' || c.relname as table, a.attname as name, t.typname as type,
        not a.attnotnull as nullable, a.atthasdef as defaulted
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        join pg_type t on t.oid = a.atttypid
      where n.nspname in ('ledger', 'model') and c.relkind in ('r', 'p') and not c.relispartition
      order by n.nspname collate "C", c.relname collate "C", a.attnum`,
  )
  const tables = Map.groupBy(rows, (row) => row.table)
  const bodies = [...tables].map(
    ([table, columns]) =>
      `  '${table}': {\n${columns.map((it) => `    ${it.name}: ${mirror(it)}\n`).join('')}  }\n`,
  )
  return `${heading}${bodies.join('')}}\n`
}

function mirror({ table, name, type, nullable, defaulted }: Column): string {
  const element = type.startsWith('_') ? type.slice(1) : type
  const single = typeOf[element]
  if (single === undefined) throw new Error(`${table}.${name}: no TypeScript type for ${type}`)
  const plain = element === type ? single : `${single}[]`
  const whole = nullable ? `${plain} | null` : plain
  return defaulted ? `Generated<${whole}>` : whole
}
