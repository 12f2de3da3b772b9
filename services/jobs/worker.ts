import { dirname, join } from 'node:path'
import { remindOfCases } from '../access/reminders.ts'
import type { FileStore } from '../deliveries/file-store.ts'
import type { SignerDeps } from '../ledger/checkpoints.ts'
import type { Logger } from '../platform/log.ts'
import { executePurge, openPurges, type PurgeDeps } from '../retention/purge.ts'
import { sweep, sweepIsDue } from '../retention/sweep.ts'
import { raiseAlarms } from '../supervision/rounds.ts'
import { expireDeliveries } from './deliveries.ts'
import { gatherEvidence, type Vouchers } from './evidence.ts'
import { openSigner } from './signer.ts'

/** The jobs that run by themselves. `stop` waits for the step under way; the next start goes on from there. */
export type Worker = { readonly stop: () => Promise<void> }

export type WorkerDeps = PurgeDeps & {
  readonly log: Logger
  /** Where the signer keeps the newest checkpoints; without it this worker signs nothing. */
  readonly checkpoints?: string
  /** Who is asked to vouch for what was signed; the worker that signs asks. */
  readonly vouchers?: Vouchers
  /** Hours between two sweeps of the keyring; 0 or none: this worker sweeps never. */
  readonly sweepIntervalHours?: number
  /** Where archives are kept sealed; without it none are. */
  readonly deliveries?: FileStore
}

/** How often the worker looks for ordered purges, in milliseconds. */
const purgeIntervalMs = 5_000

/** How often the worker looks for deliveries that their rule lets go, in milliseconds. */
const expiryIntervalMs = 3_600_000

/** How often the worker asks whether it is time to sweep the keyring, in milliseconds. */
const sweepLookMs = 60_000

/** How often the worker looks which cases of data subjects are near their last day, in milliseconds. */
const reminderLookMs = 15 * 60_000

/** How often the worker looks for rounds of supervision that did not come, in milliseconds. */
const alarmIntervalMs = 60_000

/** How often what has been appended is signed, in milliseconds: for so long an event has no proof yet. */
const signIntervalMs = 3_000

/** How often witnesses are asked to cosign, and whether it is time for a time stamp, in milliseconds. */
const evidenceIntervalMs = 15_000

/** Beside the erasure journal, which lies outside both databases and their backups as well. */
export function checkpointFolder(journalFile: string): string {
  return join(dirname(journalFile), 'checkpoints')
}

export async function startWorker(deps: WorkerDeps): Promise<Worker> {
  let stopping = false
  const purging = { ...deps, stopping: () => stopping }
  const loops = [
    repeat(deps.log, 'the purge job failed and will be tried again', purgeIntervalMs, () => runOnce(purging)),
    repeat(deps.log, 'the sweep failed and will be tried again', sweepLookMs, () => sweepOnce(deps)),
    repeat(deps.log, 'looking for overdue rounds failed', alarmIntervalMs, () => alarmOnce(deps)),
    repeat(deps.log, 'reminding of cases failed and will be tried again', reminderLookMs, async () => {
      for (const log of await deps.ledger.list()) await remindOfCases(deps.ledger, log)
    }),
    repeat(deps.log, 'destroying deliveries failed and will be tried again', expiryIntervalMs, async () => {
      const destroyed = await expireDeliveries(deps, deps.deliveries)
      if (destroyed > 0) deps.log.info({ destroyed }, 'deliveries destroyed by their rule')
    }),
  ]
  if (deps.checkpoints !== undefined) {
    const { ledger, log } = deps
    const signing: SignerDeps = { ...ledger, folder: deps.checkpoints }
    const signer = openSigner({ ...signing, ledger, log })
    const loop = repeat(log, 'signing failed and will be tried again', signIntervalMs, signer.runOnce)
    const { vouchers } = deps
    if (vouchers !== undefined) {
      loops.push(
        repeat(log, 'asking for evidence failed and will be tried again', evidenceIntervalMs, async () => {
          if (signer.leading()) await gatherEvidence({ ...signing, ledger, log }, vouchers)
        }),
      )
    }
    loops.push({
      stop: async () => {
        await loop.stop()
        signer.release()
      },
    })
  }
  return {
    stop: async () => {
      stopping = true
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}

/** Does it again and again, with a pause between the end of one and the beginning of the next. */
function repeat(log: Logger, failed: string, intervalMs: number, work: () => Promise<void>): Worker {
  let stopping = false
  let wake: () => void = () => {}
  const running = (async () => {
    while (!stopping) {
      await work().catch((error: unknown) => log.error({ err: error }, failed))
      if (stopping) break
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, intervalMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  })()
  return {
    stop: async () => {
      stopping = true
      wake()
      await running
    },
  }
}

/** Raises an alarm for every channel whose round of supervision is overdue. */
export async function alarmOnce({ ledger, log }: Pick<WorkerDeps, 'ledger' | 'log'>): Promise<void> {
  for (const each of await ledger.list()) {
    const raised = await raiseAlarms(ledger, each, 'job:supervision')
    if (raised > 0) log.warn({ controller: each.slug, raised }, 'rounds of supervision are overdue')
  }
}

/** Sweeps the keyring if it is time to. */
export async function sweepOnce(
  deps: Pick<WorkerDeps, 'ledger' | 'log' | 'sweepIntervalHours'>,
): Promise<void> {
  if (!(await sweepIsDue(deps.ledger, deps.sweepIntervalHours ?? 0))) return
  const { survivors, destroyedEpochs } = await sweep(deps.ledger, 'job:sweep')
  deps.log.info({ survivors, destroyedEpochs }, 'keyring swept')
}

/** Executes every purge of every controller that may be, also those a crash interrupted. */
export async function runOnce(deps: PurgeDeps & { readonly log: Logger }): Promise<void> {
  for (const log of await deps.ledger.list()) {
    for (const purge of await openPurges(deps, log)) {
      const done = await executePurge(deps, log, purge, 'job:purge')
      deps.log.info({ controller: log.slug, purge, ...done }, 'purge executed')
    }
  }
}
