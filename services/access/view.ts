import type { Day } from '../events/vocabulary.ts'
import type { AccessFile } from './case-file.ts'
import { daysLeft } from './clock.ts'
import type { AccessCase } from './schemas.ts'
import { deadlineOf, isOverdue } from './states.ts'

/** A case as the API shows it on a day: nothing personal in it. */
export function viewOf(file: AccessFile, today: Day): AccessCase {
  const { id, version, arrival, language, state, links, compiled } = file
  const { unpaused, paused, standsStill } = deadlineOf(state)
  return {
    id,
    status: state.status,
    version,
    receivedOn: state.receivedOn,
    arrival,
    language,
    reviewRequired: state.reviewRequired,
    deadline: {
      unpaused: { ...unpaused },
      ...(paused && { paused: { ...paused } }),
      standsStill,
      daysLeft: daysLeft(unpaused.day, today),
      overdue: isOverdue(state, today),
    },
    links: links.map(({ subject, assurance, hold }) => ({ subject, assurance, hold })),
    ...(compiled && { fixedAt: compiled.position }),
    ...('closedOn' in state && { closedOn: state.closedOn }),
    ...(state.status === 'answered' && { outcome: state.outcome }),
  }
}
