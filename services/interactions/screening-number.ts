type NumberFlag = {
  readonly kind: 'personalNumber' | 'coordinationNumber'
  readonly start: number
  readonly end: number
}

/**
 * Six or eight digits of birth, with or without one and the same separator between them, then four more after a hyphen
 * of any shape, a plus sign (from the year one turns 100), a space, or nothing. Not a piece of a longer number or id.
 */
const candidate =
  /(?<![\p{L}\p{N}_+]|\p{N}[-.:/])(?:18|19|20)?(?<year>\d\d)(?<separator>[-./\s]?)(?<month>\d\d)\k<separator>(?<day>\d\d)(?:\s{0,2}[-+\u2010-\u2015\u2212]\s{0,2}|[\s.]{0,2})(?<serial>\d{3})(?<check>\d)(?![\p{L}\p{N}_]|[-.:/]\p{N}|-[\da-f]{4}-)/gu

const monthLengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Two digits of the year leave the century open, so 29 February counts when any such year had one (1900 or 2000: 2000). */
function isDate(year: number, month: number, day: number): boolean {
  const length = month === 2 && year % 4 !== 0 ? 28 : (monthLengths[month - 1] ?? 0)
  return day >= 1 && day <= length
}

/** Luhn over the ten digits, weights 2 and 1 from the left (folkbokföringslagen 18 §). */
function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index += 1) {
    const weighted = (digits.charCodeAt(index) - 48) * (index % 2 === 0 ? 2 : 1)
    sum += weighted > 9 ? weighted - 9 : weighted
  }
  return sum % 10 === 0
}

function kindOf(groups: Readonly<Record<string, string>>): NumberFlag['kind'] | undefined {
  const { year = '', month = '', day = '', serial = '', check = '' } = groups
  if (serial === '000' || !passesLuhn(year + month + day + serial + check)) return undefined
  const dayNumber = Number(day)
  if (isDate(Number(year), Number(month), dayNumber)) return 'personalNumber'
  return isDate(Number(year), Number(month), dayNumber - 60) ? 'coordinationNumber' : undefined
}

export function findPersonalNumbers(text: string): NumberFlag[] {
  const found: NumberFlag[] = []
  candidate.lastIndex = 0
  for (let match = candidate.exec(text); match !== null; match = candidate.exec(text)) {
    const kind = kindOf(match.groups ?? {})
    if (kind === undefined) candidate.lastIndex = match.index + 1
    else found.push({ kind, start: match.index, end: match.index + match[0].length })
  }
  return found
}
