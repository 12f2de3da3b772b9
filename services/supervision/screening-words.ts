/** Words or phrases that the municipality keeps, under a name of its own: 'hot', 'könsord', 'avtal'. */
export type WordList = { readonly name: string; readonly words: readonly string[] }

type WordFlag = { readonly kind: 'word'; readonly list: string; readonly start: number; readonly end: number }
type Phrase = { readonly list: string; readonly words: readonly string[] }

const word = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu
const accents =
  /(?<![aAoO])[\u0300-\u036f]|(?<=[aA])[\u0300-\u0307\u0309\u030b-\u036f]|(?<=[oO])[\u0300-\u0307\u0309-\u036f]/g

/** Case and accents go; å, ä and ö stay, since in Swedish they are letters of their own. */
export function foldSwedish(text: string): string {
  const lower = text.toLowerCase()
  if (/^[a-zåäö\d\s]*$/.test(lower)) return lower
  return lower.normalize('NFKD').replace(accents, '').normalize('NFC')
}

/** Whole words and phrases of the lists; a phrase's words may be parted by anything that is no word. */
export function compileWords(lists: readonly WordList[]): (text: string) => WordFlag[] {
  const byFirst = new Map<string, Phrase[]>()
  for (const { name, words } of lists) {
    for (const entry of words) {
      const parts = (entry.match(word) ?? []).map(foldSwedish)
      const [first] = parts
      if (first !== undefined)
        byFirst.set(first, [...(byFirst.get(first) ?? []), { list: name, words: parts }])
    }
  }
  if (byFirst.size === 0) return () => []
  return (text) => {
    const found: WordFlag[] = []
    const tokens = [...text.matchAll(word)]
    const folded = tokens.map(([token]) => foldSwedish(token))
    for (const [index, token] of tokens.entries()) {
      for (const { list, words } of byFirst.get(folded[index] ?? '') ?? []) {
        const last = tokens[index + words.length - 1]
        if (last === undefined || !words.every((it, offset) => it === folded[index + offset])) continue
        found.push({ kind: 'word', list, start: token.index, end: last.index + last[0].length })
      }
    }
    return found
  }
}
