import { findEmails } from './screening-email.ts'
import { findPersonalNumbers } from './screening-number.ts'
import { findTelephones } from './screening-telephone.ts'
import { compileWords, type WordList } from './screening-words.ts'

/** Where in a text a human should look, in UTF-16 code units, `end` exclusive. A hint, never a decision about anyone. */
export type Flag =
  | {
      readonly kind: 'personalNumber' | 'coordinationNumber' | 'email' | 'telephone'
      readonly start: number
      readonly end: number
    }
  | { readonly kind: 'word'; readonly list: string; readonly start: number; readonly end: number }

export type Screen = (text: string) => Flag[]

/**
 * A screen for personal and coordination numbers, e-mail, Swedish telephone numbers and the municipality's word lists.
 * Its flags are personal data about the text's author and those it names: keep them in the sealed part.
 */
export function compileScreen(lists: readonly WordList[] = []): Screen {
  const findWords = compileWords(lists)
  return (text) => {
    const flags: Flag[] = []
    if (/\d/.test(text)) flags.push(...findPersonalNumbers(text), ...findTelephones(text))
    if (text.includes('@')) flags.push(...findEmails(text))
    flags.push(...findWords(text))
    return flags.sort((a, b) => a.start - b.start || b.end - a.end)
  }
}
