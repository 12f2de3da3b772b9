import type { Day } from '../events/vocabulary.ts'
import type { AccessFile } from './case-file.ts'
import { daysLeft, firstMonth } from './clock.ts'
import type { AccessCase } from './schemas-case.ts'
import { deadlineOf, isOverdue } from './states.ts'

/**
 * A case as the API shows it on a day: nothing personal in it. `whole`: false for a case of somebody with protected
 * identity before whoever may not handle it: that it is there and when it is due, and nothing else.
 */
export function viewOf(file: AccessFile, today: Day, whole = true): AccessCase {
  const { id, version, arrival, language, state, links, rejected, compiled, groupedWith, said } = file
  const { unpaused, paused, standsStill } = deadlineOf(state)
  const shown = whole || !state.protected
  return {
    id,
    status: state.status,
    version,
    right: state.right,
    actingFor: shown ? state.actingFor : 'self',
    minor: shown && state.minor,
    protected: state.protected,
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
      refusalBy: { ...firstMonth(state).unpaused },
    },
    ...(state.extendedOn && { extendedOn: state.extendedOn }),
    ...(shown && state.proof && { identity: state.proof }),
    ...(shown && state.authority && { authority: state.authority }),
    ...(shown && groupedWith && { groupedWith }),
    links: shown ? links.map(({ subject, assurance, hold }) => ({ subject, assurance, hold })) : [],
    rejected: shown ? [...rejected] : [],
    reminded: said.map(({ type, lastDay }) => ({
      type: type === 'access.overdue' ? 'overdue' : 'reminded',
      lastDay,
    })),
    ...(shown && compiled && { fixedAt: compiled.position }),
    ...('closedOn' in state && { closedOn: state.closedOn }),
    ...('appealedOn' in state && state.appealedOn && { appealedOn: state.appealedOn }),
    ...('appealInTime' in state && { appealInTime: state.appealInTime }),
    ...(state.status === 'answered' && { outcome: state.outcome }),
    ...(shown && state.status === 'refused' && { refusedFor: state.ground }),
  }
}
