import { createHmac } from 'node:crypto'

/** Letters and digits that are not mistaken for one another when read aloud or copied by hand. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const shortest = 4

/** Names for others made for one answer alone: the same person always gets the same, and nothing leads back to them. */
export type Pseudonyms = { readonly of: (key: string) => string }

/** `key` of the case; `word`: how a person is called in the answer's language. Deterministic for the same order of keys. */
export function pseudonymsOf(key: Buffer, word: string, known: readonly string[]): Pseudonyms {
  const given = new Map<string, string>()
  const taken = new Set<string>()
  const make = (text: string) => {
    const digest = createHmac('sha256', key).update(text).digest()
    for (let length = shortest; length <= digest.length; length += 1) {
      const code = [...digest.subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join('')
      if (!taken.has(code)) {
        taken.add(code)
        const name = `${word} ${code}`
        given.set(text, name)
        return name
      }
    }
    throw new RangeError('two keys share a digest')
  }
  // In the order of their ids, so that a rare collision is settled the same way every time.
  for (const text of known.toSorted()) if (!given.has(text)) make(text)
  return { of: (text) => given.get(text) ?? make(text) }
}
