/** A calendar that counts on its fingers: year, month and day in three numbers, one step at a time. */
export type Naive = { readonly year: number; readonly month: number; readonly day: number }

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isLeap(year: number): boolean {
  return year % 400 === 0 || (year % 4 === 0 && year % 100 !== 0)
}

function monthLength(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : (lengths[month - 1] ?? 0)
}

export function naive(day: string): Naive {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  return { year, month, day: date }
}

export function show({ year, month, day }: Naive): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

export function next({ year, month, day }: Naive): Naive {
  if (day < monthLength(year, month)) return { year, month, day: day + 1 }
  return month < 12 ? { year, month: month + 1, day: 1 } : { year: year + 1, month: 1, day: 1 }
}

function addMonth({ year, month, day }: Naive): Naive {
  return month < 12 ? { year, month: month + 1, day } : { year: year + 1, month: 1, day }
}

/** Months are stepped on the date number alone; the number is cut to the last month's length once, at the end. */
export function add(day: string, years: number, months: number, days: number): string {
  let at = naive(day)
  for (let step = 0; step < years * 12 + months; step += 1) at = addMonth(at)
  at = { ...at, day: Math.min(at.day, monthLength(at.year, at.month)) }
  for (let step = 0; step < days; step += 1) at = next(at)
  return show(at)
}
