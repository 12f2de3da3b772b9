import type { Day } from '../events/vocabulary.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { DomainError } from '../platform/errors.ts'
import type { Assurance, Language } from './case-file.ts'
import { linkSubject } from './case-links.ts'
import { openCase, stepCase } from './case-steps.ts'
import { type Candidate, findPersons } from './find.ts'
import type { Identifier } from './identifiers.ts'
import { type CompiledAnswer, compileCase } from './package.ts'
import { summaryOf } from './summary.ts'
import type { Why } from './why.ts'

export type AnswerRequest = Why & {
  readonly identifiers: readonly Identifier[]
  readonly assurance: Assurance
  readonly language: Language
  /** The day the request came in. */
  readonly today: Day
  /**
   * Proposed persons that the officer has decided are the same; those that match exactly need no naming. Left out: nobody
   * has decided yet, and where nothing matches exactly there is no answer.
   */
  readonly link?: readonly string[]
  /** A case of before whose answer is wanted again: then nothing new is opened, linked or closed. */
  readonly caseId?: string
}

export type AnswerResult = CompiledAnswer & {
  readonly caseId: string
  /** Whom the identifiers may also mean, and nobody has linked. */
  readonly unlinked: readonly Candidate[]
  /** A few sentences for a terminal, without names or texts. */
  readonly summary: string
}

/** The whole way of a request in one call: found, case opened, linked, compiled, answered. */
export async function answerFor(ledger: Ledger, log: Log, request: AnswerRequest): Promise<AnswerResult> {
  const { actor, language, caseId } = request
  if (caseId !== undefined) {
    const again = await compileCase(ledger, log, request, caseId, language)
    return { ...again, caseId, unlinked: [], summary: summaryOf(again.answer, []) }
  }
  const { candidates } = await findPersons(ledger, log, request, request.identifiers)
  const chosen = new Set(request.link)
  const linked = candidates.filter(({ match, subject }) => match === 'exact' || chosen.has(subject))
  if (linked.length === 0 && request.link === undefined) requireNobody(candidates)
  const id = await openCase(ledger, log, actor, {
    arrivedOn: request.today,
    arrival: 'other',
    language,
    reviewRequired: false,
    requester: { identifiers: request.identifiers },
  })
  for (const { subject } of linked) {
    await linkSubject(ledger, log, actor, id, { subject, assurance: request.assurance })
  }
  const answer = await compileCase(ledger, log, request, id, language)
  await stepCase(ledger, log, actor, id, { type: 'Answer', outcome: outcomeOf(answer) })
  const unlinked = candidates.filter((it) => !linked.includes(it))
  return { ...answer, caseId: id, unlinked, summary: summaryOf(answer.answer, unlinked) }
}

/** "No" is a decision: it is not given while somebody may be meant whom nobody has looked at. */
function requireNobody(candidates: readonly Candidate[]): void {
  if (candidates.length === 0) return
  const shown = candidates
    .slice(0, 10)
    .map((it) => `${it.subject} (${it.confidence}, ${it.reasons.join(' ')}, ${it.records} records)`)
  throw new DomainError(
    'state-conflict',
    `The details do not decide who is meant; proposed: ${shown.join('; ')}. Say which of them is the same, or that none is.`,
  )
}

/** What is left out with a ground is a refusal in part (EDPB 01/2022 § 193). */
export function outcomeOf({ answer }: CompiledAnswer): 'whole' | 'part' {
  return answer.withheld.redactions.length > 0 ? 'part' : 'whole'
}
