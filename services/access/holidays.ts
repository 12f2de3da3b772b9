import type { Day } from '../events/vocabulary.ts'

export type NamedDay = { readonly day: Day; readonly sv: string; readonly en: string }

/** Easter Sunday of the Gregorian calendar, by the algorithm known as Meeus/Jones/Butcher. */
export function easterSunday(year: number): Day {
  const golden = year % 19
  const century = Math.floor(year / 100)
  const inCentury = year % 100
  const lunarCorrection = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3)
  const epact = (19 * golden + century - Math.floor(century / 4) - lunarCorrection + 15) % 30
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - epact - (inCentury % 4)) % 7
  const late = Math.floor((golden + 11 * epact + 22 * weekday) / 451)
  const fromMarch = epact + weekday - 7 * late + 114
  return Temporal.PlainDate.from({
    year,
    month: Math.floor(fromMarch / 31),
    day: (fromMarch % 31) + 1,
  }).toString()
}

function saturdayFrom(year: number, month: number, day: number): Temporal.PlainDate {
  const first = Temporal.PlainDate.from({ year, month, day })
  return first.add({ days: 6 - (first.dayOfWeek % 7) })
}

/** Public holidays (allmänna helgdagar) by lag 1989:253 as it reads since 2005, other than ordinary Sundays. */
export function publicHolidays(year: number): readonly NamedDay[] {
  const easter = Temporal.PlainDate.from(easterSunday(year))
  const fixed = (month: number, day: number): string =>
    Temporal.PlainDate.from({ year, month, day }).toString()
  const moved = (days: number): string => easter.add({ days }).toString()
  return [
    { day: fixed(1, 1), sv: 'Nyårsdagen', en: "New Year's Day" },
    { day: fixed(1, 6), sv: 'Trettondedag jul', en: 'Epiphany' },
    { day: moved(-2), sv: 'Långfredagen', en: 'Good Friday' },
    { day: moved(0), sv: 'Påskdagen', en: 'Easter Sunday' },
    { day: moved(1), sv: 'Annandag påsk', en: 'Easter Monday' },
    { day: fixed(5, 1), sv: 'Första maj', en: '1 May' },
    { day: moved(39), sv: 'Kristi himmelsfärdsdag', en: 'Ascension Day' },
    { day: moved(49), sv: 'Pingstdagen', en: 'Whit Sunday' },
    { day: fixed(6, 6), sv: 'Sveriges nationaldag', en: 'National Day' },
    { day: saturdayFrom(year, 6, 20).toString(), sv: 'Midsommardagen', en: 'Midsummer Day' },
    { day: saturdayFrom(year, 10, 31).toString(), sv: 'Alla helgons dag', en: "All Saints' Day" },
    { day: fixed(12, 25), sv: 'Juldagen', en: 'Christmas Day' },
    { day: fixed(12, 26), sv: 'Annandag jul', en: 'Boxing Day' },
  ]
}

/** The eves that lag 1930:173 2 § adds; they are no public holidays. */
export function eves(year: number): readonly NamedDay[] {
  return [
    {
      day: saturdayFrom(year, 6, 20).subtract({ days: 1 }).toString(),
      sv: 'Midsommarafton',
      en: 'Midsummer Eve',
    },
    {
      day: Temporal.PlainDate.from({ year, month: 12, day: 24 }).toString(),
      sv: 'Julafton',
      en: 'Christmas Eve',
    },
    {
      day: Temporal.PlainDate.from({ year, month: 12, day: 31 }).toString(),
      sv: 'Nyårsafton',
      en: "New Year's Eve",
    },
  ]
}

/** Which days do not count as the last: with or without the eves of lag 1930:173 2 §. */
export type RestDays = 'publicHolidays' | 'publicHolidaysAndEves'

const holidaysOfYear = new Map<string, ReadonlySet<Day>>()

function daysOff(year: number, rest: RestDays): ReadonlySet<Day> {
  const key = `${rest}/${year}`
  const known = holidaysOfYear.get(key)
  if (known !== undefined) return known
  const named = rest === 'publicHolidays' ? publicHolidays(year) : [...publicHolidays(year), ...eves(year)]
  const days = new Set(named.map(({ day }) => day))
  holidaysOfYear.set(key, days)
  return days
}

/** Neither Saturday, Sunday nor one of the rest days. */
export function isWorkingDay(day: Day, rest: RestDays): boolean {
  const date = Temporal.PlainDate.from(day)
  return date.dayOfWeek < 6 && !daysOff(date.year, rest).has(day)
}

/** The day itself when it is a working day, else the nearest one in the given direction. */
export function nearestWorkingDay(day: Day, rest: RestDays, direction: 1 | -1): Day {
  let date = Temporal.PlainDate.from(day)
  while (!isWorkingDay(date.toString(), rest)) date = date.add({ days: direction })
  return date.toString()
}
