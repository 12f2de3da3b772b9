import { openCheckpoint, signCheckpoint } from './checkpoint.ts'
import { readCheckpointFile, writeCheckpointFile } from './checkpoint-file.ts'
import type { NoteSigner, NoteVerifier } from './note.ts'
import { type Advance, advance, type TreeHead } from './signer.ts'

/** One log's signing place: `logKeys` opens what was signed last, and so lists the key before a rotation beside the new one. */
export type SigningPlace = {
  readonly origin: string
  readonly file: string
  readonly signers: readonly NoteSigner[]
  readonly logKeys: readonly NoteVerifier[]
}

export type Signed = {
  readonly kind: 'signed'
  readonly checkpoint: Buffer
  readonly previous: TreeHead | null
}

/** Makes the consistency proof between two sizes of the log. Not asked where the new size is smaller. */
export type Prove = (oldSize: number, size: number) => Promise<readonly Buffer[]>

/**
 * Signs the next tree head, or refuses: a refusal is an alarm, never to be tried again over another file. The file is safe on
 * disk before the checkpoint is handed out, so whatever strangers hold, the signer remembers that tree or a later one. If
 * the process dies here, the same tree is signed again with the same bytes.
 */
export async function signNext(
  place: SigningPlace,
  candidate: TreeHead,
  prove: Prove,
): Promise<Signed | Extract<Advance, { kind: 'refuse' }>> {
  const stored = await readCheckpointFile(place.file)
  const last = stored === null ? null : openCheckpoint(stored, place.origin, place.logKeys).checkpoint
  const proof = last === null || candidate.size < last.size ? [] : await prove(last.size, candidate.size)
  const decision = advance(last, candidate, proof)
  if (decision.kind === 'refuse') return decision
  const { size, root } = decision.head
  const checkpoint = signCheckpoint({ origin: place.origin, size, root, extensions: [] }, place.signers)
  if (stored?.equals(checkpoint) !== true) await writeCheckpointFile(place.file, checkpoint)
  return { kind: 'signed', checkpoint, previous: last }
}
