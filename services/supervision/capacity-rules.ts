import type { Capacity } from '../events/interaction.ts'
import type { Day } from '../events/vocabulary.ts'
import { DomainError } from '../platform/errors.ts'

/** How long the content of a private act is kept out of reach before anybody may say that it be destroyed, in days. */
export const quarantineDays = 30

export const rulingPhases = ['stands', 'quarantined', 'ripe', 'contested', 'approved', 'destroyed'] as const
export type RulingPhase = (typeof rulingPhases)[number]

/** The ruling on an object as the read model has it. */
export type RulingState = {
  readonly object: string
  readonly rulingId: string
  readonly position: string
  readonly version: number
  readonly capacity: Capacity
  readonly quarantineUntil: Day | null
  readonly holdId: string | null
  readonly contestedPosition: string | null
  readonly contestHoldId: string | null
  readonly approvedPosition: string | null
}

/** The object that is ruled on. */
export type RuledObject = {
  readonly object: string
  readonly channel: string
  /** As it counts now: by an earlier ruling, else as it said itself. */
  readonly capacity: Capacity
  /** False while only what was done to it is known, and not the act itself. */
  readonly created: boolean
  readonly condemned: boolean
}

/** `ripe`: the quarantine is over and another's word is awaited. `approved`: the next purge takes it. */
export function phaseOf(ruling: RulingState, condemned: boolean, today: Day): RulingPhase {
  if (condemned) return 'destroyed'
  if (ruling.contestedPosition !== null) return 'contested'
  if (ruling.approvedPosition !== null) return 'approved'
  if (ruling.capacity !== 'private' || ruling.quarantineUntil === null) return 'stands'
  return today < ruling.quarantineUntil ? 'quarantined' : 'ripe'
}

function refuse(why: string): never {
  throw new DomainError('state-conflict', why)
}

/** Whether the capacity of an object may be ruled so now. A contested ruling may be confirmed by the same again. */
export function checkRuling(object: RuledObject, ruling: RulingState | undefined, capacity: Capacity): void {
  if (object.condemned)
    throw new DomainError('condemned', 'The object is condemned: there is nothing to rule on.')
  if (!object.created) refuse('Only what was done to the object is recorded yet, and not the act itself.')
  const contested = ruling !== undefined && ruling.contestedPosition !== null
  if (object.capacity === capacity && !contested) refuse(`The object counts as ${capacity} already.`)
  if (ruling !== undefined && ruling.approvedPosition !== null && !contested) {
    refuse('Its destruction is approved. Contest the ruling first: that stops it.')
  }
}

export function checkContest(object: RuledObject, ruling: RulingState): void {
  if (object.condemned)
    throw new DomainError('condemned', 'The object is condemned: its content is destroyed.')
  if (ruling.contestedPosition !== null) refuse('It is contested already and waits for a new ruling.')
}

/** Whether the second person's word is in time. That they are another than who ruled is seen to by their ids. */
export function checkDestruction(
  object: RuledObject,
  ruling: RulingState,
  today: Day,
  samePerson: boolean,
): void {
  const phase = phaseOf(ruling, object.condemned, today)
  if (phase === 'quarantined') refuse(`The content is quarantined until ${ruling.quarantineUntil}.`)
  if (phase !== 'ripe') refuse(`The ruling is ${phase}: it does not wait for anybody's word.`)
  if (samePerson) {
    throw new DomainError(
      'four-eyes-required',
      'That the content be destroyed has to be said by another than who ruled.',
    )
  }
}
