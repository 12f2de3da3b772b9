import type { Draft } from '../ledger/draft.ts'
import { knownFacts } from '../ledger/find.ts'
import type { Appended } from '../ledger/log-writer.ts'
import { reading } from '../ledger/open.ts'
import { appended, type Intake, type Ready } from './intake.ts'

/** Whose ids a draft's object has, where it also has a second name: the mapper's, without its version. */
function idsOf({ data }: Draft): string | undefined {
  return typeof data['ids'] === 'string' ? data['ids'] : undefined
}

/** The text by which a fact's second name is taken by one id of a mapper; undefined where it has no id of a platform's. */
export function claimOf(draft: Draft): string | undefined {
  const ids = idsOf(draft)
  return ids === undefined || draft.alias === undefined
    ? undefined
    : JSON.stringify(['ids', ids, draft.alias])
}

/**
 * One author may say the same twice in one second. What was met by author, second and text alone is another fact where the platform
 * gave that one an id of the same kind already: it is stored by its own id, without the second name. The outcomes, put right.
 */
export async function keptApart(
  intake: Intake,
  ready: readonly Ready[],
  outcomes: readonly (Appended | Error)[],
): Promise<readonly (Appended | Error)[]> {
  const { ledger, log } = intake
  const named = outcomes.flatMap((outcome, index) => {
    const { draft } = ready[index] as Ready
    const claim = claimOf(draft)
    const isMet = !(outcome instanceof Error) && outcome.kind === 'duplicate' && outcome.position !== null
    return isMet && claim !== undefined ? [{ index, draft, claim, position: outcome.position as string }] : []
  })
  if (named.length === 0) return outcomes
  const known = await knownFacts(
    ledger,
    log,
    named.map(({ draft }) => draft.fact ?? ''),
  )
  const byAlias = named.filter((_, at) => known[at] !== true)
  if (byAlias.length === 0) return outcomes
  const claimed = await knownFacts(
    ledger,
    log,
    byAlias.map(({ claim }) => claim),
  )
  const born = await idsAt(
    intake,
    byAlias.map(({ position }) => position),
  )
  const first = new Map<string, string | undefined>()
  const others = byAlias.filter(({ draft, claim, position }, at) => {
    if (claimed[at] === true || born.get(position) === idsOf(draft)) return true
    // Of several that meet the same fact at once, it is the first.
    if (!first.has(claim)) first.set(claim, draft.fact)
    return first.get(claim) !== draft.fact
  })
  if (others.length === 0) return outcomes
  const again = await appended(
    intake,
    others.map(({ index, draft: { alias: _, ...draft } }) => ({ ...(ready[index] as Ready), draft })),
  )
  const right = [...outcomes]
  for (const [at, { index }] of others.entries()) right[index] = again[at] as Appended | Error
  return right
}

/** Whose ids the facts at some positions were stored with. */
async function idsAt({ ledger, log }: Intake, positions: readonly string[]): Promise<Map<string, string>> {
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ position: string; ids: string }>(
      `select position, header::jsonb -> 'data' ->> 'ids' as ids from ledger.event
        where controller_id = $1 and position = any ($2::bigint[]) and header::jsonb -> 'data' ? 'ids'`,
      [log.controller, positions],
    )
    return new Map(rows.map((row) => [row.position, row.ids]))
  })
}
