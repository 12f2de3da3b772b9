import pg from 'pg'

// A bigint or a decimal does not fit a number, and a day made a Date moves by the machine's time zone.
const asText: ReadonlySet<number> = new Set([
  pg.types.builtins.INT8,
  pg.types.builtins.NUMERIC,
  pg.types.builtins.DATE,
])

/** How values come out of our pools; pg's global parsers stay as they are. */
export const text: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    asText.has(oid) && format !== 'binary'
      ? (value: string) => value
      : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
}
