import type { Pool, PoolClient } from 'pg'
import { withController } from '../db/transaction.ts'
import type { Journal } from './journal.ts'
import type { Keyring } from './keyring.ts'
import type { Log } from './ledger.ts'
import { partCommitment, secretLength } from './seal.ts'
import type { Report } from './verify-finding.ts'

/** Events whose keys are fetched and tried at once. */
const batchSize = 1_000

type PartRow = {
  position: string
  event_id: string
  ordinal: number
  subject_id: string
  commitment: Buffer | null
  /** Of an object that is condemned: keys may be gone before contents are. */
  condemned: boolean
  executed: boolean
}

/**
 * Compares the keyring with the log: that each sealed part's key is the one that its commitment names, and that of what was
 * destroyed no key is left. Nothing is opened: a key is derived and hashed. One batch at a time, in flat memory.
 */
export async function checkKeys(
  pool: Pool,
  keyring: Keyring,
  log: Log,
  report: Report,
  options: {
    readonly from: number
    readonly size: number
    readonly onProgress?: (at: number, of: number) => void
  },
): Promise<void> {
  for (let at = options.from; at < options.size; at += batchSize) {
    const end = Math.min(options.size, at + batchSize)
    const rows = await withController(pool, log.controller, (tx) => partsIn(tx, log.controller, at, end))
    const secrets = await keyring.recordSecrets(log.controller, [...new Set(rows.map((row) => row.event_id))])
    const subjects = await keyring.subjectKeys(log.controller, [
      ...new Set(rows.map((row) => row.subject_id)),
    ])
    for (const row of rows) checkPart(row, secrets.get(row.event_id), subjects.get(row.subject_id), report)
    options.onProgress?.(end, options.size)
  }
}

async function partsIn(tx: PoolClient, controller: number, from: number, to: number): Promise<PartRow[]> {
  const { rows } = await tx.query<PartRow>(
    `select p.position, e.event_id, p.ordinal, p.subject_id, s.commitment, c.object_id is not null as condemned,
       c.executed_at is not null as executed
     from ledger.event_part p
     join ledger.event e on e.controller_id = $1 and e.position = p.position
     left join ledger.sealed_part s on s.controller_id = $1 and s.position = p.position and s.ordinal = p.ordinal
     left join ledger.condemned c on c.controller_id = $1 and c.object_id = e.stream_id
     where p.controller_id = $1 and p.position >= $2 and p.position < $3
     order by p.position, p.ordinal`,
    [controller, from, to],
  )
  return rows
}

function checkPart(
  row: PartRow,
  secrets: Buffer | undefined,
  subjectKey: Buffer | undefined,
  report: Report,
) {
  const { position, ordinal } = row
  if (row.executed) {
    if (secrets !== undefined)
      report(
        'key-not-destroyed',
        position,
        `the key of part ${ordinal} stands although its purge was executed`,
      )
    return
  }
  // That the content is gone is told elsewhere.
  if (row.commitment === null) return
  if (secrets === undefined || subjectKey === undefined) {
    if (!row.condemned) report('key-missing', position, `part ${ordinal} has no key: it cannot be opened`)
    return
  }
  const secret = secrets.subarray(ordinal * secretLength, (ordinal + 1) * secretLength)
  if (!partCommitment(subjectKey, secret, row.event_id, ordinal).equals(row.commitment)) {
    report('key-altered', position, `the key of part ${ordinal} is not the one it was sealed with`)
  }
}

/**
 * Compares the three places that remember what was destroyed: each executed intent of the log stands in the journal file and
 * in the keyring, and the tombstones that the journal knows stand in the log.
 */
export async function checkMemories(
  pool: Pool,
  keyring: Pool,
  journal: Journal,
  log: Log,
  report: Report,
): Promise<void> {
  const { rows } = await withController(pool, log.controller, (tx) =>
    tx.query<{ position: string; event_id: string; executed: boolean }>(
      `select e.position, e.event_id, exists (select from ledger.condemned c
          where c.controller_id = $1 and c.position = e.position and c.executed_at is not null) as executed
       from ledger.event e where e.controller_id = $1 and e.type = 'purge.intended' order by e.position`,
      [log.controller],
    ),
  )
  for (const { position, event_id: intent, executed } of rows) {
    if (!executed) continue
    const entry = journal.read(intent)
    if (entry === undefined) {
      report('journal-missing', position, 'the intent was executed and the erasure journal does not know it')
      continue
    }
    const lost = await withController(pool, log.controller, (tx) =>
      tx.query<{ count: string }>(
        `select count(*) from unnest($2::bytea[]) d(digest)
          where not exists (select from ledger.tombstone t where t.controller_id = $1 and t.digest = d.digest)`,
        [log.controller, entry.tombstones.map((digest) => Buffer.from(digest, 'base64url'))],
      ),
    )
    const missing = Number(lost.rows[0]?.count ?? 0)
    if (missing > 0) {
      report(
        'tombstone-altered',
        position,
        `${missing} of its tombstones are gone: what it destroyed could be imported again`,
      )
    }
    const buried = await withController(keyring, log.controller, (tx) =>
      tx.query<{ count: string }>(
        `select count(*) from unnest($2::uuid[]) e(id)
          where not exists (select from keyring.tombstone t where t.controller_id = $1 and t.kind = 'record' and t.id = e.id)`,
        [log.controller, entry.events],
      ),
    )
    const unburied = Number(buried.rows[0]?.count ?? 0)
    if (unburied > 0) {
      report(
        'tombstone-altered',
        position,
        `the keyring does not know that the keys of ${unburied} of its events are destroyed`,
      )
    }
  }
}
