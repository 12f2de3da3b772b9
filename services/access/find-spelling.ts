import { fold } from '../subjects/identify.ts'

const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789']
/** Shorter words are too like each other: one letter apart is another name. */
const shortest = 4
/** Longer ones are no names. */
const longest = 30

/** Sounds that Swedish names are spelled with in more than one way; both directions are tried. */
const sounds: readonly (readonly [string, string])[] = [
  ['aa', 'a'],
  ['ae', 'a'],
  ['oe', 'o'],
  ['th', 't'],
  ['ph', 'f'],
  ['ck', 'k'],
  ['ch', 'k'],
  ['c', 'k'],
  ['w', 'v'],
  ['x', 'ks'],
  ['z', 's'],
  ['y', 'i'],
  ['ie', 'i'],
  ['ss', 's'],
  ['ll', 'l'],
  ['nn', 'n'],
  ['tt', 't'],
]

/** The other spellings of a folded word: every word one letter away, and those with a sound written otherwise. */
export function spellingsOf(word: string): string[] {
  if (word.length < shortest || word.length > longest) return []
  const found = new Set<string>()
  for (let at = 0; at <= word.length; at += 1) {
    const [head, tail] = [word.slice(0, at), word.slice(at)]
    if (tail.length > 0) found.add(head + tail.slice(1))
    if (tail.length > 1) found.add(`${head}${tail[1]}${tail[0]}${tail.slice(2)}`)
    for (const letter of letters) {
      found.add(head + letter + tail)
      if (tail.length > 0) found.add(head + letter + tail.slice(1))
    }
  }
  for (const [one, other] of sounds) {
    if (word.includes(one)) found.add(word.replaceAll(one, other))
    if (word.includes(other)) found.add(word.replaceAll(other, one))
  }
  found.delete(word)
  return [...found]
}

/** How well a name that somebody goes by agrees with one that was asked for. */
export type NameMatch = {
  /** `name`: all its words; `nameSpelling`: all, some spelled otherwise; `namePart`: some of them. */
  readonly reason: 'name' | 'nameSpelling' | 'namePart'
  /** 0–1. */
  readonly share: number
}

/** Words in any order; a double name with or without its hyphen; a first letter for a whole name counts half. */
export function compareNames(wanted: string, found: string): NameMatch | undefined {
  const [asked, there] = [wordsIn(wanted), wordsIn(found)]
  if (asked.length === 0 || there.length === 0) return undefined
  const left = [...there]
  let agreeing = 0
  let otherwise = false
  for (const word of asked.toSorted((a, b) => b.length - a.length)) {
    const exact = left.indexOf(word)
    const other = exact >= 0 ? exact : left.findIndex((it) => areSpellings(word, it))
    const letter = left.findIndex((it) => (it.length === 1 || word.length === 1) && it[0] === word[0])
    const at = other >= 0 ? other : letter
    if (at < 0) continue
    agreeing += other >= 0 ? 1 : 0.5
    if (exact < 0) otherwise = true
    left.splice(at, 1)
  }
  if (agreeing === 0) return undefined
  const share = agreeing / Math.max(asked.length, there.length)
  const whole = agreeing === asked.length && agreeing === there.length
  return { reason: !whole ? 'namePart' : otherwise ? 'nameSpelling' : 'name', share }
}

function wordsIn(name: string): string[] {
  return fold(name.replaceAll('-', ' '))
    .split(/[^\p{L}\p{N}]+/u)
    .filter((it) => it !== '')
}

function areSpellings(a: string, b: string): boolean {
  return (
    Math.min(a.length, b.length) >= shortest && (spellingsOf(a).includes(b) || spellingsOf(b).includes(a))
  )
}
