import type { Api } from '../api/types.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { challengeNotes } from './challenges.ts'
import type { FileStore } from './file-store.ts'
import { hookDirectory } from './hook-directory.ts'
import { hookRoutes } from './hook-routes.ts'
import { importRoutes } from './import-routes.ts'
import { importJobs } from './jobs.ts'
import { overviewRoutes } from './overview-routes.ts'
import { refusals } from './refusals.ts'
import { secretRoutes } from './secret-routes.ts'

export type DeliveryDeps = {
  readonly ledger: Ledger
  /** Where archives are kept, sealed; without it none are. */
  readonly deliveries?: FileStore
}

/** What comes from platforms: posted by them, or as their downloads. */
export async function deliveryRoutes(app: Api, deps: DeliveryDeps): Promise<void> {
  const { ledger, deliveries } = deps
  const directory = hookDirectory(ledger)
  const refused = refusals(ledger)
  const jobs = importJobs(ledger, deliveries)
  const challenges = challengeNotes(ledger)
  secretRoutes(app, { ledger, directory })
  overviewRoutes(app, { ledger })
  // Each in a context of its own: what they take for a body is nobody else's.
  await app.register(async (own) =>
    hookRoutes(own as Api, { ledger, directory, refusals: refused, challenges }),
  )
  await app.register(async (own) => importRoutes(own as Api, { ledger, jobs }))
  app.addHook('onReady', async () => {
    // Not waited for: a large archive is read before its import goes on.
    jobs.resume().catch((error: unknown) => app.log.error({ err: error }, 'imports were not gone on with'))
  })
  app.addHook('onClose', async () => {
    await jobs.close()
    await refused.flush()
  })
}
