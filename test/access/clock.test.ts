import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  appealDeadline,
  dayOfReceipt,
  daysLeft,
  firstMonth,
  type Pause,
  requestDeadline,
} from '../../services/access/clock.ts'
import { easterSunday, eves, isWorkingDay, publicHolidays } from '../../services/access/holidays.ts'
import { almanacEaster, isRest, months, onward, step, weekday } from './naive-days.ts'

function days(receivedOn: string, extended = false, pauses: Pause[] = []) {
  return requestDeadline({ receivedOn, extended, pauses })
}

describe('the month to answer', () => {
  test.each([
    ['2026-01-31', '2026-03-02'],
    ['2026-02-02', '2026-03-02'],
    ['2026-03-05', '2026-04-07'],
    ['2026-08-31', '2026-09-30'],
    ['2026-11-24', '2026-12-24', '2026-12-28'],
    ['2026-05-06', '2026-06-08'],
    ['2026-05-19', '2026-06-19', '2026-06-22'],
    ['2027-02-26', '2027-03-30'],
    ['2028-01-31', '2028-02-29'],
    ['2026-04-14', '2026-05-15'],
    ['2026-04-01', '2026-05-04'],
    ['2026-11-25', '2026-12-28'],
    ['2026-12-06', '2027-01-07'],
    ['2026-03-29', '2026-04-29'],
  ])('from %s ends on %s', (receivedOn, day, withEves = day) => {
    expect(days(receivedOn)).toMatchObject({ unpaused: { day, withEves }, standsStill: false, pausedDays: 0 })
  })

  test.each([
    ['2026-03-05', '2026-06-05', '2026-06-05'],
    ['2026-11-30', '2027-03-01', '2027-03-01'],
    ['2026-09-24', '2026-12-24', '2026-12-28'],
  ])('extended from %s ends on %s', (receivedOn, day, withEves) => {
    expect(days(receivedOn, true).unpaused).toMatchObject({ day, withEves })
    expect(firstMonth({ receivedOn, pauses: [] }).unpaused.day < day).toBe(true)
  })
})

describe('a pause', () => {
  const pause = { askedOn: '2026-03-10', answeredOn: '2026-03-17' }

  test('moves the paused day by its length and leaves the unpaused day, which alarms', () => {
    const it = days('2026-03-05', false, [pause])
    expect(it.unpaused.day).toBe('2026-04-07')
    expect(it.pausedDays).toBe(7)
    // 5 April and 7 days; 12 April is a Sunday.
    expect(it.paused).toEqual({ nominal: '2026-04-12', day: '2026-04-13', withEves: '2026-04-13' })
  })

  test('can end on New Year’s Eve, which a month alone never does', () => {
    const it = days('2026-11-24', false, [{ askedOn: '2026-11-25', answeredOn: '2026-12-02' }])
    expect(it.paused).toEqual({ nominal: '2026-12-31', day: '2026-12-31', withEves: '2027-01-04' })
  })

  test('that is open makes the time stand still', () => {
    const it = days('2026-03-05', false, [{ askedOn: '2026-03-10' }])
    expect(it).toMatchObject({ standsStill: true, unpaused: { day: '2026-04-07' } })
    expect(it.paused).toBeUndefined()
  })

  test('counts once where two overlap, whatever the order', () => {
    const inside = { askedOn: '2026-03-12', answeredOn: '2026-03-14' }
    const across = { askedOn: '2026-03-15', answeredOn: '2026-03-20' }
    expect(days('2026-03-05', false, [across, inside, pause]).pausedDays).toBe(10)
    expect(days('2026-03-05', false, [pause, inside, across]).pausedDays).toBe(10)
  })

  test('asked when the time was out pauses nothing', () => {
    expect(days('2026-03-05', false, [{ askedOn: '2026-04-08', answeredOn: '2026-04-20' }])).toMatchObject({
      pausedDays: 0,
    })
  })

  test.each([
    { askedOn: '2026-03-04', answeredOn: '2026-03-10' },
    { askedOn: '2026-03-10', answeredOn: '2026-03-09' },
  ])('from $askedOn to $answeredOn is refused for a request of 2026-03-05', (backward) => {
    expect(() => days('2026-03-05', false, [backward])).toThrow('A pause runs')
  })
})

