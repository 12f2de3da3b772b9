import type { Language } from '../documents/model.ts'
import type { Register } from './schemas.ts'
import { activityTable } from './tables.ts'

/** A cell of RFC 4180. What a spreadsheet would run as a formula becomes text. */
function cell(value: string | number): string {
  const text = String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** One line for each activity, declared beside observed. */
export function registerCsv(register: Register, language: Language): string {
  const { header, rows } = activityTable(register, language)
  return [header, ...rows].map((line) => `${line.map(cell).join(',')}\r\n`).join('')
}
