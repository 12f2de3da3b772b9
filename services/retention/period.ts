import type { Day, Period } from '../events/vocabulary.ts'

/** The first and last day that documents can express. */
const firstDay: Day = '0001-01-01'
const lastDay: Day = '9999-12-31'

const firstDate = Temporal.PlainDate.from(firstDay)
const lastDate = Temporal.PlainDate.from(lastDay)

/** How many days there are between the first and the last expressible day. */
export const daySpan = firstDate.until(lastDate, { largestUnit: 'day' }).days

/** The day `number` days after the first; `number` from 0 to `daySpan`. */
export function dayAt(number: number): Day {
  return firstDate.add({ days: number }).toString()
}

function expressible(date: Temporal.PlainDate): Day | undefined {
  const inside =
    Temporal.PlainDate.compare(firstDate, date) <= 0 && Temporal.PlainDate.compare(date, lastDate) <= 0
  return inside ? date.toString() : undefined
}

/**
 * The day on which a period from `day` ends: the same date number in the last month, or that month's last day
 * (lag 1930:173 1 §), then the days. `undefined` beyond 9999-12-31.
 */
export function addPeriod(day: Day, period: Period): Day | undefined {
  return expressible(Temporal.PlainDate.from(day).add(period))
}

/** `days` may be negative. `undefined` outside the expressible days. */
export function addDays(day: Day, days: number): Day | undefined {
  return expressible(Temporal.PlainDate.from(day).add({ days }))
}

export function yearEnd(day: Day): Day {
  return `${day.slice(0, 4)}-12-31`
}

/** Calendar days from one to the other; negative when `to` is before. */
export function daysBetween(from: Day, to: Day): number {
  return Temporal.PlainDate.from(from).until(to, { largestUnit: 'day' }).days
}
