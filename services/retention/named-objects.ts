import type { PoolClient } from 'pg'
import type { Verb } from '../events/interaction.ts'
import type { Day } from '../events/vocabulary.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'

/** Objects by their ids or those of their events, or all of a channel that are older than a day. */
export type ObjectScope =
  | { readonly objects: readonly string[] }
  | {
      readonly channel: string
      readonly verb?: Verb | undefined
      readonly tag?: string | undefined
      readonly before: Day
    }

/** What leaves out, of all of a channel, objects of which it was said before. Its parameter, if it has one, is `$7`. */
export type Undone = { readonly sql: string; readonly value?: unknown }

/** Objects that one event names. */
const chunkSize = 1_000

/**
 * The objects of a scope, at most 1,000 at a time, as one event may name them. After a crash the same scope goes on with
 * what is undone. `validation-failed` names ids that are none of this controller or condemned already.
 */
export async function* chunksOf(
  ledger: Ledger,
  log: Log,
  scope: ObjectScope,
  undone: Undone,
): AsyncGenerator<string[]> {
  if ('objects' in scope) {
    const found = await reading(ledger, log, (tx) => objectsOf(tx, log.controller, scope.objects))
    for (let at = 0; at < found.length; at += chunkSize) yield found.slice(at, at + chunkSize)
    return
  }
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const chunk = await reading(ledger, log, (tx) => nextOf(tx, log.controller, scope, undone, after))
    if (chunk.length === 0) return
    yield chunk
    after = chunk.at(-1) as string
  }
}

async function objectsOf(tx: PoolClient, controller: number, ids: readonly string[]): Promise<string[]> {
  const { rows } = await tx.query<{ n: number; object_id: string | null; condemned: boolean }>(
    `select w.n::int, o.object_id, o.condemned_position is not null as condemned
       from unnest($2::uuid[]) with ordinality w(id, n)
       left join model.object o on o.controller_id = $1 and o.object_id = coalesce(
         (select e.stream_id from ledger.event e where e.controller_id = $1 and e.event_id = w.id and starts_with(e.type, 'interaction.')), w.id)
      order by w.n`,
    [controller, ids],
  )
  const violations = rows
    .filter(({ object_id, condemned }) => object_id === null || condemned)
    .map(({ n, condemned }) => ({
      pointer: `/objects/${n - 1}`,
      reason: condemned ? 'is condemned already' : 'is no object of this controller',
    }))
  if (violations.length > 0) {
    throw new DomainError('validation-failed', `${violations.length} objects do not fit`, { violations })
  }
  return [...new Set(rows.map(({ object_id }) => object_id as string))]
}

async function nextOf(
  tx: PoolClient,
  controller: number,
  scope: Exclude<ObjectScope, { objects: readonly string[] }>,
  undone: Undone,
  after: string,
): Promise<string[]> {
  const { channel, verb, tag, before } = scope
  const { rows } = await tx.query<{ object_id: string }>(
    `select o.object_id from model.retention_class c
       join model.object o on o.controller_id = $1 and o.class_id = c.class_id
      where c.controller_id = $1 and c.channel_id = $2 and ($3::text is null or c.verb = $3)
        and ($4::text is null or $4 = any (${tagsOf})) and o.occurred_on < $5 and ${undone.sql}
        and o.condemned_position is null and o.object_id > $6
      order by o.object_id limit ${chunkSize}`,
    [
      controller,
      channel,
      verb ?? null,
      tag ?? null,
      before,
      after,
      ...('value' in undone ? [undone.value] : []),
    ],
  )
  return rows.map((row) => row.object_id)
}

/** The tags of an object `o`, as an array. */
export const tagsOf = `string_to_array(split_part(o.mark, '/', 2), ',')`
