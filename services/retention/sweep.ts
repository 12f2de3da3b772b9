import { withController } from '../db/transaction.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { recordSweep, type SweepReport, sweepKeyring } from '../ledger/sweep.ts'
import { oneAtATime } from './exclusive.ts'

/**
 * Sweeps the keyring and writes into every log which executed purges have thereby become irrecoverable: those that were
 * executed before the new epoch began, so that none of their keys was ever wrapped in it.
 */
export function sweep(
  ledger: Ledger,
  actor: string,
  onProgress?: (moved: number) => void,
): Promise<SweepReport> {
  return oneAtATime(ledger.pool, 'sweep', async () => {
    const report = await sweepKeyring(ledger, onProgress)
    for (const log of await ledger.list()) {
      const purges = await unsweptPurges(ledger, log, report.openedAt)
      if (purges.length > 0) await recordSweep(ledger, log, report, purges, actor)
    }
    return report
  })
}

const hourMs = 3_600_000

/**
 * Whether it is time: one that was interrupted has to go on; else the last is as long ago as the interval, and something
 * was destroyed since that is not yet irrecoverable.
 */
export async function sweepIsDue(ledger: Ledger, intervalHours: number): Promise<boolean> {
  if (intervalHours === 0) return false
  const now = ledger.clock.now()
  const { rows } = await ledger.keyring.pool.query<{ began: Date | null; broken: boolean }>(
    "select max(created_at) as began, coalesce(bool_or(state in ('draining', 'dropped')), false) as broken from keyring.epoch",
  )
  if (rows[0]?.broken === true) return true
  const began = rows[0]?.began ?? undefined
  if (began !== undefined && now.getTime() - began.getTime() < intervalHours * hourMs) return false
  for (const log of await ledger.list()) {
    if ((await unsweptPurges(ledger, log, now)).length > 0) return true
  }
  return false
}

function unsweptPurges(ledger: Ledger, log: Log, executedBefore: Date): Promise<string[]> {
  return withController(ledger.pool, log.controller, async (tx) => {
    const { rows } = await tx.query<{ purge_id: string }>(
      `select p.purge_id from model.purge p
         join ledger.event e on e.controller_id = $1 and e.position = p.executed_position
        where p.controller_id = $1 and p.swept_position is null and e.recorded_at < $2
        order by p.executed_position`,
      [log.controller, executedBefore],
    )
    return rows.map((row) => row.purge_id)
  })
}
