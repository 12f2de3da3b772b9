import { verifyConsistency } from './merkle.ts'

/** Size and root of a tree, signed or not. */
export type TreeHead = { readonly size: number; readonly root: Buffer }

/** `smaller`: the log has lost entries it once had signed. `forked`: an entry that was signed is another now. */
export type Advance =
  | { readonly kind: 'sign'; readonly head: TreeHead }
  | { readonly kind: 'refuse'; readonly reason: 'smaller' | 'forked' }

/**
 * May this tree be signed after that one? A log must never sign a checkpoint inconsistent with one it signed before
 * (c2sp.org/tlog-checkpoint, Signatures). `last` is null for a log's first checkpoint only: a lost file is no first time.
 */
export function advance(
  last: TreeHead | null,
  candidate: TreeHead,
  consistencyProof: readonly Buffer[],
): Advance {
  if (last === null) return { kind: 'sign', head: candidate }
  if (candidate.size < last.size) return { kind: 'refuse', reason: 'smaller' }
  const extended = verifyConsistency(last.size, candidate.size, last.root, candidate.root, consistencyProof)
  return extended ? { kind: 'sign', head: candidate } : { kind: 'refuse', reason: 'forked' }
}
