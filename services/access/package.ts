import { hash } from 'node:crypto'
import type { Transaction } from '../db/transaction.ts'
import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, type OpenParts, reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import type { Answer } from './answer.ts'
import type { AccessFile, Language } from './case-file.ts'
import { fixAnswer } from './case-steps.ts'
import { compile } from './compile.ts'
import { gather } from './gather.ts'
import { answerHtml } from './html.ts'
import type { ReviewDecision } from './review-rules.ts'

export type Manifest = {
  readonly format: 'liggare/access-manifest/v1'
  readonly case: string
  readonly language: Language
  /** Everything in the log before this position is in the answer. */
  readonly position: string
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly digest: string }[]
}

/** An answer in its formats. `json`, `html` and `manifest` are the bytes of the files, as text. */
export type AnswerPackage = {
  /** Where the look-up for this compilation stands in the log. */
  readonly lookUp: string
  readonly answer: Answer
  readonly json: string
  readonly html: string
  readonly manifest: string
}

export type Why = { readonly actor: Actor; readonly purpose: string }

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
): Promise<AnswerPackage> {
  const file = await fixAnswer(ledger, log, why.actor, id)
  const { compiled } = file
  if (compiled === undefined) throw new DomainError('integrity-failed', `The case ${id} was not fixed`)
  const subjects = new Set(compiled.links.map(({ subject }) => subject))
  const scope = { case: id, subjects: [...subjects], before: compiled.position }
  return lookUp(ledger, log, { ...why, kind: 'exported', scope }, (open, position) =>
    reading(ledger, log, async (tx) => {
      const gathered = await gather(ledger, log, tx, open, subjects, compiled.position)
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
      return packed(answer, position)
    }),
  )
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

function packed(answer: Answer, lookUpPosition: string): AnswerPackage {
  const json = `${JSON.stringify(answer, null, 2)}\n`
  const html = answerHtml(answer)
  const manifest: Manifest = {
    format: 'liggare/access-manifest/v1',
    case: answer.case.id,
    language: answer.language,
    position: answer.upTo.position,
    files: [fileOf('answer.html', html), fileOf('answer.json', json)],
  }
  return { lookUp: lookUpPosition, answer, json, html, manifest: `${JSON.stringify(manifest, null, 2)}\n` }
}

function fileOf(name: string, content: string): Manifest['files'][number] {
  return { name, bytes: Buffer.byteLength(content), digest: `sha256:${hash('sha256', content)}` }
}
