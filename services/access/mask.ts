import { type Entry, type Lexicon, wordsOf } from './mask-lexicon.ts'

/** Why a span was taken out. */
export type MaskGround = 'otherPerson' | 'unknownHandle' | 'contactDetail'

export type Masked = {
  readonly text: string
  readonly redactions: Readonly<Partial<Record<MaskGround, number>>>
}

type Span = { readonly from: number; readonly to: number; readonly as: string; readonly ground: MaskGround }

export type Masker = {
  readonly lexicon: Lexicon
  /** The pseudonym of somebody the log knows (by subject id) or does not (by what they were called). */
  readonly pseudonym: (key: string) => string
  /** What stands instead of an address or a number. */
  readonly removed: string
}

const address = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu
const handle = /(?<![\p{L}\p{N}])@[\p{L}\p{N}_][\p{L}\p{N}\p{M}\p{Cf}_.-]*(?:@[\p{L}\p{N}.-]+)?/gu
/** Personal and coordination numbers, with or without century and hyphen. */
const number = /(?<![\p{N}])(?:19|20)?\d{6}[-+ ]?\d{4}(?![\p{N}])/gu

/**
 * Takes everybody but the person asking and the controller's own accounts out of a text: names and handles that are
 * known, @handles that are not, addresses, and – in what others wrote – personal numbers.
 */
export function maskText(masker: Masker, text: string, byOthers: boolean): Masked {
  const spans: Span[] = []
  const { lexicon, pseudonym, removed } = masker
  for (const it of text.matchAll(address)) {
    if (lexicon.keeps(it[0])) continue
    const known = lexicon.who(it[0])
    spans.push(span(it, known === undefined ? removed : `[${pseudonym(known)}]`, 'contactDetail'))
  }
  for (const it of text.matchAll(handle)) {
    const plain = it[0].slice(1).replace(/[.-]+$/, '')
    if (lexicon.keeps(plain)) continue
    const who = lexicon.who(plain)
    const ground = who === undefined ? 'unknownHandle' : 'otherPerson'
    const key =
      who ??
      `handle ${wordsOf(plain)
        .map(({ folded }) => folded)
        .join(' ')}`
    spans.push({ from: it.index, to: it.index + 1 + plain.length, as: `[${pseudonym(key)}]`, ground })
  }
  if (byOthers) for (const it of text.matchAll(number)) spans.push(span(it, removed, 'contactDetail'))
  spans.push(...knownNames(masker, text))
  return apply(text, spans)
}

function span(match: RegExpExecArray, as: string, ground: MaskGround): Span {
  return { from: match.index, to: match.index + match[0].length, as, ground }
}

/** The longest known name at every word; a name of the person asking shields what lies within it. */
function knownNames({ lexicon, pseudonym }: Masker, text: string): Span[] {
  const words = wordsOf(text)
  const spans: Span[] = []
  let index = 0
  while (index < words.length) {
    const found = longest(lexicon, words, index)
    if (found === undefined) {
      index += 1
      continue
    }
    const { entry, length } = found
    const [first, last] = [words[index], words[index + length - 1]]
    if (entry.who !== undefined && first !== undefined && last !== undefined) {
      const to = last.to - (last.folded.length > (entry.words.at(-1)?.length ?? 0) ? 1 : 0)
      spans.push({ from: first.from, to, as: `[${pseudonym(entry.who)}]`, ground: 'otherPerson' })
    }
    index += length
  }
  return spans
}

type Word = ReturnType<typeof wordsOf>[number]

function longest(lexicon: Lexicon, words: readonly Word[], index: number) {
  let best: { entry: Entry; length: number } | undefined
  for (const entry of lexicon.startingWith((words[index] as Word).folded)) {
    const { length } = entry.words
    if (best !== undefined && best.length >= length) continue
    if (entry.capitalised && !/^\p{Lu}/u.test((words[index] as Word).text)) continue
    const fits = entry.words.every((wanted, offset) => {
      const word = words[index + offset]
      if (word === undefined) return false
      // A Swedish genitive: Kalles, Kalle Exempelssons.
      return word.folded === wanted || (offset === length - 1 && word.folded === `${wanted}s`)
    })
    if (fits) best = { entry, length }
  }
  return best
}

function apply(text: string, spans: readonly Span[]): Masked {
  const redactions: Partial<Record<MaskGround, number>> = {}
  let masked = ''
  let done = 0
  for (const { from, to, as, ground } of spans.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    if (to <= done) continue
    if (from >= done) {
      masked += text.slice(done, from) + as
      redactions[ground] = (redactions[ground] ?? 0) + 1
    }
    done = to
  }
  return { text: masked + text.slice(done), redactions }
}
