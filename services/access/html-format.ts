import type { Language } from './case-file.ts'

const units = {
  sv: { Y: ['år', 'år'], M: ['månad', 'månader'], W: ['vecka', 'veckor'], D: ['dag', 'dagar'] },
  en: { Y: ['year', 'years'], M: ['month', 'months'], W: ['week', 'weeks'], D: ['day', 'days'] },
} as const

/** A period of ISO 8601 in words: P1Y6M → 1 år 6 månader. */
export function periodInWords(period: string, language: Language): string {
  const parts = [...period.matchAll(/(\d+)([YMWD])/g)]
  return parts
    .map(([, count, unit]) => `${Number(count)} ${units[language][unit as 'Y'][Number(count) === 1 ? 0 : 1]}`)
    .join(' ')
}

/** An instant where the municipality is, to the minute; a mere day as it stands. */
export function timeInWords(at: string, precision?: string): string {
  if (at.length === 10) return at
  const local = Temporal.Instant.from(at).toZonedDateTimeISO('Europe/Stockholm')
  const day = local.toPlainDate().toString()
  if (precision === 'year') return day.slice(0, 4)
  if (precision === 'month') return day.slice(0, 7)
  if (precision === 'day') return day
  return `${day} ${local.toPlainTime().toString({ smallestUnit: precision === 'minute' ? 'minute' : 'second' })}`
}
