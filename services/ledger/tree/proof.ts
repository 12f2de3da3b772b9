import { DomainError } from '../../platform/errors.ts'
import { decodeBase64, decodeDecimal } from './base64.ts'
import { type Checkpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { hashSize, leafHash } from './hash.ts'
import { inclusionPath, type NodeReader, verifyInclusion } from './merkle.ts'
import { knownSigners, type NoteVerifier, parseNote } from './note.ts'

/** A proof that one entry stands in a log, to be kept as a `.tlog-proof` file (c2sp.org/tlog-proof, Format). */
export type LogProof = {
  readonly index: number
  readonly path: readonly Buffer[]
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: Buffer
  /** Not covered by any signature: never to be trusted, only to be fed into what recomputes the entry. */
  readonly extra: Buffer | null
}

/** Whom the verifier believes: the log's origin and keys, and how many of which witnesses must have cosigned. */
export type ProofPolicy = {
  readonly origin: string
  readonly logKeys: readonly NoteVerifier[]
  readonly witnesses: readonly NoteVerifier[]
  readonly quorum: number
}

const firstLine = 'c2sp.org/tlog-proof@v1'
const longestPath = 63

export function formatProof({ index, path, checkpoint, extra }: LogProof): Buffer {
  const lines = [
    firstLine,
    ...(extra === null || extra.length === 0 ? [] : [`extra ${extra.toString('base64')}`]),
    `index ${index}`,
    ...path.map((hash) => hash.toString('base64')),
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\n')}\n\n`), checkpoint])
}

/** Reads a proof strictly; nothing in it is verified yet. */
export function parseProof(bytes: Buffer): LogProof {
  const end = bytes.indexOf('\n\n')
  const [first, ...lines] = end < 0 ? [] : bytes.subarray(0, end).toString('latin1').split('\n')
  const extra = lines[0]?.startsWith('extra ') ? decodeBase64((lines.shift() ?? '').slice(6)) : undefined
  const indexLine = lines.shift() ?? ''
  const index = indexLine.startsWith('index ') ? decodeDecimal(indexLine.slice(6)) : null
  const path = lines.map(decodeBase64)
  const sound = (hash: Buffer | null): hash is Buffer => hash?.length === hashSize
  if (first !== firstLine || index === null || extra === null || extra?.length === 0) throw malformed()
  if (path.length > longestPath || !path.every(sound)) throw malformed()
  return { index, path, checkpoint: bytes.subarray(end + 2), extra: extra ?? null }
}

/** Proves the entry at `index` in the tree of a signed checkpoint. Refuses to hand out what would not verify. */
export async function createProof(
  nodes: NodeReader,
  index: number,
  checkpoint: Buffer,
  extra: Buffer | null = null,
): Promise<LogProof> {
  const { size, root } = parseCheckpoint(parseNote(checkpoint).text)
  const path = await inclusionPath(nodes, index, size)
  if (!verifyInclusion(await nodes(0, index), index, size, root, path)) {
    throw new DomainError('integrity-failed', 'The stored tiles do not lead to the root of the checkpoint')
  }
  return { index, path, checkpoint, extra }
}

/**
 * Checks offline that the 32-byte entry is in the log (c2sp.org/tlog-proof, Verifying a tlog proof). The entry must be
 * recomputed by the caller from what it stands for, never taken from where the proof came. Returns the checkpoint relied on.
 */
export function verifyProof(
  bytes: Buffer,
  entry: Buffer,
  policy: ProofPolicy,
): Checkpoint & { readonly index: number } {
  const proof = parseProof(bytes)
  const { checkpoint, note } = openCheckpoint(proof.checkpoint, policy.origin, policy.logKeys)
  const witnesses = knownSigners(note, policy.witnesses)
  if (witnesses.length < policy.quorum) {
    throw new DomainError(
      'integrity-failed',
      `${witnesses.length} of ${policy.quorum} witnesses cosigned the checkpoint`,
    )
  }
  if (!verifyInclusion(leafHash(entry), proof.index, checkpoint.size, checkpoint.root, proof.path)) {
    throw new DomainError('integrity-failed', 'The entry is not at this place of the checkpointed log')
  }
  return { ...checkpoint, index: proof.index }
}

function malformed(): DomainError {
  return new DomainError('integrity-failed', 'Not a well-formed log proof')
}
