import type { Transaction } from '../db/transaction.ts'

/** Where there is text, from `from` on, in the log's order: a range of one index, and nothing joined to it. */
export async function textPositions(
  tx: Transaction,
  controller: number,
  from: string,
  before: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await tx.query<{ position: string }>(
    `select distinct p.position from ledger.event_part p
      where p.controller_id = $1 and p.position >= $2 and p.position < $3 and p.category in ('content', 'message')
      order by p.position limit $4`,
    [controller, from, before, limit],
  )
  return rows.map(({ position }) => position)
}

/** The interactions at some positions, by position. */
export async function interactionsAt(
  tx: Transaction,
  controller: number,
  positions: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ position: string; event_id: string }>(
    `select e.position, e.event_id from ledger.event e
      where e.controller_id = $1 and e.position = any ($2::bigint[]) and e.type like 'interaction.%'`,
    [controller, positions],
  )
  return new Map(rows.map((row) => [row.position, row.event_id]))
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
