import type { Pool } from 'pg'
import { withController } from '../db/transaction.ts'
import { DomainError } from '../platform/errors.ts'
import { randomBytes } from '../platform/ids.ts'
import { uuidArray } from './binary-array.ts'
import type { Keyring } from './keyring.ts'
import type { Log } from './ledger.ts'

/** Sealed parts tried at once. */
const batch = 200
const beyond = '9223372036854775807'

type Sealed = { event_id: string; position: string; interaction: boolean; condemned: boolean }

/**
 * Refuses a keyring that is older than the log: keys stored after its backup are nowhere. Looks at the newest sealed parts,
 * and further back only as long as keys are missing. Answers the other events that have lost theirs: who decided something
 * is then no longer readable.
 */
export async function assertNewestKeys(pool: Pool, keyring: Keyring, log: Log): Promise<string[]> {
  const lost: string[] = []
  let interactions = 0
  for (let before = beyond; ; ) {
    const { rows } = await pool.query<Sealed>(
      'select event_id, position, interaction, condemned from ledger.newest_sealed($1, $2, $3)',
      [log.controller, before, batch],
    )
    const tried = rows.filter((row) => !row.condemned)
    const missing = await withoutKey(keyring, log, tried)
    interactions += missing.filter((row) => row.interaction).length
    lost.push(...missing.filter((row) => !row.interaction).map((row) => row.event_id))
    before = rows.at(-1)?.position ?? before
    if (rows.length === 0 || (tried.length > 0 && missing.length === 0)) break
  }
  if (interactions === 0) return lost
  throw new DomainError(
    'key-mismatch',
    `The keyring is older than the log ${log.slug}: it lacks the keys of its ${interactions} newest records. ` +
      'Restore the newest keyring backup; failing that, a ledger backup that is no newer than the keyring.',
  )
}

async function withoutKey(keyring: Keyring, log: Log, tried: readonly Sealed[]): Promise<Sealed[]> {
  return withController(keyring.pool, log.controller, async (tx) => {
    const { rows } = await tx.query<{ id: string }>(
      `select i as id from unnest($2::uuid[]) i
        where not exists (select from keyring.tombstone t where t.controller_id = $1 and t.kind = 'record' and t.id = i)
       except select k.event_id from keyring.fetch_record_keys($1, $2::uuid[]) k`,
      [log.controller, uuidArray(tried.map((row) => row.event_id))],
    )
    const missing = new Set(rows.map((row) => row.id))
    return tried.filter((row) => missing.has(row.event_id))
  })
}

/**
 * Gives those of the log's living subjects a new key whose key an old keyring has lost, so that they can act again; what
 * was sealed with the lost one stays unreadable. `pool` may read subjects. Answers how many there were.
 */
export async function renewSubjectKeys(
  pool: Pool,
  keyring: Keyring,
  log: Log,
  events: readonly string[],
): Promise<number> {
  const concerned = await subjectIds(
    pool,
    log,
    `select distinct p.subject_id as id from ledger.event e
       join ledger.event_part p on p.controller_id = $1 and p.position = e.position
      where e.controller_id = $1 and e.event_id = any ($2::uuid[])`,
    uuidArray(events),
  )
  if ((await keyring.subjectKeys(log.controller, concerned)).size === concerned.length) return 0
  let renewed = 0
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const ids = await subjectIds(
      pool,
      log,
      `select subject_id as id from ledger.subject
        where controller_id = $1 and subject_id > $2::uuid and erased_position is null order by subject_id limit 1000`,
      after,
    )
    if (ids.length === 0) return renewed
    after = ids.at(-1) as string
    const keys = await keyring.subjectKeys(log.controller, ids)
    const keyless = await undestroyed(
      keyring,
      log,
      ids.filter((id) => !keys.has(id)),
    )
    const subjects = keyless.map((subjectId) => ({ subjectId, key: randomBytes(32) }))
    if (subjects.length > 0) await keyring.put(log.controller, { subjects, records: [] })
    renewed += subjects.length
  }
}

async function subjectIds(pool: Pool, log: Log, select: string, given: unknown): Promise<string[]> {
  return withController(pool, log.controller, async (tx) => {
    const { rows } = await tx.query<{ id: string }>(select, [log.controller, given])
    return rows.map((row) => row.id)
  })
}

async function undestroyed(keyring: Keyring, log: Log, ids: readonly string[]): Promise<string[]> {
  return withController(keyring.pool, log.controller, async (tx) => {
    const { rows } = await tx.query<{ id: string }>(
      `select i as id from unnest($2::uuid[]) i
        where not exists (select from keyring.tombstone t where t.controller_id = $1 and t.kind = 'subject' and t.id = i)`,
      [log.controller, uuidArray(ids)],
    )
    return rows.map((row) => row.id)
  })
}
