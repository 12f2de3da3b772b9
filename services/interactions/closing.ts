import type { Interaction } from '../events/interaction.ts'
import { localDay } from '../platform/clock.ts'

/**
 * Whether an interaction happened after the last day of a channel: it cannot be the channel's. What was only observed by then may be
 * older, and is taken.
 */
export function isAfterClosing(
  { basis, occurredAt }: Pick<Interaction, 'basis' | 'occurredAt'>,
  closedOn: string | undefined,
): boolean {
  return closedOn !== undefined && basis === 'occurred' && localDay(new Date(occurredAt)) > closedOn
}
