import type { Day } from '../events/vocabulary.ts'
import { recordCommand } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import type { AccessFile, Said } from './case-file.ts'
import { liftContext } from './case-holds.ts'
import { withLooseHolds } from './case-holds-queries.ts'
import { openCases } from './case-steps.ts'
import { daysLeft } from './clock.ts'
import { deadlineOf } from './states.ts'

/** So many days before the last one the officer is reminded. */
const reminderDays = 7

const actor = { name: 'liggare worker' }

/** What is to be said of a case today that has not been said of this last day yet. Alarms go by the unpaused day. */
function dueReminder(file: Pick<AccessFile, 'state' | 'said'>, today: Day): Said | undefined {
  const lastDay = deadlineOf(file.state).unpaused.day
  const left = daysLeft(lastDay, today)
  if (left > reminderDays) return undefined
  const type = left < 0 ? 'access.overdue' : 'access.reminded'
  return file.said.some((it) => it.type === type && it.lastDay === lastDay) ? undefined : { type, lastDay }
}

/**
 * Reminds of cases whose last day is near and says which have passed it: once for each last day, however often and by
 * however many workers it is run. Lifts what a crash left held by closed cases. Answers how many events it wrote.
 */
export async function remindOfCases(ledger: Ledger, log: Log): Promise<number> {
  const today = localDay(ledger.clock.now())
  let written = 0
  for (const file of await openCases(ledger, log)) {
    const due = dueReminder(file, today)
    if (due === undefined) continue
    if (await said(ledger, log, file, due)) written += 1
  }
  for (const id of await reading(ledger, log, (tx) => withLooseHolds(tx, log.controller))) {
    await liftContext(ledger, log, actor, id)
  }
  return written
}

/** False when somebody took the case a step meanwhile: the next round looks at it anew. */
async function said(ledger: Ledger, log: Log, file: AccessFile, { type, lastDay }: Said): Promise<boolean> {
  try {
    await recordCommand(ledger, log, {
      type,
      streamId: file.id,
      expectedVersion: file.version,
      actor,
      data: { lastDay },
    })
    return true
  } catch (error) {
    if (error instanceof DomainError && error.code === 'version-conflict') return false
    throw error
  }
}

export type CaseCounts = { readonly open: number; readonly dueSoon: number; readonly overdue: number }

/** How the open cases of a log stand on a day: what the metrics show. */
export async function countCases(ledger: Ledger, log: Log): Promise<CaseCounts> {
  const today = localDay(ledger.clock.now())
  const left = (await openCases(ledger, log)).map(({ state }) =>
    daysLeft(deadlineOf(state).unpaused.day, today),
  )
  return {
    open: left.length,
    dueSoon: left.filter((days) => days >= 0 && days <= reminderDays).length,
    overdue: left.filter((days) => days < 0).length,
  }
}
