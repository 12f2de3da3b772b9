import type { Transaction } from '../db/transaction.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, type OpenParts, reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import type { Answer } from './answer.ts'
import type { AccessFile, Language } from './case-file.ts'
import { fixAnswer } from './case-steps.ts'
import { compile } from './compile.ts'
import { type Evidence, evidenceOf } from './evidence.ts'
import { gather } from './gather.ts'
import type { ReviewDecision } from './review-rules.ts'
import { hitsOf } from './search-review.ts'
import type { Why } from './why.ts'

/** An answer and what proves it: all that its files are made of (`files.ts`). */
export type CompiledAnswer = {
  /** Where the look-up for this compilation stands in the log. */
  readonly lookUp: string
  readonly answer: Answer
  /** Undefined where nothing had been signed yet when the answer was fixed. */
  readonly evidence: Evidence | undefined
}

/**
 * Compiles the answer of a case. The first time it is fixed to the log as it then is; from then on it is the same to the
 * byte, until somebody links or unlinks an account or takes the case a step that the answer states.
 */
export async function compileCase(
  ledger: Ledger,
  log: Log,
  why: Why,
  id: string,
  language: Language,
): Promise<CompiledAnswer> {
  const file = await fixAnswer(ledger, log, why.actor, id)
  const { compiled } = file
  if (compiled === undefined) throw new DomainError('integrity-failed', `The case ${id} was not fixed`)
  const subjects = new Set(compiled.links.map(({ subject }) => subject))
  const scope = { case: id, subjects: [...subjects], before: compiled.position }
  const evidence = await evidenceOf(ledger, log, compiled.position)
  const look = { ...why, kind: 'exported', scope, restricted: 'included' } as const
  return lookUp(ledger, log, look, async (open, position) => {
    const hits = await hitsOf(ledger, log, open, { id, ...compiled }, compiled.position)
    const mentioned = hits.flatMap((it) => (it.verdict === 'include' ? [it.position] : []))
    return reading(ledger, log, async (tx) => {
      const gathered = await gather(ledger, log, tx, open, subjects, compiled.position, mentioned)
      const maskKey = await maskKeyOf(tx, open, file)
      const { arrival, state } = file
      const answer = compile({
        case: { id, receivedOn: state.receivedOn, arrival },
        compiled,
        gathered,
        maskKey,
        language,
        notes: await notesOf(tx, open, compiled.decisions),
      })
      return { lookUp: position, answer, evidence }
    })
  })
}

async function maskKeyOf(tx: Transaction, open: OpenParts, file: AccessFile): Promise<Buffer> {
  const parts = await open(tx, [file.receivedPosition])
  const key = parts.find(({ role }) => role === 'requester')?.content?.['maskKey']
  if (typeof key !== 'string') {
    throw new DomainError(
      'key-destroyed',
      `The case file ${file.id} has been destroyed, and the key of its answer with it`,
    )
  }
  return Buffer.from(key, 'base64')
}

async function notesOf(tx: Transaction, open: OpenParts, decisions: readonly ReviewDecision[]) {
  const positions = decisions.flatMap((it) => (it.decision === 'note' ? [it.position] : []))
  const parts = await open(tx, positions)
  return new Map(
    parts.flatMap(({ position, content }) => {
      const note = content?.['note']
      return typeof note === 'string' ? [[position, note] as const] : []
    }),
  )
}
