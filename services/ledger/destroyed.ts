import type { PoolClient } from 'pg'
import type { Day } from '../events/vocabulary.ts'

/** What a purge's intents name, from the log alone. */
export type DestroyedTotals = {
  readonly objects: number
  /** Events of these objects. */
  readonly records: number
  /** SHA-256 over the events' positions in order, each as a big-endian 64-bit integer: what a certificate names instead of content. */
  readonly positions: string
  readonly oldest: Day | null
  readonly newest: Day | null
}

/** Computed by the database: a million positions are 8 MB there, and nothing here. */
export async function destroyedTotals(
  tx: PoolClient,
  controller: number,
  purgeId: string,
): Promise<DestroyedTotals> {
  await tx.query('set local statement_timeout = 0')
  const { rows } = await tx.query<DestroyedTotals>(
    `select count(distinct e.stream_id)::int as objects, count(*)::int as records,
       'sha256:' || encode(sha256(coalesce(string_agg(int8send(e.position), ''::bytea order by e.position), ''::bytea)), 'hex') as positions,
       min(e.occurred_on) as oldest, max(e.occurred_on) as newest
     from ledger.event i
     join ledger.condemned c on c.controller_id = $1 and c.position = i.position
     join ledger.event e on e.controller_id = $1 and e.stream_id = c.object_id
    where i.controller_id = $1 and i.stream_id = $2 and i.type = 'purge.intended'`,
    [controller, purgeId],
  )
  return rows[0] as DestroyedTotals
}
