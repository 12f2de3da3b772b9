import type { PoolClient } from 'pg'
import type { CheckedEvent } from './verify-event.ts'
import type { Report } from './verify-finding.ts'

/**
 * Parts of some positions against what is sealed. A missing one is right exactly where an intent event condemned its object
 * and was executed. The database hashes the ciphertexts: that its sha256 is the built-in one is among the safeguards.
 */
const sealedSelect = `
  with difference as materialized (
    select position, ordinal, p.digest as expected, s.digest as found
    from (select position, ordinal, digest from ledger.event_part
           where controller_id = $1 and position >= $2 and position < $3) p
    full join (select position, ordinal, sha256(commitment || ciphertext) as digest from ledger.sealed_part
           where controller_id = $1 and position >= $2 and position < $3) s using (position, ordinal)
    where p.digest is distinct from s.digest
  )
  select d.position, d.ordinal, d.expected is null as surplus, d.found is null as missing
  from difference d
  left join ledger.event e on e.controller_id = $1 and e.position = d.position
  left join ledger.condemned c on c.controller_id = $1 and c.object_id = e.stream_id
  where not (d.found is null and c.executed_at is not null and exists (
    select from ledger.event i where i.controller_id = $1 and i.position = c.position and i.type = 'purge.intended'))
  order by d.position, d.ordinal`

type SealedRow = { position: string; ordinal: number; surplus: boolean; missing: boolean }

/** Needs a role that may read ciphertexts: the worker, not the auditor. */
export async function checkSealedParts(
  tx: PoolClient,
  controller: number,
  from: number,
  to: number,
  report: Report,
): Promise<void> {
  const { rows } = await tx.query<SealedRow>(sealedSelect, [controller, from, to])
  for (const { position, ordinal, surplus, missing } of rows) {
    if (surplus) report('part-surplus', position, `sealed part ${ordinal} belongs to no part of the event`)
    else if (missing) report('part-missing', position, `sealed part ${ordinal} is gone and no purge took it`)
    else report('part-altered', position, `sealed part ${ordinal} is not what the header commits to`)
  }
}

/** Checks an event that destroys: an intent against what stands condemned by it, an end against its intents. */
export async function checkDestruction(
  tx: PoolClient,
  controller: number,
  position: string,
  event: CheckedEvent,
  report: Report,
): Promise<void> {
  if (event.type === 'purge.intended') {
    const { rows } = await tx.query<{ object_id: string }>(
      'select object_id from ledger.condemned where controller_id = $1 and position = $2',
      [controller, position],
    )
    const named = new Set(event.data.objects)
    const condemned = new Set(rows.map((row) => row.object_id))
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
    if (rows[0]?.digest !== event.data.positions) {
      report('certificate-altered', position, 'what its intents condemned is not what the purge certifies')
    }
  }
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
