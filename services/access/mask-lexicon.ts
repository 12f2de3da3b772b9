import { fold } from '../subjects/identify.ts'

/** What somebody is called, as the words it consists of. `who` undefined: to be kept, not masked. */
export type Entry = {
  readonly words: readonly string[]
  readonly who: string | undefined
  /** A single word out of a longer name: masked only where it is written as a name. */
  readonly capitalised: boolean
}

export type Lexicon = {
  /** Entries whose first word this is, or whose only word's genitive this is. */
  readonly startingWith: (folded: string) => readonly Entry[]
  readonly keeps: (name: string) => boolean
  /** Whose name exactly this is. */
  readonly who: (name: string) => string | undefined
}

export type Called = {
  readonly subjectId: string
  readonly handle?: string | undefined
  readonly displayName?: string | undefined
  readonly email?: string | undefined
  readonly profileUrl?: string | undefined
  readonly platformId?: string | undefined
}

const word = /[\p{L}\p{N}][\p{L}\p{N}\p{M}\p{Cf}]*/gu

/** The words of a text, folded for comparison. Invisible characters inside a word do not hide it. */
export function wordsOf(text: string): { from: number; to: number; text: string; folded: string }[] {
  return [...text.matchAll(word)].map((it) => ({
    from: it.index,
    to: it.index + it[0].length,
    text: it[0],
    folded: fold(it[0].replace(/\p{Cf}/gu, '')),
  }))
}

function foldedWords(name: string): string[] {
  return wordsOf(name).map(({ folded }) => folded)
}

const shortestPart = 3
const shortestId = 5

/** Who is to be masked, and whose names are to be kept: those of the person asking and of the controller's accounts. */
export function lexiconOf(others: readonly Called[], kept: readonly Called[]): Lexicon {
  const entries = new Map<string, Entry[]>()
  const whole = new Map<string, string>()
  const keep = new Set<string>()
  const keptWords = new Set<string>()
  const add = (entry: Entry) => {
    const first = entry.words[0]
    if (first === undefined) return
    for (const key of entry.words.length === 1 ? [first, `${first}s`] : [first]) {
      const same = entries.get(key)
      if (same === undefined) entries.set(key, [entry])
      else same.push(entry)
    }
  }
  for (const name of kept.flatMap(namesOf)) {
    const words = foldedWords(name)
    keep.add(words.join(' '))
    for (const it of words) keptWords.add(it)
    add({ words, who: undefined, capitalised: false })
  }
  for (const called of others) {
    const who = called.subjectId
    for (const name of namesOf(called)) {
      const words = foldedWords(name)
      const text = words.join(' ')
      if (text === '' || keep.has(text) || whole.has(text)) continue
      whole.set(text, who)
      add({ words, who, capitalised: false })
    }
    const parts = foldedWords(called.displayName ?? '')
    if (parts.length < 2) continue
    for (const part of parts) {
      if (part.length < shortestPart || keptWords.has(part) || whole.has(`part ${part}`)) continue
      whole.set(`part ${part}`, who)
      add({ words: [part], who, capitalised: true })
    }
  }
  return {
    startingWith: (folded) => entries.get(folded) ?? [],
    keeps: (name) => keep.has(foldedWords(name).join(' ')),
    who: (name) => whole.get(foldedWords(name).join(' ')),
  }
}

function namesOf({ handle, displayName, email, profileUrl, platformId }: Called): string[] {
  const id = platformId !== undefined && platformId.length >= shortestId ? platformId : undefined
  return [displayName, email, profileUrl, handle, id].filter((it) => it !== undefined)
}
