import type { PoolClient } from 'pg'
import { makeCheckpoint, type SignerDeps } from '../ledger/checkpoints.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import type { Logger } from '../platform/log.ts'

/** Signs logs while it holds the lease: of all workers on a database one is the signer. */
export type Signer = {
  readonly runOnce: () => Promise<void>
  /** Whether this worker is the signer. */
  readonly leading: () => boolean
  readonly release: () => void
}

export function openSigner(deps: SignerDeps & { readonly ledger: Ledger; readonly log: Logger }): Signer {
  const { log: logger } = deps
  const refused = new Set<string>()
  let lease: PoolClient | undefined

  async function signAll(logs: readonly Log[]) {
    for (const log of logs) {
      const outcome = await makeCheckpoint(deps, log)
      if (outcome.kind === 'refused') {
        // Said once for each log and not every few seconds; readiness and metrics go on saying it.
        if (!refused.has(log.slug)) {
          logger.fatal(
            { controller: log.slug, reason: outcome.reason },
            'the log was not signed: it is not the one signed before. Run verify, and restore before serving on',
          )
        }
        refused.add(log.slug)
      } else {
        refused.delete(log.slug)
      }
    }
  }

  return {
    runOnce: async () => {
      lease = await holdLease(deps, lease)
      if (lease !== undefined) await signAll(await deps.ledger.list())
    },
    leading: () => lease !== undefined,
    release: () => {
      // Closing the connection gives the lease back.
      lease?.release(true)
      lease = undefined
    },
  }
}

/** The lease is an advisory lock, held by a connection of its own: it goes with the connection, however that ends. */
async function holdLease(deps: SignerDeps, held: PoolClient | undefined): Promise<PoolClient | undefined> {
  if (held !== undefined) {
    try {
      await held.query('select 1')
      return held
    } catch {
      held.release(true)
    }
  }
  const client = await deps.pool.connect()
  const { rows } = await client.query<{ held: boolean }>(
    `select pg_try_advisory_lock(hashtext('liggare.signer')) as held`,
  )
  if (rows[0]?.held === true) return client
  client.release()
  return undefined
}
