import type { Day } from '../events/vocabulary.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { countDeliveriesDue } from '../retention/archive.ts'
import { listHolds } from '../retention/hold-queries.ts'
import { addDays } from '../retention/period.ts'
import { listDemands } from '../retention/platform-terms.ts'
import { previewOf } from '../retention/preview.ts'
import { unfinishedPurges } from '../retention/purge-queries.ts'
import { phaseOf } from '../retention/purge-state.ts'
import { waitingRules } from '../retention/rule-declare.ts'

/** What waits for a person, in numbers. */
export type Reminders = {
  /** Due since two days or more, unheld and not destroyed: the job of at least one night has not taken it. */
  readonly overdueObjects: number
  readonly purgesToApprove: number
  readonly rulesToApprove: number
  readonly holdsToReview: number
  readonly platformDemands: number
  /** Objects whose day of delivery to the archive has come. */
  readonly archiveDeliveries: number
}

const first = { limit: 1, offset: 0 }

export function remindersOf(ledger: Ledger, log: Log): Promise<Reminders> {
  const today = localDay(ledger.clock.now())
  const controller = log.controller
  return reading(ledger, log, async (tx) => {
    const overdue = await previewOf(tx, controller, addDays(today, -2) as Day)
    const purges = await unfinishedPurges(tx, controller)
    const holds = await listHolds(tx, controller, { all: false, reviewBy: today }, first)
    const demands = await listDemands(tx, controller, false, first)
    return {
      overdueObjects: overdue.objects - overdue.held,
      purgesToApprove: purges.filter((it) => phaseOf(it) === 'waiting').length,
      rulesToApprove: (await waitingRules(tx, controller)).length,
      holdsToReview: holds.total,
      platformDemands: demands.total,
      archiveDeliveries: await countDeliveriesDue(tx, controller, today),
    }
  })
}
