import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cutoff,
  deliveryCutoff,
  deliveryDay,
  dueDay,
  type PeriodRule,
} from '../../services/retention/cutoff.ts'
import { addDays } from '../../services/retention/period.ts'
import { add, naive, next, show } from './naive-calendar.ts'

function rule(period: string, over: Partial<PeriodRule> = {}): PeriodRule {
  return { period, start: 'occurred', rounding: 'none', ...over }
}

const day = fc
  .tuple(fc.integer({ min: 1, max: 9990 }), fc.integer({ min: 0, max: 365 }))
  .map(([year, offset]) => add(`${String(year).padStart(4, '0')}-01-01`, 0, 0, offset))

const counted = fc.record({
  years: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(400)),
  months: fc.integer({ min: 0, max: 30 }),
  days: fc.integer({ min: 0, max: 70 }),
})

const shape = fc.record({
  start: fc.constantFrom<PeriodRule['start']>('occurred', 'matterClosed', 'calendarYearEnd'),
  rounding: fc.constantFrom<PeriodRule['rounding']>('none', 'calendarYearEnd'),
})

/** The same promise in other words: when the last day that the record is kept has passed. */
function naiveDue(
  start: string,
  length: typeof counted extends fc.Arbitrary<infer T> ? T : never,
  of: Partial<PeriodRule>,
) {
  const from = of.start === 'calendarYearEnd' ? `${start.slice(0, 4)}-12-31` : start
  const end = add(from, length.years, length.months, length.days)
  if (of.rounding === 'calendarYearEnd') return show(next(naive(`${end.split('-')[0]}-12-31`)))
  return of.start === 'calendarYearEnd' ? show(next(naive(end))) : end
}

describe('the due day', () => {
  test.each([
    ['2026-03-05', 'P2M', '2026-05-05'],
    ['2026-01-31', 'P1M', '2026-02-28'],
    ['2028-01-31', 'P1M', '2028-02-29'],
    ['2024-02-29', 'P1Y', '2025-02-28'],
    ['2024-02-29', 'P4Y', '2028-02-29'],
    ['2000-02-29', 'P400Y', '2400-02-29'],
    ['1700-03-01', 'P400Y', '2100-03-01'],
    ['2026-03-29', 'P1D', '2026-03-30'],
    ['2026-12-20', 'P2W', '2027-01-03'],
    ['2026-03-05', 'P0D', '2026-03-05'],
    ['2023-12-31', 'P1Y2M3D', '2025-03-03'],
  ])('of %s with %s is %s', (start, period, due) => {
    expect(dueDay(rule(period), start)).toBe(due)
  })

  test('rounded to the end of the calendar year comes when that year has ended', () => {
    expect(dueDay(rule('P2Y', { rounding: 'calendarYearEnd' }), '2024-03-05')).toBe('2027-01-01')
    expect(dueDay(rule('P2Y', { rounding: 'calendarYearEnd' }), '2024-01-01')).toBe('2027-01-01')
    expect(dueDay(rule('P2Y', { rounding: 'calendarYearEnd' }), '2024-12-31')).toBe('2027-01-01')
  })

  test('counted from the end of the calendar year is the same for the whole year', () => {
    for (const start of ['2024-01-01', '2024-02-29', '2024-12-31']) {
      expect(dueDay(rule('P2Y', { start: 'calendarYearEnd' }), start)).toBe('2027-01-01')
      expect(dueDay(rule('P2Y', { start: 'calendarYearEnd', rounding: 'calendarYearEnd' }), start)).toBe(
        '2027-01-01',
      )
      expect(dueDay(rule('P2M', { start: 'calendarYearEnd' }), start)).toBe('2025-03-01')
    }
  })

  test('beyond the last expressible day is none, and a rule without period has none', () => {
    expect(dueDay(rule('P1D'), '9999-12-31')).toBeUndefined()
    expect(dueDay(rule('P999Y'), '9500-01-01')).toBeUndefined()
    expect(dueDay(rule('P0D'), '9999-12-31')).toBe('9999-12-31')
    expect(dueDay({ start: 'occurred', rounding: 'none' }, '2026-01-01')).toBeUndefined()
  })

  test('is the one that counting on fingers gives', () => {
    fc.assert(
      fc.property(day, counted, shape, (start, length, of) => {
        const due = naiveDue(start, length, of)
        const period = `P${length.years}Y${length.months}M${length.days}D`
        expect(dueDay(rule(period, of), start)).toBe(due.length > 10 ? undefined : due)
      }),
      { numRuns: 400 },
    )
  })
})

describe('the cut-off', () => {
  test('is the last of several start days that fall due on one day', () => {
    expect(cutoff(rule('P1M'), '2026-02-28')).toBe('2026-01-31')
    expect(cutoff(rule('P1M'), '2026-02-27')).toBe('2026-01-27')
    expect(cutoff(rule('P1Y'), '2025-02-28')).toBe('2024-02-29')
    expect(cutoff(rule('P2Y', { rounding: 'calendarYearEnd' }), '2027-01-01')).toBe('2024-12-31')
    expect(cutoff(rule('P2Y', { rounding: 'calendarYearEnd' }), '2026-12-31')).toBe('2023-12-31')
    expect(cutoff(rule('P0D'), '2026-03-29')).toBe('2026-03-29')
  })

  test('is none where no day is due, and none for a rule that preserves', () => {
    expect(cutoff(rule('P1Y'), '0001-12-31')).toBeUndefined()
    expect(cutoff({ start: 'occurred', rounding: 'none' }, '2026-01-01')).toBeUndefined()
  })

  test('parts the start days exactly into due and not due', () => {
    fc.assert(
      fc.property(day, counted, shape, fc.integer({ min: 0, max: 800 }), (today, length, of, near) => {
        const it = rule(`P${length.years}Y${length.months}M${length.days}D`, of)
        const edge = cutoff(it, today)
        const probes = [edge, edge && show(next(naive(edge))), add(today, 0, 0, near), '0001-01-01']
        for (const start of probes.filter((probe): probe is string => probe?.length === 10)) {
          const due = dueDay(it, start)
          expect(edge !== undefined && start <= edge).toBe(due !== undefined && due <= today)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('never moves backwards as days pass', () => {
    fc.assert(
      fc.property(day, counted, shape, (today, length, of) => {
        const it = rule(`P${length.years}Y${length.months}M${length.days}D`, of)
        const before = cutoff(it, today)
        const after = cutoff(it, show(next(naive(today))))
        expect(before === undefined || (after !== undefined && before <= after)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

test('delivery to the archive is counted in days from the start', () => {
  expect(deliveryDay({ start: 'channelClosed', archiveDeliveryDays: 30 }, '2028-02-01')).toBe('2028-03-02')
  expect(deliveryDay({ start: 'calendarYearEnd', archiveDeliveryDays: 1 }, '2026-05-05')).toBe('2027-01-01')
  expect(deliveryDay({ start: 'occurred' }, '2026-05-05')).toBeUndefined()
})

test('the cut-off of a delivery is the last start day whose delivery is due', () => {
  const start = fc.constantFrom<PeriodRule['start']>('occurred', 'calendarYearEnd')
  fc.assert(
    fc.property(day, fc.nat(900), start, fc.integer({ min: -800, max: 800 }), (today, days, from, away) => {
      const of = { start: from, archiveDeliveryDays: days }
      const last = deliveryCutoff(of, today)
      if (last === undefined) return
      const one = addDays(last, away)
      const due = one === undefined ? undefined : deliveryDay(of, one)
      if (one === undefined || due === undefined) return
      expect(due <= today).toBe(one <= last)
    }),
  )
})
