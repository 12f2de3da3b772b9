import type { Register } from './schemas.ts'
import { basisText, letterText, letterTitles } from './text.ts'

/** A cell of RFC 4180. What a spreadsheet would run as a formula becomes text. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const

/** One line for each activity, declared beside observed; the findings of the row in the last column. */
export function registerCsv(register: Register): string {
  const header = [
    'personuppgiftsansvarig',
    'dag',
    'behandling',
    'version',
    'status',
    ...letters.map((letter) => `${letter}) ${letterTitles[letter].sv}`),
    'rättslig grund',
    'interaktioner',
    'personer',
    'först sedd',
    'senast sedd',
    'kanaler',
    'handlingar',
    'kategorier',
    'regler',
    'att gallra nu',
    'nästa gallringsdag',
    'under stopp',
    'gallrade',
    'avvikelser',
  ]
  const lines = register.rows.map((row) => {
    const { observed } = row
    const answers = new Map(row.letters.map((answer) => [answer.letter, letterText(answer)]))
    return [
      register.controller.slug,
      register.day,
      row.name,
      row.version === undefined ? '' : String(row.version),
      row.status,
      ...letters.map((letter) => answers.get(letter) ?? 'MISSING'),
      basisText(row),
      String(observed.records),
      observed.subjects === undefined ? '' : String(observed.subjects),
      observed.firstSeen ?? '',
      observed.lastSeen ?? '',
      observed.channels.map((it) => it.name).join('; '),
      observed.verbs.join('; '),
      observed.categories.join('; '),
      observed.rules.map((it) => `${it.name} v${it.version}`).join('; '),
      String(observed.dueNow),
      observed.nextDue ?? '',
      String(observed.held),
      String(observed.disposed),
      register.findings.flatMap((it) => (it.activity === row.id ? [it.sv] : [])).join(' '),
    ]
  })
  return [header, ...lines].map((line) => `${line.map(cell).join(',')}\r\n`).join('')
}
