import { traitDigestText } from '../ledger/digests.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { type OpenParts, reading } from '../ledger/open.ts'
import { traitsOf } from '../subjects/identify.ts'
import { type TextMatcher, textMatcher } from './search-match.ts'
import { identityPositions, traitDigests } from './search-queries.ts'

const page = 200

/**
 * Looks for whatever the linked accounts are or were called, and what the officer added. The log's index of persons knows
 * the digest of every name there is of them: it is read on only until each of those has been seen.
 */
export async function matcherOf(
  ledger: Ledger,
  log: Log,
  open: OpenParts,
  subjects: readonly string[],
  terms: readonly string[],
): Promise<TextMatcher | undefined> {
  const { controller } = log
  const { find } = ledger.digests(controller)
  const [names, handles] = [new Set(terms), new Set<string>()]
  const theirs = new Set(subjects)
  const unseen = new Set(await reading(ledger, log, (tx) => traitDigests(tx, controller, subjects)))
  let after = '-1'
  while (unseen.size > 0) {
    const positions = await reading(ledger, log, (tx) =>
      identityPositions(tx, controller, subjects, after, page),
    )
    for (const { subjectId, category, content } of await reading(ledger, log, (tx) => open(tx, positions))) {
      if (!theirs.has(subjectId) || category === 'content' || category === 'message') continue
      const person = personIn(content)
      if (person.displayName !== undefined) names.add(person.displayName)
      for (const it of [person.handle, person.email, person.profileUrl]) if (it !== undefined) handles.add(it)
      for (const trait of traitsOf(person)) unseen.delete(find(traitDigestText(trait)).toString('hex'))
    }
    const last = positions.at(-1)
    if (last === undefined || positions.length < page) break
    after = last
  }
  return textMatcher([...names], [...handles])
}

function personIn(content: Readonly<Record<string, unknown>> | undefined) {
  const { displayName, handle, email, profileUrl } = content ?? {}
  const text = (it: unknown) => (typeof it === 'string' ? it : undefined)
  return {
    displayName: text(displayName),
    handle: text(handle),
    email: text(email),
    profileUrl: text(profileUrl),
  }
}
