import type { Language } from '../documents/model.ts'
import type { Register } from './schemas.ts'
import {
  basisText,
  capacityText,
  controllershipText,
  furtherPairs,
  letterText,
  observedPairs,
} from './text.ts'
import { headings, letterTitles, severities, statuses } from './words.ts'

/** One sheet: a name, a header and rows as wide as the header. */
export type Table = {
  readonly name: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const

/** One line for each activity, declared beside observed; the findings of the row in the last column. */
export function activityTable(register: Register, language: Language): Table {
  const sv = language === 'sv'
  // Every row has the members of the first that has any: Liggare's own is declared by nobody.
  const named = (pairs: (row: Register['rows'][number]) => [string, string][]) =>
    register.rows.map((row) => pairs(row).map(([name]) => name)).find((it) => it.length > 1) ?? []
  const further = named((row) => furtherPairs(row, language))
  const observed = named((row) => observedPairs(row, language))
  const header = [
    ...(sv
      ? ['Personuppgiftsansvarig', 'Dag', 'Behandling', 'Version', 'Status']
      : ['Controller', 'Day', 'Activity', 'Version', 'Status']),
    ...letters.map((letter) => `${letter}) ${letterTitles[letter][language]}`),
    sv ? 'Rättslig grund' : 'Legal basis',
    ...further,
    ...observed,
    headings.findings[language],
  ]
  const rows = register.rows.map((row) => {
    const answers = new Map(row.letters.map((it) => [it.letter, letterText(it, language)]))
    const declared = new Map(furtherPairs(row, language))
    const seen = new Map(observedPairs(row, language))
    return [
      register.controller.slug,
      register.day,
      row.name,
      row.version ?? '',
      statuses[row.status][language],
      ...letters.map((letter) => answers.get(letter) ?? 'MISSING'),
      basisText(row, language),
      ...further.map((name) => declared.get(name) ?? ''),
      ...observed.map((name) => counted(seen.get(name))),
      register.findings.flatMap((it) => (it.activity === row.id ? [it[language]] : [])).join(' '),
    ]
  })
  return { name: headings.activities[language], header, rows }
}

/** Counts as numbers, so that a sheet can add them up. */
function counted(value: string | undefined): string | number {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : (value ?? '')
}

export function channelTable(register: Register, language: Language): Table {
  const header =
    language === 'sv'
      ? ['Kanal', 'Plattform', 'Ansvar', 'Grund', 'Interaktioner', 'Personer', 'Egenskap']
      : ['Channel', 'Platform', 'Controllership', 'Ground', 'Interactions', 'Persons', 'Capacity']
  const rows = register.channels.map((it) => [
    it.name,
    it.platform ?? 'MISSING',
    [controllershipText(it, language), ...(it.jointControllers ?? [])].join(', '),
    it.legalSource ?? 'MISSING',
    it.records,
    it.subjects,
    capacityText(it, language) || '–',
  ])
  return { name: headings.channels[language], header, rows }
}

export function findingTable(register: Register, language: Language): Table {
  const header = language === 'sv' ? ['Grad', 'Vad', 'Åtgärd'] : ['Severity', 'What', 'What to do']
  const rows = register.findings.map((it) => [
    severities[it.severity][language],
    it[language],
    it.todo[language],
  ])
  return { name: headings.findings[language], header, rows }
}
