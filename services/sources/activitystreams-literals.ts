/** The literal values of ActivityStreams 2.0, each by the production that the Core recommendation names. */

// RFC 5646 § 2.1, with a primary language of two or three letters: none of four to eight is registered.
const languageTag =
  /^(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?|x(?:-[a-z0-9]{1,8})+|i-[a-z0-9]{2,8})$/i

export function isLanguageTag(text: string): boolean {
  return text.length <= 64 && languageTag.test(text)
}

const dateTime = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/

/** Core § 2.3: RFC 3339 with capital T and Z, where the seconds may be left out. */
export function isAsDateTime(text: string): boolean {
  const found = dateTime.exec(text)
  if (found === null) return false
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0))
  const days = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
  return month >= 1 && month <= 12 && day >= 1 && day <= days && hour <= 24 && minute <= 59 && second <= 60
}

const duration =
  /^-?P(?=[\dT])(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/

/** xsd:duration (XML Schema 1.1 § 3.3.6); weeks, which ISO 8601 has, are let through. */
export function isDuration(text: string): boolean {
  return duration.test(text)
}

/** RFC 3987: a scheme, and none of the characters that no IRI holds. */
export function isAbsoluteIri(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`\u0000-\u001f]+$/.test(text)
}

/** An IRI or a reference to one: not empty, no blanks, no control characters. */
export function isIriLike(text: string): boolean {
  return text !== '' && !/[\s\u0000-\u001f]/.test(text)
}

export function isMime(text: string): boolean {
  return /^[A-Za-z0-9!#$&^_.+-]+\/[A-Za-z0-9!#$&^_.+*-]+(?:\s*;.*)?$/.test(text)
}

/** Core § 4.2 (HTML5 link relations): no blanks, no comma. */
export function isLinkRelation(text: string): boolean {
  return text !== '' && !/[ \t\n\f\r,]/.test(text)
}
