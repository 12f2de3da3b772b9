import type { Answer } from './answer.ts'
import type { Candidate } from './find.ts'
import { wordsFor } from './words.ts'

/** What an answer holds, in counts: for a terminal, where neither names nor texts belong. */
export function summaryOf(answer: Answer, unlinked: readonly Candidate[]): string {
  const words = wordsFor(answer.language)
  const { confirmation, deadline, upTo, controller } = answer
  const { records, firstOn = '', lastOn = '', processed } = confirmation
  const { day, withEves } = deadline.paused ?? deadline.unpaused
  const redactions = answer.withheld.redactions.reduce((sum, { count }) => sum + count, 0)
  const counted: [string, number][] = [
    [words.headings.accounts, answer.accounts.length],
    [words.headings.activities, answer.activities.length],
    [words.headings.lookUps, answer.lookUps.length],
    [words.headings.withheld, redactions],
    [words.headings.notHeld, answer.notHeld.disposed],
    [words.proposed, unlinked.length],
  ]
  return [
    words.title,
    processed
      ? words.letter.yes(controller.name, records, firstOn, lastOn)
      : words.letter.no(controller.name),
    words.letter.deadline(day, withEves),
    words.letter.upTo(upTo.position, upTo.recordedAt),
    ...counted.map(([what, count]) => `  ${what}: ${count}`),
  ].join('\n')
}
