import type { Transaction } from '../db/transaction.ts'
import { byteaArray } from '../ledger/binary-array.ts'

/** Subjects whose identity has one of the digests: these decide. */
export async function subjectsByIdentity(
  tx: Transaction,
  controller: number,
  digests: readonly Buffer[],
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    "select distinct i.id from ledger.identity i where i.controller_id = $1 and i.digest = any ($2::bytea[]) and i.kind = 'subject'",
    [controller, byteaArray(digests)],
  )
  return rows.map((row) => row.id)
}

/** Subjects with at least one of the traits, those with most of them first. `traits`: digests in hexadecimal. */
export async function subjectsByTraits(
  tx: Transaction,
  controller: number,
  digests: readonly Buffer[],
  limit: number,
): Promise<{ subjectId: string; traits: readonly string[] }[]> {
  const { rows } = await tx.query<{ subject_id: string; traits: string[] }>(
    `select t.subject_id, array_agg(encode(t.digest, 'hex')) as traits from ledger.subject_trait t
      where t.controller_id = $1 and t.digest = any ($2::bytea[])
      group by 1 order by count(*) desc, 1 limit $3`,
    [controller, byteaArray(digests), limit],
  )
  return rows.map((row) => ({ subjectId: row.subject_id, traits: row.traits }))
}

/** How much the log holds of a person, without opening any of it. */
export type Seen = {
  readonly subjectId: string
  readonly erased: boolean
  readonly records: number
  readonly firstOn: string | null
  readonly lastOn: string | null
  readonly channels: readonly string[]
}

export async function seenOf(
  tx: Transaction,
  controller: number,
  subjects: readonly string[],
): Promise<Map<string, Seen>> {
  const { rows } = await tx.query<{
    subject_id: string
    erased: boolean
    records: number
    first_on: string | null
    last_on: string | null
    channels: string[] | null
  }>(
    `select s.subject_id, s.erased_position is not null as erased, count(distinct e.position)::int as records,
        min(e.occurred_on) as first_on, max(e.occurred_on) as last_on,
        array_agg(distinct e.channel_id order by e.channel_id) filter (where e.channel_id is not null) as channels
      from ledger.subject s
      left join ledger.event_part p on p.controller_id = $1 and p.subject_id = s.subject_id
      left join ledger.event e on e.controller_id = $1 and e.position = p.position and starts_with(e.type, 'interaction.')
      where s.controller_id = $1 and s.subject_id = any ($2::uuid[])
      group by s.subject_id, s.erased_position`,
    [controller, subjects],
  )
  return new Map(
    rows.map((row) => [
      row.subject_id,
      {
        subjectId: row.subject_id,
        erased: row.erased,
        records: row.records,
        firstOn: row.first_on,
        lastOn: row.last_on,
        channels: row.channels ?? [],
      },
    ]),
  )
}

/** Where it stands what some persons are called: the newest of each thing that a person was part in, some for each. */
export async function identityParts(
  tx: Transaction,
  controller: number,
  subjects: readonly string[],
): Promise<string[]> {
  if (subjects.length === 0) return []
  const { rows } = await tx.query<{ position: string }>(
    `select distinct p.position from unnest($2::uuid[]) s(id)
      cross join lateral (
        (select q.position from ledger.event_part q
          where q.controller_id = $1 and q.subject_id = s.id and q.category = 'identity' order by q.position desc limit 20)
        union
        (select q.position from ledger.event_part q
          where q.controller_id = $1 and q.subject_id = s.id and q.category = 'identity' order by q.position limit 5)) p`,
    [controller, subjects],
  )
  return rows.map((row) => row.position)
}
