import pg from 'pg'
import { byteaArray, int4Array } from '../../services/ledger/binary-array.ts'
import type { Cluster } from './cluster.ts'
import { authors, drawer } from './payload.ts'
import { bodies } from './requests.ts'
import { closedLoop, fastest, type Measurement, type Opened, type Send } from './sample.ts'

const database = 'bench_raw'
const size = 500

/** The limit: the same bytes by multi-row insert into one table, with no order, no look-up, no index but the key. */
export async function rawLimit(cluster: Cluster, trialMs: number): Promise<Opened> {
  await cluster.createDatabase(database)
  const pool = new pg.Pool({ connectionString: cluster.url(database), max: 4 })
  await pool.query('create table raw (n int primary key, body bytea not null)')
  const next = drawer('raw')
  const body = bodies({ slug: '', channel: crypto.randomUUID(), first: 0, count: authors })
  let last = 0
  const send: Send = async () => {
    const rows = Array.from({ length: size }, () => Buffer.from(body(next()), 'latin1'))
    const ids = rows.map((_, index) => last + index)
    last += size
    await pool.query({
      name: 'insert',
      text: 'insert into raw select * from unnest($1::int[], $2::bytea[])',
      values: [int4Array(ids), byteaArray(rows)],
    })
    return size
  }
  const trial = (inFlight: number) => closedLoop(inFlight, { warmUpMs: 100, ms: trialMs }, send)
  const inFlight = await fastest(trialMs > 0 ? [1, 2, 4] : [2], trial)
  const measurement: Measurement = {
    name: 'raw/500',
    contender: 'raw',
    load: 'batch',
    databases: [database],
    run: (span) => closedLoop(inFlight, span, send),
  }
  return { measurements: [measurement], note: `raw: ${inFlight} connections`, close: () => pool.end() }
}
