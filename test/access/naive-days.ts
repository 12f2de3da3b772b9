/** Swedish rest days 2020–2041 looked up by hand: Easter from the almanac, the rest by walking the calendar day by day. */
const easter: Readonly<Record<number, string>> = {
  2020: '04-12',
  2021: '04-04',
  2022: '04-17',
  2023: '04-09',
  2024: '03-31',
  2025: '04-20',
  2026: '04-05',
  2027: '03-28',
  2028: '04-16',
  2029: '04-01',
  2030: '04-21',
  2031: '04-13',
  2032: '03-28',
  2033: '04-17',
  2034: '04-09',
  2035: '03-25',
  2036: '04-13',
  2037: '04-05',
  2038: '04-25',
  2039: '04-10',
  2040: '04-01',
  2041: '04-21',
}

export const almanacEaster = Object.entries(easter).map(([year, day]) => `${year}-${day}`)

export function step(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}

export function weekday(day: string): number {
  return new Date(`${day}T12:00:00Z`).getUTCDay()
}

export function isRest(day: string, withEves: boolean): boolean {
  const year = Number(day.slice(0, 4))
  const date = day.slice(5)
  const sunday = `${year}-${easter[year]}`
  const movable = [-2, 0, 1, 39, 49].map((days) => step(sunday, days))
  const saturday = weekday(day) === 6
  const friday = weekday(day) === 5
  if (saturday || weekday(day) === 0 || movable.includes(day)) return true
  if (['01-01', '01-06', '05-01', '06-06', '12-25', '12-26'].includes(date)) return true
  return withEves && (date === '12-24' || date === '12-31' || (friday && '06-19' <= date && date <= '06-25'))
}

export function onward(day: string, withEves: boolean): string {
  return isRest(day, withEves) ? onward(step(day, 1), withEves) : day
}

/** The same number in a later month, walking back to a day that exists. */
export function months(day: string, count: number): string {
  const total = Number(day.slice(5, 7)) - 1 + count
  const year = Number(day.slice(0, 4)) + Math.floor(total / 12)
  const month = String((total % 12) + 1).padStart(2, '0')
  for (let number = Number(day.slice(8)); ; number -= 1) {
    const candidate = `${year}-${month}-${String(number).padStart(2, '0')}`
    const date = new Date(`${candidate}T12:00:00Z`)
    if (!Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === candidate) return candidate
  }
}
