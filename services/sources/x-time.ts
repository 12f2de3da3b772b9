import { asText, type Json } from './lossless.ts'
import { fromIso, fromMillis, type NativeTime } from './time.ts'

const months = 'JanFebMarAprMayJunJulAugSepOctNovDec'
const twitterShape = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{4}) (\d{4})$/

/** Any time X writes: `Mon Apr 12 08:01:00 +0000 2010`, ISO 8601, milliseconds. Undefined for what is no real instant. */
export function xTime(value: Json | undefined): NativeTime | undefined {
  const text = asText(value)
  const match = text === undefined ? null : twitterShape.exec(text)
  if (match === null) return fromMillis(text) ?? utc(fromIso(text))
  const [, month = '', day = '', clock = '', offset = '', year = ''] = match
  const number = String(months.indexOf(month) / 3 + 1).padStart(2, '0')
  const occurredAt = `${year}-${number}-${day}T${clock}Z`
  if (offset !== '+0000') return utc(fromIso(occurredAt.replace('Z', offset)))
  // `Date` takes 30 February for 2 March.
  const isReal = new Date(occurredAt).getUTCDate() === Number(day)
  return isReal ? { occurredAt, precision: 'second' } : undefined
}

/** Posts have whole seconds whatever the route; some routes write them as `.000`. */
export function postTime(value: Json | undefined): NativeTime | undefined {
  const time = xTime(value)
  if (time === undefined) return undefined
  return { occurredAt: time.occurredAt.replace(/\.\d+Z$/, 'Z'), precision: 'second' }
}

/** One spelling for one instant: the same act written with another offset is the same act. */
function utc(time: NativeTime | undefined): NativeTime | undefined {
  if (time === undefined || time.occurredAt.endsWith('Z')) return time
  const iso = new Date(time.occurredAt).toISOString()
  return { ...time, occurredAt: time.precision === 'millisecond' ? iso : iso.replace('.000Z', 'Z') }
}

const firstSnowflake = 29_700_859_247n
const snowflakeEpoch = 1_288_834_974_657n

/** When an id was given out: ids since November 2010 carry the millisecond. Older ones do not. */
export function idTime(id: string): NativeTime | undefined {
  const number = BigInt(id)
  return number < firstSnowflake ? undefined : fromMillis(String((number >> 22n) + snowflakeEpoch))
}
