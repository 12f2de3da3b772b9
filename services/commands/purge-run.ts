import { withController } from '../db/transaction.ts'
import { localDay } from '../platform/clock.ts'
import { type DueSummary, retentionPlan, summariseDue } from '../retention/due.ts'
import { orderPurge } from '../retention/order.ts'
import { executePurge } from '../retention/purge.ts'
import { sweep } from '../retention/sweep.ts'
import { print, progressLine } from './output.ts'
import { logsOf, withRuntime } from './runtime.ts'

type PurgeOptions = { controller?: string; dryRun?: boolean; json?: boolean; sweep?: boolean; actor: string }

export async function purgeDue(options: PurgeOptions): Promise<void> {
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    const deps = { ledger, purgePool: runtime.databases.ledger('purge'), journal: runtime.journal() }
    const today = localDay(runtime.clock.now())
    for (const log of await logsOf(ledger, options.controller)) {
      const due = await withController(ledger.pool, log.controller, async (tx) =>
        summariseDue(tx, log.controller, await retentionPlan(tx, log.controller, today)),
      )
      const objects = due.reduce((sum, it) => sum + it.objects, 0)
      if (options.dryRun === true || objects === 0) {
        print(
          options.json,
          { controller: log.slug, today, due: due.map(open), objects },
          `${log.slug}: ${objects} objects are due on ${today}`,
        )
        continue
      }
      const purge = await orderPurge(ledger, log, options.actor, today)
      const progress = progressLine(`${log.slug}: purging`)
      const done = await executePurge(deps, log, purge, options.actor, (step) =>
        progress(step.objects, objects),
      )
      progress()
      print(
        options.json,
        { controller: log.slug, purge, today, ...done },
        `${log.slug}: purge ${purge} has destroyed ${done.objects} objects (${done.records} records); ${done.held} are held`,
      )
    }
    if (options.sweep === true && options.dryRun !== true) {
      const report = await sweep(ledger, options.actor)
      print(
        options.json,
        { sweep: report },
        `keyring swept: ${report.survivors} keys live on, epochs ${report.destroyedEpochs.join(', ')} are destroyed`,
      )
    }
  })
}

export async function sweepAll(options: { actor: string; json?: boolean }): Promise<void> {
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const progress = progressLine('sweeping')
    const report = await sweep(await runtime.ledger('worker'), options.actor, (moved) => progress(moved))
    progress()
    print(
      options.json,
      report,
      `keyring swept: ${report.survivors} keys live on, epochs ${report.destroyedEpochs.join(', ')} are destroyed`,
    )
  })
}

const open = ({ channelId, verb, capacity, objects, oldest, rules }: DueSummary) => ({
  channel: channelId,
  verb,
  capacity,
  objects,
  oldest,
  rules,
})
