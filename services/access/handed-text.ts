import type { Answer, AnswerDisclosure, AnswerGone } from './answer.ts'
import type { Words } from './words-shape.ts'

/** One disclosure as the cells of a row: day, recipient, ground, what they got. */
export function disclosureCells(it: AnswerDisclosure, words: Words): [string, string, string, string] {
  const who = [words.recipientKinds[it.kind] ?? it.kind, it.organisation, it.person]
  const why = [words.disclosureGrounds[it.ground] ?? it.ground, it.provision, it.reference]
  return [
    it.on,
    who.filter(Boolean).join(' · '),
    why.filter(Boolean).join(' · '),
    words.handedOver(it.objects, it.records),
  ]
}

/** How many records went under which decision. */
export function goneText({ records, decidedOn, position, rules }: AnswerGone, words: Words): string {
  const by = rules.map(({ name, decision }) =>
    decision === undefined ? name : `${name}: ${decision.body} ${decision.reference}, ${decision.date}`,
  )
  const decided = decidedOn && position ? words.decidedOn(decidedOn, position) : ''
  return [words.goneUnder(records), by.length === 0 ? words.goneWithoutRule : by.join('; '), decided]
    .filter(Boolean)
    .join(' · ')
}

/** Where a redaction lies that is in no record: the part of the answer. */
export function partOf(path: string, { headings }: Words): string {
  if (path.startsWith('/lookUps')) return headings.lookUps
  return path.startsWith('/disclosures') ? headings.disclosures : headings.copy
}

/** What is not held besides what was disposed of. */
export function notHeldTexts({ notHeld }: Answer, words: Words): string[] {
  const { ruledPrivate, ownContentOnly } = notHeld
  return [
    ...(ruledPrivate === 0 ? [] : [words.ruledPrivate(ruledPrivate)]),
    ...(ownContentOnly.length === 0 ? [] : [words.ownOnly(ownContentOnly.join(', '))]),
  ]
}
