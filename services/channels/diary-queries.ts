import type { Transaction } from '../db/transaction.ts'
import type { Day } from '../events/vocabulary.ts'
import type { DiaryEntry } from './diary-schemas.ts'

type Row = {
  entry_id: string
  position: string
  version: number
  entered_on: Day
  direction: DiaryEntry['direction']
  designation: string
  correspondent: string | null
  person: boolean
  brief: string | null
  left_out: DiaryEntry['leftOut']
}

const columns =
  'y.entry_id, y.position, y.version, y.entered_on, y.direction, y.designation, y.correspondent, y.person, y.brief, y.left_out'

function entryOf(row: Row): DiaryEntry {
  return {
    id: row.entry_id,
    version: row.version,
    enteredOn: row.entered_on,
    direction: row.direction,
    designation: row.designation,
    ...(row.correspondent === null ? {} : { correspondent: row.correspondent }),
    person: row.person,
    ...(row.brief === null ? {} : { brief: row.brief }),
    leftOut: row.left_out,
  }
}

export async function diaryEntry(
  tx: Transaction,
  controller: number,
  id: string,
): Promise<{ entry: DiaryEntry; position: string } | undefined> {
  const { rows } = await tx.query<Row>(
    `select ${columns} from model.diary_entry y where y.controller_id = $1 and y.entry_id = $2`,
    [controller, id],
  )
  return rows[0] && { entry: entryOf(rows[0]), position: rows[0].position }
}

/** The diary of a span of days, the newest day first. */
export async function listDiary(
  tx: Transaction,
  controller: number,
  days: { readonly from?: Day | undefined; readonly to?: Day | undefined },
  page: { readonly limit: number; readonly offset: number },
): Promise<{ items: DiaryEntry[]; total: number }> {
  const where = 'y.controller_id = $1 and y.entered_on between $2 and $3'
  const span = [controller, days.from ?? '0001-01-01', days.to ?? '9999-12-31']
  const { rows } = await tx.query<Row>(
    `select ${columns} from model.diary_entry y where ${where} order by y.entered_on desc, y.position desc limit $4 offset $5`,
    [...span, page.limit, page.offset],
  )
  const counted = await tx.query<{ total: number }>(
    `select count(*)::int as total from model.diary_entry y where ${where}`,
    span,
  )
  return { items: rows.map(entryOf), total: counted.rows[0]?.total ?? 0 }
}
