import type { RetentionRule } from '../events/retention-rule.ts'
import type { Day } from '../events/vocabulary.ts'
import { addDays, addPeriod, dayAt, daySpan, yearEnd } from './period.ts'

export type PeriodRule = Pick<RetentionRule, 'period' | 'start' | 'rounding'>

/**
 * The first day on which a record whose trigger fell on `startDay` may be destroyed; `undefined` when the rule has no
 * period (it preserves) or the day lies beyond 9999. Without year end it is the day of the same number. A calendar year
 * ends with the expiry of 31 December, so a period from, or rounded to, the year's end falls due on 1 January.
 */
export function dueDay(rule: PeriodRule, startDay: Day): Day | undefined {
  if (rule.period === undefined) return undefined
  const fromYearEnd = rule.start === 'calendarYearEnd'
  const end = addPeriod(fromYearEnd ? yearEnd(startDay) : startDay, rule.period)
  if (end === undefined) return undefined
  if (rule.rounding === 'calendarYearEnd') return addDays(yearEnd(end), 1)
  return fromYearEnd ? addDays(end, 1) : end
}

function bisect(rule: PeriodRule, today: Day): Day | undefined {
  const isDue = (number: number): boolean => {
    const due = dueDay(rule, dayAt(number))
    return due !== undefined && due <= today
  }
  if (!isDue(0)) return undefined
  let due = 0
  let undue = daySpan + 1
  while (undue - due > 1) {
    const middle = Math.floor((due + undue) / 2)
    if (isDue(middle)) due = middle
    else undue = middle
  }
  return dayAt(due)
}

// The same few rules are asked about for every class of objects on one day: a third of a millisecond each, once.
const remembered = new Map<string, Day | undefined>()
const mostRemembered = 1000

/**
 * The greatest start day that is due on `today`: `startDay <= cutoff` exactly when `dueDay(rule, startDay) <= today`.
 * `undefined` when no day is. Found by bisection, since dueDay never decreases with the start day.
 */
export function cutoff(rule: PeriodRule, today: Day): Day | undefined {
  const fromYearEnd = rule.start === 'calendarYearEnd'
  const key = `${rule.period}/${fromYearEnd}/${rule.rounding}/${today}`
  if (remembered.has(key)) return remembered.get(key)
  if (remembered.size >= mostRemembered) remembered.clear()
  const found = bisect(rule, today)
  remembered.set(key, found)
  return found
}

/** The day by which a preserved record should be with the archive authority; `undefined` when the rule names none. */
export function deliveryDay(
  rule: Pick<RetentionRule, 'archiveDeliveryDays' | 'start'>,
  startDay: Day,
): Day | undefined {
  if (rule.archiveDeliveryDays === undefined) return undefined
  return addDays(rule.start === 'calendarYearEnd' ? yearEnd(startDay) : startDay, rule.archiveDeliveryDays)
}

/** The greatest start day whose delivery is due on `today`; `undefined` when none is. */
export function deliveryCutoff(
  rule: Pick<RetentionRule, 'archiveDeliveryDays' | 'start'>,
  today: Day,
): Day | undefined {
  if (rule.archiveDeliveryDays === undefined) return undefined
  const day = addDays(today, -rule.archiveDeliveryDays)
  if (day === undefined || rule.start !== 'calendarYearEnd' || day === yearEnd(day)) return day
  // A year that has not ended so long ago is not due: the one before it is.
  const newYear = `${day.slice(0, 4)}-01-01`
  return addDays(newYear, -1)
}
