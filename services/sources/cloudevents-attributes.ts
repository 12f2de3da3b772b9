/** The type system of CloudEvents 1.0 (§ 3.2 to 3.4) for context attributes: names, and the canonical text of a value. */

/** § 3.1.1: lower-case ASCII letters and digits. Twenty characters are advice, 64 are what an interaction's extensions hold. */
export const attributeName = /^[a-z0-9]{1,64}$/

// § 3.4 String: no control characters, no lone surrogates, no noncharacters.
const forbidden = /[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef]|[\ufffe\uffff]/u

/** The canonical text of an attribute value, or undefined for what CloudEvents has no type for. */
export function attributeText(value: unknown): string | undefined {
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) <= 2 ** 31 ? int32(value) : undefined
  if (typeof value !== 'string' || !value.isWellFormed() || forbidden.test(value)) return undefined
  return hasAstralNoncharacter(value) ? undefined : value
}

function int32(value: number): string | undefined {
  return (value | 0) === value ? String(value) : undefined
}

function hasAstralNoncharacter(text: string): boolean {
  for (const character of text.match(/[\u{10000}-\u{10ffff}]/gu) ?? []) {
    if (((character.codePointAt(0) ?? 0) & 0xfffe) === 0xfffe) return true
  }
  return false
}

const uriCharacters = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/
const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/

/** RFC 3986 § 4.1. A colon before the first slash needs a scheme in front of it; one fragment at most. */
export function isUriReference(text: string): boolean {
  if (!uriCharacters.test(text) || text.indexOf('#') !== text.lastIndexOf('#')) return false
  const head = text.split(/[/?#]/, 1)[0] ?? ''
  return !head.includes(':') || scheme.test(text)
}

/** RFC 3986 § 3 with a scheme. */
export function isAbsoluteUri(text: string): boolean {
  return isUriReference(text) && scheme.test(text)
}

const dateTime = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[Zz]|[+-](\d{2}):(\d{2}))$/

/** RFC 3339 § 5.6 with a day that exists. A leap second is well-formed. */
export function isRfc3339(text: string): boolean {
  const found = dateTime.exec(text)
  if (found === null) return false
  const [year, month, day, hour, minute, second, offsetHour, offsetMinute] = found.slice(1).map(Number)
  const days = new Date(Date.UTC(2000 + ((year ?? 0) % 400), month ?? 0, 0)).getUTCDate()
  const within = (value: number | undefined, low: number, high: number) =>
    value === undefined || Number.isNaN(value) || (value >= low && value <= high)
  return (
    within(month, 1, 12) &&
    within(day, 1, days) &&
    within(hour, 0, 23) &&
    within(minute, 0, 59) &&
    within(second, 0, 60) &&
    within(offsetHour, 0, 23) &&
    within(offsetMinute, 0, 59)
  )
}

const token = "[A-Za-z0-9!#$%&'*+.^_`|~-]+"
const mediaType = new RegExp(
  `^${token}/${token}(?:\\s*;\\s*${token}=(?:${token}|"(?:[^"\\\\]|\\\\.)*"))*\\s*$`,
)

export function isMediaType(text: string): boolean {
  return text.length <= 256 && mediaType.test(text)
}

/** The subtype is json or ends in +json (JSON format § 3.1). */
export function isJsonMediaType(text: string): boolean {
  return /^[^/]+\/(?:[^;]*\+)?json\s*(?:;|$)/i.test(text)
}
