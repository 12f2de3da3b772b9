import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { withControllerWriting } from '../../services/db/transaction.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import { createOwnTables, modelTables } from '../../services/ledger/rebuild-tables.ts'
import { testDatabases } from '../support/database.ts'
import { richHistory } from './history.ts'
import { testLedger } from './support.ts'

const databases = testDatabases()
let log: Log
let size = 0
let whole: Record<string, unknown[]>
beforeAll(async () => {
  log = await richHistory(await testLedger(databases))
  size = await databases.asAdmin('ledger', async (admin) => {
    const { rows } = await admin.query('select size from ledger.log_head where controller_id = $1', [
      log.controller,
    ])
    return Number(rows[0].size)
  })
  whole = await projectedWith([])
})

/** The read models after the log was projected in ranges that end at `cuts`. */
function projectedWith(cuts: readonly number[]): Promise<Record<string, unknown[]>> {
  return withControllerWriting(databases.ledger('worker'), log.controller, async (tx) => {
    await createOwnTables(tx, 'drop')
    await tx.query("select set_config('search_path', 'pg_temp, ledger', true)")
    const ends = [...new Set(cuts)].sort((a, b) => a - b)
    for (const [index, end] of [...ends, size].entries()) {
      await tx.query('select model.project($1, $2, $3)', [log.controller, ends[index - 1] ?? 0, end])
    }
    const tables: Record<string, unknown[]> = {}
    for (const { name, key } of await modelTables(tx)) {
      tables[name] = (await tx.query(`select * from pg_temp.${name} order by ${key.join(', ')}`)).rows
    }
    return tables
  })
}

it('fills every read model from the history', () => {
  const empty = Object.entries(whole).filter(([, rows]) => rows.length === 0)
  expect(empty).toEqual([])
})

it('ends the same event by event', async () => {
  expect(await projectedWith(Array.from({ length: size }, (_, at) => at))).toEqual(whole)
})

it('ends the same wherever the positions are cut into ranges', async () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: size - 1 }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(cuts, async (at) => {
      expect(await projectedWith(at)).toEqual(whole)
    }),
    { numRuns: 40 },
  )
})
