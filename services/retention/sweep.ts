import { withController } from '../db/transaction.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { recordSweep, type SweepReport, sweepKeyring } from '../ledger/sweep.ts'

/**
 * Sweeps the keyring and writes into every log which executed purges have thereby become irrecoverable: those that were
 * executed before the new epoch began, so that none of their keys was ever wrapped in it.
 */
export async function sweep(
  ledger: Ledger,
  actor: string,
  onProgress?: (moved: number) => void,
): Promise<SweepReport> {
  const report = await sweepKeyring(ledger, onProgress)
  for (const log of await ledger.list()) {
    const purges = await withController(ledger.pool, log.controller, async (tx) => {
      const { rows } = await tx.query<{ purge_id: string }>(
        `select p.purge_id from model.purge p
           join ledger.event e on e.controller_id = $1 and e.position = p.executed_position
          where p.controller_id = $1 and p.swept_position is null and e.recorded_at < $2
          order by p.executed_position`,
        [log.controller, report.openedAt],
      )
      return rows.map((row) => row.purge_id)
    })
    if (purges.length > 0) await recordSweep(ledger, log, report, purges, actor)
  }
  return report
}
