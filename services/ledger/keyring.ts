import type { Pool, PoolClient } from 'pg'
import { promptly } from '../db/connect.ts'
import type { Clock } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { byteaArray, uuidArray } from './binary-array.ts'
import type { KeyProvider } from './key-provider.ts'
import { passDeadEpochs } from './recover-epochs.ts'
import { unwrapKey, wrapKey } from './seal.ts'

/** `wrap`: the version of the wrap keys under which keys of persons are stored now. */
export type Epoch = { readonly number: number; readonly key: Buffer; readonly wrap: number }

/** Keys of a batch to be stored before the ledger learns of it. Secrets are plain here and wrapped on the way out. */
export type NewKeys = {
  readonly subjects: readonly { readonly subjectId: string; readonly key: Buffer }[]
  readonly records: readonly { readonly eventId: string; readonly secrets: Buffer }[]
}

export type Keyring = {
  readonly put: (controller: number, keys: NewKeys) => Promise<void>
  /** Keys of living subjects; one that is destroyed or unknown is absent from the answer. */
  readonly subjectKeys: (controller: number, subjectIds: readonly string[]) => Promise<Map<string, Buffer>>
  /** The concatenated part secrets of events; one that is destroyed or unknown is absent. */
  readonly recordSecrets: (controller: number, eventIds: readonly string[]) => Promise<Map<string, Buffer>>
  /** The keys of events, and of the persons whose last records these were, by one intent: all or none. */
  readonly destroy: (
    controller: number,
    gone: { readonly records: readonly string[]; readonly subjects: readonly string[] },
    intent: string,
  ) => Promise<void>
  readonly pool: Pool
}

export const subjectContext = (controller: number, id: string) => `subject/${controller}/${id}`
export const recordContext = (controller: number, id: string, epoch: number) =>
  `record/${controller}/${id}/${epoch}`

function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Checks that provider and keyring belong together, and that there is a current epoch whose key is at hand. */
export async function openKeyring(pool: Pool, provider: KeyProvider, clock: Clock): Promise<Keyring> {
  const pinned = await pool.query<{ pin_key: boolean }>('select keyring.pin_key($1, $2)', [
    provider.derive('key-check/v1'),
    clock.now(),
  ])
  if (pinned.rows[0]?.pin_key !== true) {
    throw new DomainError(
      'key-mismatch',
      'This key file is not the one the keyring was made with. Put back the right one: nothing opens with another, and none is made anew.',
    )
  }
  await passDeadEpochs(pool, provider, clock)
  const wrapKeyOf = wrapKeysOf(provider)
  let current = await currentEpoch(pool, provider, clock)
  // Only the current epoch's key stays in memory: a destroyed one must not live on in an idle process.
  const epochKey = async (number: number) => {
    if (number > current.number) current = await currentEpoch(pool, provider, clock)
    return number === current.number ? current.key : await provider.epochKey(number)
  }

  async function put(controller: number, keys: NewKeys): Promise<void> {
    const epoch = current
    const wrappingKey = wrapKeyOf(controller, epoch.wrap)
    const { subjects, records } = keys
    try {
      await pool.query({
        ...promptly(pool),
        name: 'keyring.put',
        text: 'select keyring.put($1::int, $2::timestamptz, $3::uuid[], $4::bytea[], $5::int, $6::uuid[], $7::bytea[], $8::int)',
        values: [
          controller,
          clock.now(),
          uuidArray(subjects.map((it) => it.subjectId)),
          byteaArray(
            subjects.map((it) => wrapKey(wrappingKey, it.key, subjectContext(controller, it.subjectId))),
          ),
          epoch.number,
          uuidArray(records.map((it) => it.eventId)),
          byteaArray(
            records.map((it) =>
              wrapKey(epoch.key, it.secrets, recordContext(controller, it.eventId, epoch.number)),
            ),
          ),
          epoch.wrap,
        ],
      })
    } catch (error) {
      if (sqlState(error) !== 'LG005') throw error
      // A sweep has begun a new epoch since, or a rotation another wrap key: wrap again under what is current.
      current = await currentEpoch(pool, provider, clock)
      if (current.number === epoch.number && current.wrap === epoch.wrap) throw error
      await put(controller, keys)
    }
  }

  async function recordSecrets(
    controller: number,
    eventIds: readonly string[],
  ): Promise<Map<string, Buffer>> {
    const { rows } = await pool.query<{ event_id: string; epoch: number; wrapped: Buffer }>({
      ...promptly(pool),
      name: 'keyring.fetch_record_keys',
      text: 'select event_id, epoch, wrapped from keyring.fetch_record_keys($1::int, $2::uuid[])',
      values: [controller, uuidArray(eventIds)],
    })
    const secrets = new Map<string, Buffer>()
    const keys = new Map<number, Buffer>()
    for (const row of rows) {
      const key = keys.get(row.epoch) ?? (await epochKey(row.epoch))
      keys.set(row.epoch, key)
      secrets.set(
        row.event_id,
        unwrapKey(key, row.wrapped, recordContext(controller, row.event_id, row.epoch)),
      )
    }
    return secrets
  }

  return {
    pool,
    put,
    subjectKeys: async (controller, subjectIds) => {
      const { rows } = await pool.query<{ subject_id: string; wrapped: Buffer; wrap: number }>({
        ...promptly(pool),
        name: 'keyring.fetch_subject_keys',
        text: 'select subject_id, wrapped, wrap from keyring.fetch_subject_keys($1::int, $2::uuid[])',
        values: [controller, uuidArray(subjectIds)],
      })
      return new Map(
        rows.map((row) => [
          row.subject_id,
          unwrapKey(wrapKeyOf(controller, row.wrap), row.wrapped, subjectContext(controller, row.subject_id)),
        ]),
      )
    },
    // Between a row and its epoch's key a sweep may have moved the one and destroyed the other: a second look finds both.
    recordSecrets: (controller, eventIds) =>
      recordSecrets(controller, eventIds).catch(() => recordSecrets(controller, eventIds)),
    destroy: async (controller, { records, subjects }, intent) => {
      await pool.query('select keyring.destroy($1::int, $2::uuid[], $3::uuid[], $4::uuid, $5::timestamptz)', [
        controller,
        uuidArray(records),
        uuidArray(subjects),
        intent,
        clock.now(),
      ])
    },
  }
}

