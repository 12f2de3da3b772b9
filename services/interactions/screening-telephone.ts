type TelephoneFlag = { readonly kind: 'telephone'; readonly start: number; readonly end: number }

/** A trunk zero or the country code, then groups of digits. Bounded, so that no text makes it slow. */
const candidate =
  /(?<![\p{L}\p{N}_+]|\p{N}[-.:/])(?:(?:\+|00)46\s?(?:\(0\)\s?|[-.]\s?)?(?=[1-9])|0(?=[1-9]))\d{1,10}(?:(?:\s?[-./\u2010-\u2015]\s?|\s|\)\s?)\d{2,8}){0,5}(?![\p{L}\p{N}_])/gu

const threeDigitAreas = new Set(
  '010 011 013 016 018 019 020 021 023 026 031 033 035 036 040 042 044 046 054 060 063 090'.split(' '),
)
const mobileAreas = new Set('070 072 073 076 079'.split(' '))

type Shape = { readonly areas: readonly number[]; readonly shortest: number; readonly longest: number }

/** How many digits the area code has and how long the whole national number is, its zero included. */
function shapeOf(national: string): Shape {
  if (national.startsWith('08')) return { areas: [2], shortest: 8, longest: 10 }
  const three = national.slice(0, 3)
  // People write 0701-23 45 67 as well as 070-123 45 67.
  if (mobileAreas.has(three)) return { areas: [3, 4], shortest: 10, longest: 10 }
  if (threeDigitAreas.has(three)) return { areas: [3], shortest: 8, longest: 10 }
  return { areas: [4], shortest: 9, longest: 10 }
}

function isNational(groups: readonly string[]): boolean {
  const national = groups.join('')
  const { areas, shortest, longest } = shapeOf(national)
  const whole = groups.length === 1 || areas.includes(groups[0]?.length ?? 0)
  return whole && national.length >= shortest && national.length <= longest
}

/** The national digits by group: the country code and a (0) become the trunk zero. */
function nationalGroups(written: string): string[] {
  const local = written.replace(/^(?:\+|00)46\s?(?:\(0\)\s?|[-.]\s?)?/, '0')
  return local.split(/\D+/).filter((group) => group !== '')
}

/** The longest beginning that is a number, cut only at white space: what follows may be an amount or a time. */
function lengthOf(written: string): number {
  for (let end = written.length; end > 0; end = written.slice(0, end).search(/\s\S*$/)) {
    if (isNational(nationalGroups(written.slice(0, end)))) return end
  }
  return 0
}

export function findTelephones(text: string): TelephoneFlag[] {
  const found: TelephoneFlag[] = []
  candidate.lastIndex = 0
  for (let match = candidate.exec(text); match !== null; match = candidate.exec(text)) {
    const length = lengthOf(match[0])
    candidate.lastIndex = match.index + Math.max(length, 1)
    if (length > 0) found.push({ kind: 'telephone', start: match.index, end: match.index + length })
  }
  return found
}
