import type { Day } from '../events/vocabulary.ts'
import { DomainError } from '../platform/errors.ts'
import { nearestWorkingDay } from './holidays.ts'

/** From the day something was asked of the person until it was answered; the time stands still while it is open. */
export type Pause = { readonly askedOn: Day; readonly answeredOn?: Day | undefined }

/** The last day of a time limit, by both readings of which days are rest days. */
export type LastDay = {
  /** Regulation 1182/71 art. 3.4 with the public holidays of lag 1989:253: the stricter day, which is the one to keep. */
  readonly day: Day
  /** With the eves of lag 1930:173 2 § counted as well: the same day or a later one. */
  readonly withEves: Day
  /** Before any shift. */
  readonly nominal: Day
}

export type RequestDeadline = {
  /** As if nothing had been asked: what alarms go by, since art. 12.3 itself knows no pause. */
  readonly unpaused: LastDay
  /** With the pauses (EDPB 01/2022 § 159); left out when there are none, or while the time stands still. */
  readonly paused?: LastDay
  readonly standsStill: boolean
  readonly pausedDays: number
}

export type RequestTime = {
  readonly receivedOn: Day
  readonly extended: boolean
  readonly pauses: readonly Pause[]
}

/** Months by date number: the same number, or the last day of a month that has none such (art. 3.2 c). */
function monthsAfter(day: Day, months: number): Day {
  return Temporal.PlainDate.from(day).add({ months }).toString()
}

function daysAfter(day: Day, days: number): Day {
  return Temporal.PlainDate.from(day).add({ days }).toString()
}

/** From `today` until `day`: 0 on the last day, negative once it has passed. */
export function daysLeft(day: Day, today: Day): number {
  return Temporal.PlainDate.from(today).until(day, { largestUnit: 'day' }).days
}

function lastDay(nominal: Day): LastDay {
  return {
    nominal,
    day: nearestWorkingDay(nominal, 'publicHolidays', 1),
    withEves: nearestWorkingDay(nominal, 'publicHolidaysAndEves', 1),
  }
}

type Span = { readonly from: Day; readonly to: Day | undefined }

/** Pauses that overlap or touch become one: the time cannot stand still twice on one day. */
function merged(pauses: readonly Pause[]): Span[] {
  const spans: Span[] = []
  for (const { askedOn, answeredOn } of pauses.toSorted((a, b) => (a.askedOn < b.askedOn ? -1 : 1))) {
    const last = spans.at(-1)
    if (last === undefined || (last.to !== undefined && last.to < askedOn)) {
      spans.push({ from: askedOn, to: answeredOn })
    } else if (last.to !== undefined && (answeredOn === undefined || answeredOn > last.to)) {
      spans[spans.length - 1] = { from: last.from, to: answeredOn }
    }
  }
  return spans
}

function requireOrder({ receivedOn, pauses }: RequestTime): void {
  for (const { askedOn, answeredOn } of pauses) {
    if (askedOn < receivedOn || (answeredOn !== undefined && answeredOn < askedOn)) {
      throw new DomainError('validation-failed', 'A pause runs from receipt or later, and forward')
    }
  }
}

/**
 * The last day to answer a request under arts. 15–22 GDPR: one month from receipt, three when extended (art. 12.3), the
 * day of receipt not counted (Regulation 1182/71 art. 3.1). A question put when the time was already out pauses nothing.
 */
export function requestDeadline(time: RequestTime): RequestDeadline {
  requireOrder(time)
  const nominal = monthsAfter(time.receivedOn, time.extended ? 3 : 1)
  const unpaused = lastDay(nominal)
  let current = unpaused
  let pausedDays = 0
  for (const { from, to } of merged(time.pauses)) {
    if (from > current.day) break
    if (to === undefined) return { unpaused, standsStill: true, pausedDays }
    pausedDays += daysLeft(to, from)
    current = lastDay(daysAfter(nominal, pausedDays))
  }
  return { unpaused, standsStill: false, pausedDays, ...(pausedDays > 0 ? { paused: current } : {}) }
}

/** The last day to tell of an extension, and of a refusal: the first month's (arts. 12.3 and 12.4). */
export function firstMonth(time: Omit<RequestTime, 'extended'>): RequestDeadline {
  return requestDeadline({ ...time, extended: false })
}

/**
 * The day a request has come in: the day it reaches the authority, read or not. What lies in the box at the day's first
 * emptying came in on the working day before (förvaltningslagen 22 §); eves are passed over too, the stricter reading.
 */
export function dayOfReceipt(arrivedOn: Day, foundAtFirstEmptying: boolean): Day {
  return foundAtFirstEmptying
    ? nearestWorkingDay(daysAfter(arrivedOn, -1), 'publicHolidaysAndEves', -1)
    : arrivedOn
}

/** The last day to appeal: three weeks from the day the person was served (förvaltningslagen 44 §, lag 1930:173). */
export function appealDeadline(servedOn: Day): Day {
  return nearestWorkingDay(daysAfter(servedOn, 21), 'publicHolidaysAndEves', 1)
}
