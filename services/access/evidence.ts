import { checkpointBefore, inclusionPaths } from '../ledger/checkpoints-read.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import type { Answer } from './answer.ts'

/** The newest checkpoint that was there when the answer was fixed: the same whenever the package is made. */
export type Evidence = { readonly size: number; readonly note: string }

export async function evidenceOf(ledger: Ledger, log: Log, upTo: string): Promise<Evidence | undefined> {
  const found = await reading(ledger, log, (tx) => checkpointBefore(tx, log.controller, Number(upTo)))
  return found === undefined ? undefined : { size: found.size, note: found.note.toString() }
}

const page = 1000

/**
 * For every record that the checkpoint covers a line of JSON: the record's number, its position in the log, its 32-byte
 * entry and the path to the checkpoint's root (RFC 6962), all of it to be checked without us.
 */
export async function* proofLines(
  ledger: Ledger,
  log: Log,
  answer: Answer,
  evidence: Evidence,
): AsyncGenerator<string> {
  const records = answer.copy.threads
    .flatMap((thread) => thread.records)
    .filter(({ position }) => Number(position) < evidence.size)
  for (let from = 0; from < records.length; from += page) {
    const some = records.slice(from, from + page)
    const positions = some.map(({ position }) => Number(position))
    const proofs = await reading(ledger, log, (tx) => inclusionPaths(tx, log.controller, positions, evidence))
    yield some
      .map(({ number, position }, at) => {
        const entry = proofs[at]?.entry.toString('base64')
        const path = proofs[at]?.path.map((hash) => hash.toString('base64'))
        return `${JSON.stringify({ record: number, position, entry, path })}\n`
      })
      .join('')
  }
}