/** Reads the current epoch, opening the first one on a new keyring; its key is made at the provider if it has none yet. */
async function currentEpoch(pool: Pool, provider: KeyProvider, clock: Clock): Promise<Epoch> {
  const { number, wrap } = (await readCurrent(pool)) ?? (await openFirst(pool, clock))
  if ((await provider.epochState(number)) === 'absent') {
    const used = await pool.query<{ used: boolean }>('select keyring.epoch_used($1) as used', [number])
    if (used.rows[0]?.used !== false) {
      throw new DomainError(
        'key-mismatch',
        `Epoch key ${number} is missing at the key provider (beside the key file), and keys are wrapped with it. Restore it from the key backup.`,
      )
    }
    await provider.createEpoch(number)
  }
  return { number, wrap, key: await provider.epochKey(number) }
}

type Current = Omit<Epoch, 'key'>

async function readCurrent(database: Pool | PoolClient): Promise<Current | undefined> {
  const { rows } = await database.query<Current>(
    "select epoch as number, wrap from keyring.epoch where state = 'current'",
  )
  return rows[0]
}

/** The wrap keys of controllers by version, each derived once. */
export function wrapKeysOf(provider: KeyProvider): (controller: number, wrap: number) => Buffer {
  const keys = new Map<string, Buffer>()
  return (controller, wrap) => {
    const label = `wrap/v${wrap}/${controller}`
    const key = keys.get(label) ?? provider.derive(label)
    keys.set(label, key)
    return key
  }
}

/** Of the advisory locks of the keyring, beside those of its controllers, the one of who opens the first epoch. */
const firstEpochLock = 0

/** Of several processes that start on a new keyring one opens its first epoch: a second would already be a sweep's. */
async function openFirst(pool: Pool, clock: Clock): Promise<Current> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock(7151, $1)', [firstEpochLock])
    if ((await readCurrent(client)) === undefined) {
      await client.query('select keyring.open_epoch($1)', [clock.now()])
    }
    const first = await readCurrent(client)
    await client.query('commit')
    return first as Current
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => {
      broken = failed
    })
    throw error
  } finally {
    client.release(broken)
  }
}
