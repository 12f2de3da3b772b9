import { type CsvRow, csvRows } from './csv-rows.ts'
import {
  comment,
  connection,
  linkedInExportMapper,
  message,
  type OwnRow,
  reaction,
  share,
} from './linkedin-export-rows.ts'
import {
  type Account,
  type ArchiveFile,
  type ArchiveSource,
  defined,
  type FileRole,
  type Translated,
} from './source.ts'

type Table = {
  readonly name: RegExp
  /** Columns by which the header is known, lower case. */
  readonly columns: readonly string[]
  readonly read: (row: OwnRow) => Translated
}

const tables: readonly Table[] = [
  { name: /^Shares(_\d+)?\.csv$/i, columns: ['date', 'sharelink'], read: share },
  { name: /^Comments(_\d+)?\.csv$/i, columns: ['date', 'message'], read: comment },
  { name: /^Reactions(_\d+)?\.csv$/i, columns: ['date', 'type'], read: reaction },
  { name: /^Connections(_\d+)?\.csv$/i, columns: ['first name', 'connected on'], read: connection },
  { name: /^messages(_\d+)?\.csv$/i, columns: ['conversation id', 'from'], read: message },
]
const profile = /^Profile\.csv$/i
const profileColumns = ['first name', 'last name']

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function tableOf(path: string): Table | undefined {
  return tables.find(({ name }) => name.test(baseName(path)))
}

/** LinkedIn's download of a member's data: CSV files beside each other, times in UTC. */
export const linkedInExport: ArchiveSource = {
  platform: 'linkedin',
  mapper: linkedInExportMapper,
  recognise: (paths) =>
    paths.some((path) => /^(Shares|Connections|Reactions)(_\d+)?\.csv$/i.test(baseName(path))),
  role(path): FileRole {
    if (tableOf(path) !== undefined) return 'facts'
    if (profile.test(baseName(path))) return 'account'
    return /\.csv$/i.test(path) ? 'unknown' : 'ignored'
  },
  async account(file) {
    const has = (names: readonly string[]) => profileColumns.every((name) => names.includes(name))
    for await (const { fields } of csvRows(file.bytes, baseName(file.path), has)) {
      const displayName = `${fields['first name'] ?? ''} ${fields['last name'] ?? ''}`.trim()
      return displayName === '' ? undefined : defined({ displayName })
    }
    return undefined
  },
  translate,
}

async function* translate(file: ArchiveFile, account: Account | undefined): AsyncGenerator<Translated> {
  const table = tableOf(file.path)
  if (table === undefined) return
  const has = (names: readonly string[]) => table.columns.every((name) => names.includes(name))
  for await (const row of csvRows(file.bytes, baseName(file.path), has))
    yield table.read(own(row, account, file))
}

function own(row: CsvRow, account: Account | undefined, file: ArchiveFile): OwnRow {
  return { fields: row.fields, account, observedAt: file.observedAt }
}
