import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { orderPurge } from '../retention/order.ts'
import { previewOf } from '../retention/preview.ts'
import { unfinishedPurges } from '../retention/purge-queries.ts'

/** What became of a night's look: a purge's id, or why none was ordered. */
export type Ordered = { readonly purge: string } | { readonly none: 'nothing-due' | 'another-unfinished' }

/**
 * Orders a purge of what is due today, unless nothing unheld is or another one is under way or waits. It is executed like
 * any other: at once up to the approval size, above it when somebody has approved it.
 */
export async function orderDue(
  ledger: Ledger,
  log: Log,
  approvalSize: number,
  waitHours: number,
): Promise<Ordered> {
  const today = localDay(ledger.clock.now())
  const { preview, open } = await reading(ledger, log, async (tx) => ({
    preview: await previewOf(tx, log.controller, today),
    open: await unfinishedPurges(tx, log.controller),
  }))
  if (open.length > 0) return { none: 'another-unfinished' }
  if (preview.objects === preview.held) return { none: 'nothing-due' }
  return { purge: await orderPurge(ledger, log, 'job:order', today, approvalSize, waitHours) }
}
