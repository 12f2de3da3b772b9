import type { Transaction } from '../db/transaction.ts'
import type { OpenParts } from './open.ts'

/** What a registered person has stated beside a record (art. 16), and when. */
export type Statement = { readonly on: string; readonly text: string; readonly subjectId: string }

/** The statements that stand beside the events of some streams, by the id of the event: to be shown wherever that is. */
export async function statementsBeside(
  tx: Transaction,
  open: OpenParts,
  controller: number,
  streams: readonly string[],
  before?: string,
): Promise<Map<string, Statement[]>> {
  const found = new Map<string, Statement[]>()
  if (streams.length === 0) return found
  const { rows } = await tx.query<{ position: string; occurred_on: string; of: string }>(
    `select e.position, e.occurred_on, e.header::jsonb -> 'data' ->> 'of' as of from ledger.event e
      where e.controller_id = $1 and e.stream_id = any ($2::uuid[]) and e.type = 'statement.appended'
        and ($3::bigint is null or e.position < $3) order by e.position`,
    [controller, streams, before ?? null],
  )
  if (rows.length === 0) return found
  const parts = await open(
    tx,
    rows.map((row) => row.position),
  )
  for (const row of rows) {
    const part = parts.find((it) => it.position === row.position && it.role === 'subject')
    const text = part?.content?.['text']
    if (part === undefined || typeof text !== 'string') continue
    const statement = { on: row.occurred_on, text, subjectId: part.subjectId }
    found.set(row.of, [...(found.get(row.of) ?? []), statement])
  }
  return found
}
