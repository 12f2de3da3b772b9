/** A purge as the read model has it: where in the log each of its steps stands. */
export type PurgeState = {
  readonly id: string
  readonly orderedPosition: string
  /** Objects that were due and unheld when it was ordered. */
  readonly planned: number
  /** More objects than these it never takes. */
  readonly limit: number
  /** Whether another than who ordered it has to approve it. */
  readonly approval: boolean
  /** Hours between the last intent and the execution, in which a decision can revoke it; 0: each intent is executed at once. */
  readonly waitHours: number
  readonly approvedPosition: string | null
  readonly pausedPosition: string | null
  readonly abortedPosition: string | null
  /** Intents, and the objects they have condemned so far. */
  readonly intents: number
  readonly objects: number
  /** All is condemned, and nothing is executed before this instant. */
  readonly deferredPosition: string | null
  readonly deferredUntil: Date | null
  readonly revokedPosition: string | null
  /** Objects that were given back because it was revoked; the last of them at `releasedPosition`. */
  readonly released: number
  readonly releasedPosition: string | null
  readonly begunPosition: string | null
  readonly executedPosition: string | null
  readonly sweptPosition: string | null
}

export const purgePhases = [
  'waiting',
  'ready',
  'running',
  'paused',
  'revocable',
  'revoking',
  'revoked',
  'aborting',
  'aborted',
  'destroyed',
  'irrecoverable',
] as const
export type PurgePhase = (typeof purgePhases)[number]

/**
 * Where a purge stands. `waiting`: for another's approval. `revocable`: all is condemned and nothing destroyed yet.
 * `revoking`: its objects are being given back; `revoked`: all are. `aborting`: nothing more is condemned, what was is
 * still being destroyed. `aborted`: over; what it had condemned before is destroyed.
 */
export function phaseOf(it: PurgeState): PurgePhase {
  if (it.revokedPosition !== null) {
    return it.intents > 0 && it.releasedPosition === null ? 'revoking' : 'revoked'
  }
  if (it.executedPosition === null && it.pausedPosition !== null) return 'paused'
  if (it.executedPosition === null && it.deferredPosition !== null && it.begunPosition === null) {
    return 'revocable'
  }
  if (it.abortedPosition !== null) {
    return it.intents > 0 && it.executedPosition === null ? 'aborting' : 'aborted'
  }
  if (it.sweptPosition !== null) return 'irrecoverable'
  if (it.executedPosition !== null) return 'destroyed'
  if (it.approval && it.approvedPosition === null) return 'waiting'
  return it.intents > 0 ? 'running' : 'ready'
}

/** Whether whoever executes purges has something to do on it now. */
export function isExecutable(it: PurgeState, now: Date): boolean {
  const phase = phaseOf(it)
  if (phase === 'revocable') return it.deferredUntil !== null && it.deferredUntil <= now
  return phase === 'ready' || phase === 'running' || phase === 'aborting' || phase === 'revoking'
}

/** Whether it can be halted for a while: somebody would otherwise go on with it. */
export function isPausable(phase: PurgePhase): boolean {
  return phase === 'ready' || phase === 'running' || phase === 'revocable' || phase === 'aborting'
}

/** Whether a decision can still revoke it: it has a waiting period, and no execution has begun. */
export function isRevocable(it: PurgeState): boolean {
  const phase = phaseOf(it)
  const before = phase === 'ready' || phase === 'running' || phase === 'paused' || phase === 'aborting'
  return phase === 'revocable' || (before && it.waitHours > 0 && it.begunPosition === null)
}

/** Whether it can still be called off. */
export function isAbortable(phase: PurgePhase): boolean {
  return phase === 'waiting' || phase === 'ready' || phase === 'running' || phase === 'paused'
}
