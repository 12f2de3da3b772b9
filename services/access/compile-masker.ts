import type { AnswerPerson } from './answer.ts'
import type { RegisterThen } from './compile-activities.ts'
import type { CompileInput } from './compile-input.ts'
import type { Someone } from './items.ts'
import { type MaskGround, maskText } from './mask.ts'
import { type Called, lexiconOf } from './mask-lexicon.ts'
import { pseudonymsOf } from './pseudonyms.ts'
import { wordsFor } from './words.ts'

export type Persons = {
  readonly isYou: (subjectId: string) => boolean
  readonly isController: (subjectId: string) => boolean
  /** Whether the log can say who it is: undefined people fail closed. */
  readonly isKnown: (subjectId: string) => boolean
  readonly shown: (subjectId: string | undefined) => AnswerPerson
  readonly mask: (
    text: string,
    byOthers: boolean,
  ) => { readonly text: string; readonly redactions: readonly (readonly [MaskGround, number])[] }
}

/** Who is who in one answer, and what takes the others out of its texts. */
export function personsOf(
  { gathered, compiled, maskKey, language }: CompileInput,
  register: RegisterThen,
): Persons {
  const words = wordsFor(language)
  const you = new Set(compiled.links.map(({ subject }) => subject))
  const { ownAccounts } = gathered
  const people = gathered.items.flatMap((item) => item.people)
  const others = people.filter(({ subjectId }) => !you.has(subjectId) && !ownAccounts.has(subjectId))
  const known = new Set(people.filter(isNamed).map(({ subjectId }) => subjectId))
  const accounts = [...register.channels.values()]
    .filter(({ publicList }) => publicList === true)
    .map(({ handle, name }): Called => ({ subjectId: '', handle, displayName: name }))
  const kept = [
    ...people.filter(({ subjectId }) => you.has(subjectId) || ownAccounts.has(subjectId)),
    ...accounts,
  ]
  const pseudonyms = pseudonymsOf(maskKey, words.person, [
    ...new Set(others.map(({ subjectId }) => subjectId)),
  ])
  const masker = {
    lexicon: lexiconOf(inOneOrder(others), kept),
    pseudonym: pseudonyms.of,
    removed: words.removed,
  }
  return {
    isYou: (id) => you.has(id),
    isController: (id) => ownAccounts.has(id),
    isKnown: (id) => known.has(id),
    shown: (id) => {
      if (id === undefined) return { kind: 'unknown' }
      if (you.has(id)) return { kind: 'you' }
      if (ownAccounts.has(id)) return { kind: 'controller' }
      return { kind: known.has(id) ? 'other' : 'unknown', name: pseudonyms.of(id) }
    },
    mask: (text, byOthers) => {
      const masked = maskText(masker, text, byOthers)
      return { text: masked.text, redactions: Object.entries(masked.redactions) as [MaskGround, number][] }
    },
  }
}

function isNamed({ platformId, handle, displayName, email, profileUrl }: Someone): boolean {
  return [platformId, handle, displayName, email, profileUrl].some((it) => it !== undefined)
}

/** Two persons of one name share its pseudonym in texts: that of the lower id, whatever order they were read in. */
function inOneOrder(others: readonly Someone[]): Someone[] {
  return others.toSorted((a, b) => (a.subjectId < b.subjectId ? -1 : a.subjectId > b.subjectId ? 1 : 0))
}
