import type { AnswerDisclosure, AnswerGone } from './answer.ts'
import type { Copy } from './compile-copy.ts'
import type { Gathered } from './gather.ts'
import type { Item } from './items.ts'

/**
 * To whom the person's records were handed. Not told: what was handed over of an account that may not be theirs. A record
 * that the officer left out of the copy has no number here, but whoever got it is named all the same.
 */
export function disclosuresIn({ disclosed, items }: Gathered, copy: Copy): AnswerDisclosure[] {
  const theirs = new Set(
    items
      .filter((item) => item.relation !== 'context' && !copy.unproven(item))
      .map(({ event }) => event.streamId),
  )
  const told = disclosed.flatMap(({ disclosure, objects }) => {
    const mine = objects.filter((object) => theirs.has(object))
    return mine.length === 0 ? [] : [{ disclosure, mine }]
  })
  return told.map(({ disclosure, mine }, index): AnswerDisclosure => {
    const { recipient, ground, provision, reference, disclosedOn } = disclosure
    const { kind, organisation, person } = recipient
    if (person) copy.redact(`/disclosures/${index}/person`, 'otherPerson')
    return {
      on: disclosedOn,
      kind,
      ...(organisation && { organisation }),
      ...(person && { person: copy.shown(`recipient ${disclosure.id}`).name ?? '' }),
      ground,
      ...(provision && { provision }),
      ...(reference && { reference }),
      objects: mine.length,
      records: mine.flatMap((object) => copy.numberOf(object) ?? []).toSorted((a, b) => a - b),
    }
  })
}

/** What is gone, by the decision and the intent that destroyed it, in the order of the log. */
export function goneUnder(gone: readonly Item[], copy: Copy): AnswerGone[] {
  const under = Map.groupBy(gone, ({ event }) => JSON.stringify(copy.disposal(event.streamId)))
  return [...under.values()]
    .flatMap((items): AnswerGone[] => {
      const [first] = items
      return first === undefined ? [] : [{ ...copy.disposal(first.event.streamId), records: items.length }]
    })
    .toSorted((a, b) => Number(a.position ?? -1) - Number(b.position ?? -1))
}
