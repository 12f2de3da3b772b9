import type { CompileInput } from './compile-input.ts'
import type { ReviewDecision } from './review-rules.ts'
import { wordsFor } from './words.ts'

type Excluded = Extract<ReviewDecision, { readonly decision: 'exclude' }>
type Redacted = Extract<ReviewDecision, { readonly decision: 'redact' }>

/** The officer's decisions as the compilation asks for them, by the id of the record's event. */
export type Review = {
  readonly included: ReadonlySet<string>
  readonly excluded: ReadonlyMap<string, Excluded>
  readonly notesOf: (record: string) => readonly string[]
  /** A text without the spans that were taken out of it, and these in the order of the text. */
  readonly redacted: (
    record: string,
    member: string,
    text: string,
  ) => { readonly text: string; readonly spans: readonly Redacted[] }
}

export function reviewIn({ compiled, notes, language }: CompileInput): Review {
  const { decisions } = compiled
  const { removed } = wordsFor(language)
  return {
    included: new Set(decisions.filter((it) => it.decision === 'include').map(({ record }) => record)),
    excluded: new Map(
      decisions.flatMap((it) => (it.decision === 'exclude' ? [[it.record, it] as const] : [])),
    ),
    notesOf: (record) =>
      decisions.flatMap((it) =>
        it.decision === 'note' && it.record === record ? (notes.get(it.position) ?? []) : [],
      ),
    redacted: (record, member, text) => {
      const spans = decisions
        .flatMap((it) =>
          it.decision === 'redact' && it.record === record && it.member === member ? [it] : [],
        )
        .filter(({ from }) => from < text.length)
        .toSorted((a, b) => a.from - b.from || b.to - a.to)
      let kept = ''
      let done = 0
      for (const { from, to } of spans) {
        if (from >= done) kept += `${text.slice(done, from)}${removed}`
        done = Math.max(done, to)
      }
      // A cut may leave half of a character: what is shown stays well-formed.
      return { text: (kept + text.slice(done)).toWellFormed(), spans }
    },
  }
}