test.each([
  ['2026-03-10', false, '2026-03-10'],
  ['2026-03-10', true, '2026-03-09'],
  ['2026-03-09', true, '2026-03-06'],
  ['2026-04-07', true, '2026-04-02'],
  ['2026-12-28', true, '2026-12-23'],
])('what arrives on %s, found at the first emptying: %s, came in on %s', (arrived, first, receipt) => {
  expect(dayOfReceipt(arrived, first)).toBe(receipt)
})

test.each([
  ['2026-03-02', '2026-03-23'],
  ['2026-03-13', '2026-04-07'],
  ['2026-05-29', '2026-06-22'],
  ['2026-12-03', '2026-12-28'],
  ['2026-12-10', '2027-01-04'],
])('who is served on %s may appeal until %s', (served, last) => {
  expect(appealDeadline(served)).toBe(last)
})

test('days left are counted to the day and go below nothing', () => {
  expect([
    daysLeft('2026-03-30', '2026-03-28'),
    daysLeft('2026-03-30', '2026-03-30'),
    daysLeft('2026-03-30', '2026-04-30'),
  ]).toEqual([2, 0, -31])
})

test('Easter is the one in the almanac', () => {
  expect(almanacEaster.map((day) => easterSunday(Number(day.slice(0, 4))))).toEqual(almanacEaster)
})

test('Easter lies on a Sunday from 22 March to 25 April in every year, and all days have their own weekday', () => {
  for (let year = 1900; year <= 2400; year += 1) {
    const easter = easterSunday(year)
    expect(weekday(easter)).toBe(0)
    expect(`${year}-03-22` <= easter && easter <= `${year}-04-25`).toBe(true)
    const named = new Map(publicHolidays(year).map(({ sv, day }) => [sv, day]))
    expect(
      [
        'Långfredagen',
        'Annandag påsk',
        'Kristi himmelsfärdsdag',
        'Pingstdagen',
        'Midsommardagen',
        'Alla helgons dag',
      ].map((name) => weekday(named.get(name) ?? '')),
    ).toEqual([5, 1, 4, 0, 6, 6])
    expect(weekday(eves(year)[0]?.day ?? '')).toBe(5)
  }
})

test('every day of 2020–2040 rests or works as in the naive calendar', () => {
  for (let day = '2020-01-01'; day <= '2040-12-31'; day = step(day, 1)) {
    if (isWorkingDay(day, 'publicHolidays') === isRest(day, false)) throw new Error(day)
    if (isWorkingDay(day, 'publicHolidaysAndEves') === isRest(day, true)) throw new Error(day)
  }
})

const someDay = fc.integer({ min: 0, max: 7670 }).map((offset) => step('2020-01-01', offset))
const somePauses = fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { maxLength: 4 })

test('the deadline is the naive calendar’s for every day of 2020–2040, with extension and pauses', () => {
  fc.assert(
    fc.property(someDay, fc.boolean(), somePauses, (receivedOn, extended, gaps) => {
      const pauses = gaps.map(([after, length]) => ({
        askedOn: step(receivedOn, after),
        answeredOn: step(receivedOn, after + length),
      }))
      const nominal = months(receivedOn, extended ? 3 : 1)
      // Day by day: a day pauses when some question was open over its night and the time had not run out before.
      let paused = 0
      let end = onward(nominal, false)
      for (let offset = 0; offset <= 80; offset += 1) {
        const open = gaps.some(([after, length]) => after <= offset && offset < after + length)
        const before = gaps.some(([after, length]) => after <= offset - 1 && offset - 1 < after + length)
        if (open && !before && step(receivedOn, offset) > end) break
        if (open) paused += 1
        end = onward(step(nominal, paused), false)
      }
      const it = days(receivedOn, extended, pauses)
      expect(it.unpaused).toEqual({ nominal, day: onward(nominal, false), withEves: onward(nominal, true) })
      expect(it.pausedDays).toBe(paused)
      expect(it.paused?.day).toBe(paused > 0 ? end : undefined)
      expect(it.unpaused.day <= it.unpaused.withEves).toBe(true)
    }),
    { numRuns: 400 },
  )
})
