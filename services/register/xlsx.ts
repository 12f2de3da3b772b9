import writeXlsxFile from 'write-excel-file/node'
import type { Language } from '../documents/model.ts'
import type { Register } from './schemas.ts'
import { activityTable, channelTable, findingTable } from './tables.ts'

/** Characters of a cell that Excel takes. */
const longest = 32_767

/** A workbook of three sheets: activities, channels, findings. Texts are typed as texts: none is run as a formula. */
export function registerXlsx(register: Register, language: Language): Promise<Buffer> {
  const tables = [activityTable, channelTable, findingTable].map((table) => table(register, language))
  const sheets = tables.map(({ name, header, rows }) => ({
    sheet: name,
    data: [
      header.map((value) => ({ value, type: String, fontWeight: 'bold' as const, wrap: true })),
      ...rows.map((row) =>
        row.map((value) =>
          typeof value === 'number'
            ? { value, type: Number }
            : { value: fitting(value), type: String, wrap: true, alignVertical: 'top' as const },
        ),
      ),
    ],
    columns: header.map((title) => ({ width: Math.max(14, Math.min(40, title.length + 4)) })),
    stickyRowsCount: 1,
  }))
  return writeXlsxFile(sheets).toBuffer()
}

/** What XML 1.0 cannot hold is left out, and a text too long for a cell ends in an ellipsis. */
function fitting(text: string): string {
  const clean = text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
  return clean.length <= longest ? clean : `${clean.slice(0, longest - 1)}…`
}
