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
  readonly approvedPosition: string | null
  readonly abortedPosition: string | null
  /** Intents, and the objects they have condemned so far. */
  readonly intents: number
  readonly objects: number
  readonly executedPosition: string | null
  readonly sweptPosition: string | null
}

export const purgePhases = [
  'waiting',
  'ready',
  'running',
  'aborting',
  'aborted',
  'destroyed',
  'irrecoverable',
] as const
export type PurgePhase = (typeof purgePhases)[number]

/**
 * Where a purge stands. `waiting`: for another's approval. `aborting`: nothing more is condemned, what was is still being
 * destroyed. `aborted`: over; what it had condemned before is destroyed.
 */
export function phaseOf(it: PurgeState): PurgePhase {
  if (it.abortedPosition !== null) {
    return it.intents > 0 && it.executedPosition === null ? 'aborting' : 'aborted'
  }
  if (it.sweptPosition !== null) return 'irrecoverable'
  if (it.executedPosition !== null) return 'destroyed'
  if (it.approval && it.approvedPosition === null) return 'waiting'
  return it.intents > 0 ? 'running' : 'ready'
}

/** Whether whoever executes purges has something to do on it. */
export function isExecutable(phase: PurgePhase): boolean {
  return phase === 'ready' || phase === 'running' || phase === 'aborting'
}

/** Whether it can still be called off. */
export function isAbortable(phase: PurgePhase): boolean {
  return phase === 'waiting' || phase === 'ready' || phase === 'running'
}
