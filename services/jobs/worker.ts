import type { Logger } from '../platform/log.ts'
import { executePurge, openPurges, type PurgeDeps } from '../retention/purge.ts'

/** The jobs that run by themselves. `stop` waits for the step under way; the next start goes on from there. */
export type Worker = { readonly stop: () => Promise<void> }

/** How often the worker looks for ordered purges, in milliseconds. */
const intervalMs = 5_000

export async function startWorker(deps: PurgeDeps & { readonly log: Logger }): Promise<Worker> {
  let stopping = false
  let wake: () => void = () => {}
  const running = (async () => {
    while (!stopping) {
      await runOnce(deps).catch((error: unknown) =>
        deps.log.error({ err: error }, 'the purge job failed and will be tried again'),
      )
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

/** Executes every ordered purge of every controller, also those a crash interrupted. */
export async function runOnce(deps: PurgeDeps & { readonly log: Logger }): Promise<void> {
  for (const log of await deps.ledger.list()) {
    for (const purge of await openPurges(deps.purgePool, log)) {
      const done = await executePurge(deps, log, purge, 'job:purge')
      deps.log.info({ controller: log.slug, purge, ...done }, 'purge executed')
    }
  }
}
