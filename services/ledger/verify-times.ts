/** Microseconds from 1970, where the header's times begin, to 2000, where PostgreSQL's do. */
const epochShift = 946_684_800_000_000

/** Days since 2000 as YYYY-MM-DD; few are different. */
export function dayCache(): (day: number) => string {
  const known = new Map<number, string>()
  return (day) => {
    let text = known.get(day)
    if (text === undefined) {
      text = new Date(day * 86_400_000 + epochShift / 1_000).toISOString().slice(0, 10)
      known.set(day, text)
    }
    return text
  }
}

/** Microseconds since 2000 as the header has them; what is no whole millisecond is written so that it equals no header's. */
export function timeCache(): (microseconds: number) => string {
  let last = Number.NaN
  let text = ''
  return (microseconds) => {
    if (microseconds !== last) {
      last = microseconds
      const whole = microseconds + epochShift
      text = new Date(Math.floor(whole / 1_000)).toISOString()
      if (whole % 1_000 !== 0) text = `${text.slice(0, -1)}${String(whole % 1_000).padStart(3, '0')}Z`
    }
    return text
  }
}
