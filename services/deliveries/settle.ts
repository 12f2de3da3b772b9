import type { Interaction } from '../events/interaction.ts'
import { isLasting } from '../interactions/fact.ts'
import { knownContents, knownFacts, linkFacts } from '../ledger/find.ts'
import type { Appended } from '../ledger/log-writer.ts'
import { DomainError } from '../platform/errors.ts'
import { claimOf, keptApart } from './apart.ts'
import { variantDraft } from './drafts.ts'
import { appended, type Intake, type Ready } from './intake.ts'
import type { Tally } from './tally.ts'

/** Counts what became of some items, keeps what came with other content, and gives facts that were met the names they lack. */
export async function settleAll(
  intake: Intake,
  ready: readonly Ready[],
  given: readonly (Appended | Error)[],
): Promise<void> {
  const { tally } = intake
  const outcomes = await keptApart(intake, ready, given)
  const differing: Met[] = []
  const met: Met[] = []
  for (const [index, outcome] of outcomes.entries()) {
    const one = ready[index] as Ready
    tally.add('read')
    if (outcome instanceof Error) tally.add('rejected')
    else if (outcome.kind === 'stored') settleStored(tally, one, outcome)
    else if (outcome.kind === 'duplicate' && outcome.same === false && one.interaction !== undefined)
      differing.push({ one, outcome })
    else if (outcome.kind === 'duplicate') {
      corroborate(tally, outcome)
      met.push({ one, outcome })
    } else if (outcome.kind === 'already-disposed' || outcome.kind === 'condemned') tally.add('disposed')
    else throw new DomainError('log-unavailable', `The log answered ${outcome.kind}. Try again.`)
  }
  if (differing.length > 0) met.push(...(await keepVariants(intake, differing)))
  await linkNames(intake, met)
}

/** An item whose fact stands in the log already. */
type Met = { readonly one: Ready; readonly outcome: Appended }

/**
 * A fact that was found by one of its names learns the others, so that a delivery that has only the native id, or only author,
 * second and text, meets it too; the object learns its native id, so that edits and removals come to its stream.
 */
async function linkNames({ ledger, log }: Intake, met: readonly Met[]): Promise<void> {
  const named = met.filter(({ one, outcome }) => one.draft.alias !== undefined && outcome.position !== null)
  if (named.length === 0) return
  const namesOf = ({ one }: Met) => [one.draft.fact ?? '', one.draft.alias ?? '']
  const known = await knownFacts(ledger, log, named.flatMap(namesOf))
  const links = named.flatMap((it, index) => {
    const missing = namesOf(it).filter((name, at) => name !== '' && known[index * 2 + at] !== true)
    if (missing.length === 0) return []
    const { stream, content, opens } = it.one.draft
    const claim = claimOf(it.one.draft)
    return [
      {
        position: it.outcome.position as string,
        facts: [...missing, ...(claim === undefined ? [] : [claim])],
        ...(content === undefined ? {} : { content }),
        ...(opens === true && 'object' in stream ? { object: stream.object } : {}),
      },
    ]
  })
  await linkFacts(ledger, log, links)
}

function settleStored(tally: Tally, one: Ready, outcome: Appended): void {
  const { interaction } = one
  tally.brought(outcome.position)
  settleNew(tally, one)
  const isLater = interaction !== undefined && isLasting(interaction) && laterVerbs.has(interaction.verb)
  if (isLater && outcome.version === 1) tally.add('unmatched')
}

export function settleNew(tally: Tally, { draft, interaction, treatment, nativeKind }: Ready): void {
  if (nativeKind !== undefined) tally.unrecognised(nativeKind)
  else if (draft.type === 'platform.demanded') tally.add('demands')
  else if (interaction !== undefined) tally.add('recorded')
  if (treatment === 'minimised') tally.add('minimised')
}

const laterVerbs: ReadonlySet<string> = new Set(['edited', 'removed', 'hidden', 'unhidden'])

function corroborate(tally: Tally, outcome: Appended): void {
  tally.corroborated(outcome.position)
  tally.add('corroborated')
}

/**
 * The same fact with other content. Found by its alias alone (another route, which has other ids and says less or more), the text is
 * the same by definition, and the difference is the route's. Found by its own ids, both contents are kept, unless the content is
 * the one that these ids brought before. Answers those that are the same after all.
 */
async function keepVariants(intake: Intake, differing: readonly Met[]): Promise<Met[]> {
  const { ledger, log, tally } = intake
  const readBy = intake.remap === true ? intake.origin.mapper : undefined
  const { content } = ledger.digests(log.controller)
  const known = await knownContents(
    ledger,
    log,
    differing.map(({ one }) => one.draft.fact ?? ''),
  )
  const variants: Ready[] = []
  const same: Met[] = []
  for (const [index, it] of differing.entries()) {
    const { one, outcome } = it
    const held = known[index]
    if (held === undefined || held?.equals(content(one.draft.content ?? '')) === true) {
      corroborate(tally, outcome)
      same.push(it)
    } else variants.push({ ...one, draft: variantDraft(one.draft, one.interaction as Interaction, readBy) })
  }
  if (variants.length === 0) return same
  for (const outcome of await appended(intake, variants)) {
    if (outcome instanceof Error) tally.add('rejected')
    else if (outcome.kind === 'stored') {
      tally.brought(outcome.position)
      tally.add('variants')
    } else if (outcome.kind === 'duplicate') corroborate(tally, outcome)
    else if (outcome.kind === 'already-disposed' || outcome.kind === 'condemned') tally.add('disposed')
    else throw new DomainError('log-unavailable', `The log answered ${outcome.kind}. Try again.`)
  }
  return same
}
