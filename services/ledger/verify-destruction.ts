import type { PoolClient } from 'pg'
import { dataOf } from './verify-columns.ts'
import type { NotedEvent } from './verify-event.ts'
import type { Report } from './verify-finding.ts'

/** Checks an event that destroys: an intent against what stands condemned by it, an end against its intents. */
export async function checkDestruction(
  tx: PoolClient,
  controller: number,
  event: NotedEvent,
  report: Report,
): Promise<void> {
  const { position } = event
  const data = dataOf(event.header)
  // Told already where the header was looked into.
  if (data === undefined) return
  if (event.type === 'purge.intended') {
    const { rows } = await tx.query<{ object_id: string }>(
      'select object_id from ledger.condemned where controller_id = $1 and position = $2',
      [controller, position],
    )
    const named = new Set(data.objects)
    const condemned = new Set(rows.map((row) => row.object_id))
    if (condemned.size === 0 && (await wasReleased(tx, controller, event))) return
    for (const object of named) {
      if (!condemned.has(object)) {
        report(
          'condemnation-altered',
          position,
          `the intent names object ${object}, which is not condemned by it`,
        )
      }
    }
    for (const object of condemned) {
      if (!named.has(object)) {
        report(
          'condemnation-altered',
          position,
          `object ${object} is condemned by an intent that does not name it`,
        )
      }
    }
  } else if (event.type === 'purge.executed') {
    const { rows } = await tx.query<{ digest: string }>(
      `select 'sha256:' || encode(sha256(coalesce(string_agg(int8send(e.position), ''::bytea order by e.position), ''::bytea)), 'hex') as digest
         from ledger.event i
         join ledger.condemned c on c.controller_id = $1 and c.position = i.position
         join ledger.event e on e.controller_id = $1 and e.stream_id = c.object_id
        where i.controller_id = $1 and i.stream_id = $2 and i.type = 'purge.intended' and i.position < $3`,
      [controller, event.streamId, position],
    )
    if (rows[0]?.digest !== data.positions) {
      report('certificate-altered', position, 'what its intents condemned is not what the purge certifies')
    }
  }
}

/** Whether a revoked purge gave the objects of an intent back: the event that says so stands in the log. */
async function wasReleased(tx: PoolClient, controller: number, intent: NotedEvent): Promise<boolean> {
  const { rows } = await tx.query(
    `select from ledger.event e
      where e.controller_id = $1 and e.stream_id = $2 and e.position > $3 and e.type = 'purge.released'
        and (e.header::jsonb -> 'data' ->> 'intent')::bigint = $3 limit 1`,
    [controller, intent.streamId, intent.position],
  )
  return rows.length > 0
}

const shown = 100

/** What no single event shows: condemnations and tombstones without an intent, contents that outlived their purge. */
export async function checkAfterwards(
  tx: PoolClient,
  controller: number,
  sealed: boolean,
  report: Report,
): Promise<void> {
  const intent = (position: string) =>
    `exists (select from ledger.event i where i.controller_id = $1 and i.position = ${position} and i.type = 'purge.intended')`
  const condemned = await tx.query<{ object_id: string; position: string }>(
    `select object_id, position from ledger.condemned c where c.controller_id = $1 and not ${intent('c.position')} limit ${shown}`,
    [controller],
  )
  for (const row of condemned.rows) {
    report('condemnation-altered', row.position, `object ${row.object_id} is condemned by what is no intent`)
  }
  const tombstones = await tx.query<{ position: string; count: string }>(
    `select position, count(*) from ledger.tombstone t where t.controller_id = $1 and not ${intent('t.position')}
      group by position order by position limit ${shown}`,
    [controller],
  )
  for (const row of tombstones.rows) {
    report('tombstone-altered', row.position, `${row.count} tombstones name it, which is no intent`)
  }
  if (!sealed) return
  const left = await tx.query<{ position: string; ordinal: number }>(
    `select s.position, s.ordinal from ledger.condemned c
       join ledger.event e on e.controller_id = $1 and e.stream_id = c.object_id
       join ledger.sealed_part s on s.controller_id = $1 and s.position = e.position
      where c.controller_id = $1 and c.executed_at is not null order by 1, 2 limit ${shown}`,
    [controller],
  )
  for (const row of left.rows) {
    report(
      'part-not-destroyed',
      row.position,
      `sealed part ${row.ordinal} stands although its purge was executed`,
    )
  }
}
