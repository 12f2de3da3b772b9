import { DomainError } from '../../platform/errors.ts'
import { decodeBase64, decodeDecimal } from './base64.ts'
import { hashSize } from './hash.ts'
import {
  formatNote,
  type Note,
  type NoteSigner,
  type NoteVerifier,
  parseNote,
  signNote,
  verifyNote,
} from './note.ts'

/** What a log commits to: whose log (origin), how many entries, and the root over them (c2sp.org/tlog-checkpoint, Note text). */
export type Checkpoint = {
  readonly origin: string
  readonly size: number
  readonly root: Buffer
  /** Opaque further lines. Liggare writes none; they are kept when reading, because the signature covers them. */
  readonly extensions: readonly string[]
}

function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  return `${[origin, String(size), root.toString('base64'), ...extensions].join('\n')}\n`
}

/** Reads the text of a checkpoint strictly; that it is signed is another question. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : []
  const [origin, sizeLine = '', rootLine = '', ...extensions] = lines
  const size = decodeDecimal(sizeLine)
  const root = decodeBase64(rootLine)
  if (origin === undefined || lines.includes('') || size === null || root?.length !== hashSize) {
    throw new DomainError('integrity-failed', 'Not a well-formed checkpoint')
  }
  return { origin, size, root, extensions }
}

/** The signed note of a checkpoint. Only for a tree that `advance` has let pass: a log signs no two histories. */
export function signCheckpoint(checkpoint: Checkpoint, signers: readonly NoteSigner[]): Buffer {
  return formatNote(signNote(formatCheckpoint(checkpoint), signers))
}

export type OpenedCheckpoint = { readonly checkpoint: Checkpoint; readonly note: Note }

/** The checkpoint in a signed note, if it is of this log and one of the log's keys signed it. */
export function openCheckpoint(
  bytes: Buffer,
  origin: string,
  logKeys: readonly NoteVerifier[],
): OpenedCheckpoint {
  const note = parseNote(bytes)
  verifyNote(note, logKeys)
  const checkpoint = parseCheckpoint(note.text)
  if (checkpoint.origin !== origin)
    throw new DomainError('integrity-failed', 'The checkpoint is of another log')
  return { checkpoint, note }
}
