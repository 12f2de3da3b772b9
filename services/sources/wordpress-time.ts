import { fromIso } from './time.ts'

/** A WordPress pair of dates: the blog's wall clock and, mostly, the same instant in UTC. */
export type WordPressDates = { readonly local: string | undefined; readonly gmt: string | undefined }

export type WordPressTime = {
  readonly occurredAt: string
  readonly precision: 'second'
  readonly basis: 'occurred' | 'observed'
  /** The date that was used, as it was written. */
  readonly native: string | undefined
}

/**
 * UTC where there is one; else the wall clock, taken to hang in Sweden, since the file names no zone. The offset between the two
 * is not used: blogs that moved or changed their zone have several in one file. `0000-00-00` is how WordPress writes "none".
 */
export function wordPressTime(dates: WordPressDates, observedAt: string): WordPressTime {
  const { local, gmt } = dates
  const utc = plainTime(gmt)
  if (utc !== undefined) return { occurredAt: `${utc}Z`, precision: 'second', basis: 'occurred', native: gmt }
  const wall = plainTime(local)
  if (wall !== undefined) {
    const zoned = Temporal.PlainDateTime.from(wall).toZonedDateTime('Europe/Stockholm')
    const occurredAt = zoned.toString({ timeZoneName: 'never', smallestUnit: 'second' })
    return { occurredAt, precision: 'second', basis: 'occurred', native: local }
  }
  return { occurredAt: observedAt, precision: 'second', basis: 'observed', native: gmt ?? local }
}

/** Whether the second pair is later than the first, told by the same kind of date in both. */
export function isLater(second: WordPressDates, first: WordPressDates): boolean {
  const [a, b] = [plainTime(first.gmt), plainTime(second.gmt)]
  if (a !== undefined && b !== undefined) return b > a
  const [c, d] = [plainTime(first.local), plainTime(second.local)]
  return c !== undefined && d !== undefined && d > c
}

/** `2026-03-05 10:15:00` or with a T, of a day that exists after the year 1970, without an offset. */
function plainTime(text: string | undefined): string | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})$/.exec(text?.trim() ?? '')
  if (match === null || (match[1] ?? '') < '1970-01-01') return undefined
  const plain = `${match[1]}T${match[2]}`
  return fromIso(plain) === undefined ? undefined : plain
}
