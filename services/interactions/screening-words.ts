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
    const tokens = tokensOf(text)
    for (const [index, { start, folded }] of tokens.entries()) {
      for (const { list, words } of byFirst.get(folded) ?? []) {
        const last = tokens[index + words.length - 1]
        if (last === undefined || !words.every((it, offset) => it === tokens[index + offset]?.folded))
          continue
        found.push({ kind: 'word', list, start, end: last.end })
      }
    }
    return found
  }
}

type Token = { readonly start: number; readonly end: number; readonly folded: string }

/** What nearly every Swedish text consists of: in lower case it is as long as before, and nothing in it folds otherwise. */
const plain = /^[\u0000-\u007f\u00a0\u00a7\u00ab\u00bb\u2000-\u206f\u20acåäöÅÄÖ\u{1f400}-\u{1f7ff}]*$/u

function tokensOf(text: string): Token[] {
  if (!plain.test(text)) {
    return [...text.matchAll(word)].map(({ 0: token, index }) => ({
      start: index,
      end: index + token.length,
      folded: foldSwedish(token),
    }))
  }
  const lower = text.toLowerCase()
  const tokens: Token[] = []
  let start = -1
  for (let at = 0; at <= lower.length; at += 1) {
    if (isPlainWord(lower.charCodeAt(at))) {
      if (start < 0) start = at
    } else if (start >= 0) {
      tokens.push({ start, end: at, folded: lower.slice(start, at) })
      start = -1
    }
  }
  return tokens
}

/** a to z, 0 to 9, å, ä, ö; NaN behind the end is none. */
function isPlainWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 48 && code <= 57) ||
    code === 0xe5 ||
    code === 0xe4 ||
    code === 0xf6
  )
}
