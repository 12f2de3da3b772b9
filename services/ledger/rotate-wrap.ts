import { DomainError } from '../platform/errors.ts'
import { byteaArray, uuidArray } from './binary-array.ts'
import { recordCommand } from './command.ts'
import { subjectContext, wrapKeysOf } from './keyring.ts'
import type { Ledger, Log } from './ledger.ts'
import { unwrapKey, wrapKey } from './seal.ts'

/** Keys of a controller's persons: how many there are under each version of its wrap key. */
export type WrapCount = { readonly log: Log; readonly keys: Readonly<Record<string, number>> }

export type WrapRotation = { readonly version: number; readonly rewrapped: number }

const batchSize = 2_000
const beforeAll = '00000000-0000-0000-0000-000000000000'

/** What a rotation would wrap anew; changes nothing. */
export async function countWrapped(ledger: Ledger): Promise<WrapCount[]> {
  const counts: WrapCount[] = []
  for (const log of await ledger.list()) {
    const { rows } = await ledger.keyring.pool.query<{ wrap: number; keys: string }>(
      'select wrap, keys from keyring.count_wrapped($1)',
      [log.controller],
    )
    counts.push({ log, keys: Object.fromEntries(rows.map((row) => [String(row.wrap), Number(row.keys)])) })
  }
  return counts
}

/**
 * Wraps the keys of all persons by new wrap keys, while others append and read: each row says which version wraps it. The
 * log is not touched but for one event in each, written when all its keys are wrapped anew. Killed at any step, the next
 * call goes on from there; the wrapping that it replaces still lies in old pages and backups, as every deleted key does.
 */
export async function rotateWrap(
  ledger: Ledger,
  actor: string,
  onProgress: (rewrapped: number) => void = () => {},
): Promise<WrapRotation> {
  const { pool } = ledger.keyring
  const logs = await ledger.list()
  const begun = await pool.query<{ version: number }>('select keyring.begin_wrap($1::int[], $2) as version', [
    logs.map((log) => log.controller),
    ledger.clock.now(),
  ])
  const version = begun.rows[0]?.version as number
  let total = 0
  for (const log of logs) {
    const { rows } = await pool.query<{ wrap: number; stream: string }>(
      'select wrap, stream from keyring.rotating($1)',
      [log.controller],
    )
    for (const { wrap, stream } of rows) {
      let after: string | undefined = beforeAll
      while (after !== undefined) {
        const step = await rewrapSome(ledger, log, wrap, after)
        total += step.rewrapped
        after = step.last
        onProgress(total)
      }
      await recordRotation(ledger, log, wrap, stream, actor)
      await pool.query('select keyring.finish_wrap($1, $2, $3)', [log.controller, wrap, ledger.clock.now()])
    }
  }
  return { version, rewrapped: total }
}

/** One transaction: locks some keys, wraps them anew, stores them. `last`: after which to go on; undefined at the end. */
async function rewrapSome(
  ledger: Ledger,
  { controller }: Log,
  version: number,
  after: string,
): Promise<{ rewrapped: number; last: string | undefined }> {
  const wrapKeyOf = wrapKeysOf(ledger.provider)
  const client = await ledger.keyring.pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const { rows } = await client.query<{ subject_id: string; wrapped: Buffer; wrap: number }>(
      'select subject_id, wrapped, wrap from keyring.lock_wrapped($1, $2, $3, $4)',
      [controller, version, after, batchSize],
    )
    const anew = rows.map((row) => {
      const context = subjectContext(controller, row.subject_id)
      const key = unwrapKey(wrapKeyOf(controller, row.wrap), row.wrapped, context)
      return wrapKey(wrapKeyOf(controller, version), key, context)
    })
    await client.query('select keyring.rewrap($1, $2, $3::uuid[], $4::bytea[])', [
      controller,
      version,
      uuidArray(rows.map((row) => row.subject_id)),
      byteaArray(anew),
    ])
    await client.query('commit')
    return { rewrapped: rows.length, last: rows.at(-1)?.subject_id }
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => {
      broken = failed
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** Once, also where the process died between the event and its note in the keyring: the stream is there already. */
async function recordRotation(ledger: Ledger, log: Log, version: number, stream: string, actor: string) {
  try {
    await recordCommand(ledger, log, {
      type: 'keyring.wrap-rotated',
      streamId: stream,
      expectedVersion: 0,
      actor: { name: actor },
      data: { version },
    })
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'version-conflict')) throw error
  }
}
