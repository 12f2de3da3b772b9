/**
 * Why the officer leaves something out. `rightsOfOthers`: art. 15.4; `secrecy`: dataskyddslagen 5 kap. 1 §;
 * `unfinished`: the authority's own draft or note for memory, 5 kap. 2 §; `notPersonal`: it does not concern the person.
 */
export const reviewGrounds = ['rightsOfOthers', 'secrecy', 'unfinished', 'notPersonal'] as const
export type ReviewGround = (typeof reviewGrounds)[number]

/** What an officer decided of one record of an answer. `record`: the id of its event. Spans in UTF-16 code units of the text as it was sealed. */
export type ReviewDecision = { readonly record: string } & (
  | { readonly decision: 'include' }
  | { readonly decision: 'exclude'; readonly ground: ReviewGround; readonly provision?: string | undefined }
  | {
      readonly decision: 'redact'
      readonly ground: ReviewGround
      readonly provision?: string | undefined
      readonly member: 'title' | 'text'
      readonly from: number
      readonly to: number
    }
  | {
      readonly decision: 'note'
      /** Where in the log the note stands, sealed. */
      readonly position: string
    }
)

/** Takes back all that was decided of a record. */
export type ReviewWish =
  | Exclude<ReviewDecision, { readonly decision: 'note' }>
  | { readonly record: string; readonly decision: 'note' | 'clear' }

/** The decisions that stand after one more: a record is shown or left out, the rest adds up. Pure. */
export function reviewed(
  before: readonly ReviewDecision[],
  wish: ReviewWish,
  position: string,
): ReviewDecision[] {
  const { record } = wish
  switch (wish.decision) {
    case 'clear':
      return before.filter((it) => it.record !== record)
    case 'include':
    case 'exclude': {
      const others = before.filter(
        (it) => it.record !== record || it.decision === 'redact' || it.decision === 'note',
      )
      return [...others, wish]
    }
    case 'redact':
      return [...before, wish]
    case 'note':
      return [...before, { record, decision: 'note', position }]
    default:
      return wish satisfies never
  }
}
