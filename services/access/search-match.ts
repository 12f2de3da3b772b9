/** Finds names in running text however they are written: case, å/ä/ö and accents, order, hyphens, the genitive. */
export type TextMatcher = {
  readonly test: (text: string) => boolean
  /** Where the names stand, in UTF-16 code units of the text. */
  readonly spans: (text: string) => { readonly from: number; readonly to: number }[]
}

const word = /[\p{L}\p{N}\p{M}]+/gu
const shortest = 3
const between = '[\\s\\p{P}\\p{Cf}]{1,3}'
const within = '[\\s\\p{P}\\p{Cf}]{0,2}'

/** Letters that are written for one another; names come from people who type on any keyboard. */
const letters: Readonly<Record<string, string>> = {
  a: 'aàáâãäåāăą',
  c: 'cçćč',
  d: 'dðďđ',
  e: 'eèéêëēėęě',
  i: 'iìíîïīį',
  l: 'lł',
  n: 'nñńň',
  o: 'oòóôõöøōő',
  s: 'sśš',
  u: 'uùúûüūů',
  y: 'yýÿ',
  z: 'zźżž',
}
const spelled: Readonly<Record<string, string>> = { å: 'aa', ä: 'ae', æ: 'ae', ö: 'oe', ø: 'oe', ü: 'ue' }

/** `names`: display names; `handles`: user names, addresses and the like, which are one word whatever stands in them. */
export function textMatcher(names: readonly string[], handles: readonly string[]): TextMatcher | undefined {
  const patterns = new Set([...names.flatMap(ofName), ...handles.flatMap(ofHandle)])
  if (patterns.size === 0) return undefined
  // The longest first: of two that begin at one place it is the one that is meant.
  const all = [...patterns].toSorted((a, b) => b.length - a.length).join('|')
  const source = `(?<![\\p{L}\\p{N}])(?:${all})s?(?![\\p{L}\\p{N}])`
  const [once, every] = [new RegExp(source, 'iu'), new RegExp(source, 'giu')]
  return {
    test: (text) => once.test(text),
    spans: (text) => [...text.matchAll(every)].map((it) => ({ from: it.index, to: it.index + it[0].length })),
  }
}

function wordsIn(text: string): string[] {
  return text.normalize('NFC').toLowerCase().match(word) ?? []
}

/** The whole name, turned round, and its first word with each of the others. A single word counts where it is all there is. */
function ofName(name: string): string[] {
  const words = wordsIn(name)
  const [first, ...rest] = words
  if (first === undefined || words.join('').length < shortest) return []
  if (rest.length === 0) return [pattern(first)]
  const orders = [
    words,
    [...rest, first],
    ...rest.flatMap((it) => [
      [first, it],
      [it, first],
    ]),
  ]
  return orders.map((order) => order.map(pattern).join(between))
}

function ofHandle(handle: string): string[] {
  const words = wordsIn(handle)
  return words.join('').length < shortest ? [] : [words.map(pattern).join(within)]
}

function pattern(text: string): string {
  return Array.from(text, (letter) => {
    const plain = letter.normalize('NFKD').replace(/\p{M}/gu, '')
    const one = letters[plain === '' ? letter : plain] ?? letter
    // Characters between the letters that cannot be seen do not hide a name; nor does an accent that stands alone.
    const any = `[${one}]\\p{M}?\\p{Cf}{0,3}`
    const two = spelled[letter]
    return two === undefined ? any : `(?:${any}|${two})`
  }).join('')
}
