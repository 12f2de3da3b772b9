import { DomainError } from '../../platform/errors.ts'
import {
  formatNote,
  identity,
  knownSigners,
  type NoteVerifier,
  parseNote,
  parseSignatureLine,
} from './note.ts'

/** Body of a witness's add-checkpoint call; `oldSize` is the size it cosigned last, or 0 (c2sp.org/tlog-witness). */
export function formatAddCheckpoint(oldSize: number, proof: readonly Buffer[], checkpoint: Buffer): Buffer {
  const lines = [`old ${oldSize}`, ...proof.map((hash) => hash.toString('base64'))]
  return Buffer.concat([Buffer.from(`${lines.join('\n')}\n\n`), checkpoint])
}

/**
 * The checkpoint with the cosignatures that a witness answered with. Lines of keys we do not know are dropped, a newer line
 * takes the place of the same witness's older one, and a known witness's line that does not verify refuses the answer.
 */
export function addCosignatures(
  checkpoint: Buffer,
  answer: Buffer,
  witnesses: readonly NoteVerifier[],
): Buffer {
  const note = parseNote(checkpoint)
  const body = answer.toString('utf8')
  if (!body.endsWith('\n'))
    throw new DomainError('integrity-failed', 'The answer of the witness is cut short')
  const lines = body.slice(0, -1).split('\n').map(parseSignatureLine)
  const known = new Set(knownSigners({ text: note.text, signatures: lines }, witnesses).map(identity))
  const fresh = new Map(
    lines.filter((line) => known.has(identity(line))).map((line) => [identity(line), line]),
  )
  const kept = note.signatures.filter((line) => !fresh.has(identity(line)))
  return formatNote({ text: note.text, signatures: [...kept, ...fresh.values()] })
}
