import type { Transaction } from '../db/transaction.ts'

/** Events from `from` on with text in them in which none of the persons stands, in the log's order. */
export async function textParts(
  tx: Transaction,
  controller: number,
  from: string,
  before: string,
  subjects: readonly string[],
  limit: number,
): Promise<{ position: string; event: string }[]> {
  const { rows } = await tx.query<{ position: string; event_id: string }>(
    `select p.position, e.event_id
       from ledger.event_part p
       join ledger.event e on e.controller_id = $1 and e.position = p.position
      where p.controller_id = $1 and p.position >= $2 and p.position < $3
        and p.category in ('content', 'message') and e.type like 'interaction.%'
        and not exists (select 1 from ledger.event_part q
          where q.controller_id = $1 and q.position = p.position and q.subject_id = any ($4::uuid[]))
      order by p.position limit $5`,
    [controller, from, before, subjects, limit],
  )
  return rows.map(({ position, event_id }) => ({ position, event: event_id }))
}

/** Where in the log it stands what some persons are called, a page at a time. */
export async function identityPositions(
  tx: Transaction,
  controller: number,
  subjects: readonly string[],
  after: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await tx.query<{ position: string }>(
    `select distinct p.position from ledger.event_part p
      where p.controller_id = $1 and p.subject_id = any ($2::uuid[]) and p.position > $3
        and p.category not in ('content', 'message')
      order by p.position limit $4`,
    [controller, subjects, after, limit],
  )
  return rows.map(({ position }) => position)
}

/** The digests of all that some persons are called. */
export async function traitDigests(
  tx: Transaction,
  controller: number,
  subjects: readonly string[],
): Promise<string[]> {
  const { rows } = await tx.query<{ digest: Buffer }>(
    'select t.digest from ledger.subject_trait t where t.controller_id = $1 and t.subject_id = any ($2::uuid[])',
    [controller, subjects],
  )
  return rows.map(({ digest }) => digest.toString('hex'))
}
