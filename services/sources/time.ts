/** An instant as the wire schema wants it (RFC 3339 with an offset) and how exact the source was. */
export type NativeTime = {
  readonly occurredAt: string
  readonly precision: 'millisecond' | 'second' | 'day'
}

const year9999 = 253_402_300_800_000

/** Seconds since 1970 as a decimal text. Zero is how several exports write "no time". */
export function fromSeconds(text: string | undefined): NativeTime | undefined {
  if (text === undefined || !/^[1-9]\d{0,11}$/.test(text)) return undefined
  const instant = Number(text) * 1000
  return instant < year9999
    ? { occurredAt: new Date(instant).toISOString().replace('.000Z', 'Z'), precision: 'second' }
    : undefined
}

/** Milliseconds since 1970 as a decimal text. */
export function fromMillis(text: string | undefined): NativeTime | undefined {
  if (text === undefined || !/^[1-9]\d{0,14}$/.test(text)) return undefined
  const instant = Number(text)
  return instant < year9999
    ? { occurredAt: new Date(instant).toISOString(), precision: 'millisecond' }
    : undefined
}

const isoLike = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d{1,9})?\s?(Z|UTC|[+-]\d{2}:?\d{2})?$/

/** ISO 8601 and its near relations (`+0000`, a space, `UTC`); where no offset is written it is UTC, as the exports are. */
export function fromIso(text: string | undefined): NativeTime | undefined {
  const match = text === undefined ? null : isoLike.exec(text)
  if (match === null) return undefined
  const [, day, time, fraction = '', zone = 'Z'] = match
  const offset = zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2')
  const occurredAt = `${day}T${time}${fraction}${offset}`
  if (!isRealDay(day ?? '') || Number.isNaN(Date.parse(occurredAt))) return undefined
  return { occurredAt, precision: fraction === '' ? 'second' : 'millisecond' }
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** `12 Mar 2024`: a day, in no stated zone. */
export function fromDay(text: string | undefined): NativeTime | undefined {
  const match = text === undefined ? null : /^(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})$/.exec(text)
  const month = months.indexOf(match?.[2]?.toLowerCase() ?? '') + 1
  if (match === null || month === 0) return undefined
  const day = `${match[3]}-${String(month).padStart(2, '0')}-${match[1]?.padStart(2, '0')}`
  return isRealDay(day) ? { occurredAt: `${day}T00:00:00Z`, precision: 'day' } : undefined
}

/** `Date` takes 30 February for 2 March. */
function isRealDay(day: string): boolean {
  const instant = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day)
}
