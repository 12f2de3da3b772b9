import type { Pool } from 'pg'
import { Gauge, type Registry } from 'prom-client'
import { withController } from '../db/transaction.ts'
import { acceptedRestores, signingAlarms } from '../ledger/checkpoints.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { DomainError } from '../platform/errors.ts'

/** Not ready while a log could not be signed: what is appended to it now might have to be appended again. */
export async function checkSigning(pool: Pool): Promise<void> {
  const alarms = await signingAlarms(pool)
  if (alarms.length > 0) {
    const list = alarms.map(({ slug, reason }) => `${slug} (${reason})`).join(', ')
    throw new DomainError('integrity-failed', `These logs could not be signed: ${list}`)
  }
}

/** `liggare_signing_alarm{controller,reason}` 1 for each log whose signing was refused; `liggare_restores_accepted{controller}`. */
export function measureSigning(pool: Pool, registry: Registry): void {
  const gauge: Gauge<'controller' | 'reason'> = new Gauge({
    name: 'liggare_signing_alarm',
    help: 'Logs whose next checkpoint was refused: entries that had been signed are gone or changed',
    labelNames: ['controller', 'reason'],
    registers: [registry],
    collect: async () => {
      gauge.reset()
      for (const { slug, reason } of await signingAlarms(pool)) gauge.set({ controller: slug, reason }, 1)
    },
  })
  const restores: Gauge<'controller'> = new Gauge({
    name: 'liggare_restores_accepted',
    help: 'Restores of an older log that two persons have accepted: each began a new series of checkpoints',
    labelNames: ['controller'],
    registers: [registry],
    collect: async () => {
      restores.reset()
      for (const { slug, restores: count } of await acceptedRestores(pool))
        restores.set({ controller: slug }, count)
    },
  })
}

/**
 * `liggare_checkpoint_age_seconds{controller}`: since the newest checkpoint, or since the first event where nothing is signed;
 * `liggare_unsigned_events{controller}`: how far it lags behind the log. A log in which nothing happens has an old one lawfully.
 */
export function measureCheckpoints(ledger: Ledger, registry: Registry): void {
  const unsigned: Gauge<'controller'> = new Gauge({
    name: 'liggare_unsigned_events',
    help: 'Events that no checkpoint covers yet',
    labelNames: ['controller'],
    registers: [registry],
    collect: async () => {
      unsigned.reset()
      for (const { slug, events } of await behind(ledger)) unsigned.set({ controller: slug }, events)
    },
  })
  const age: Gauge<'controller'> = new Gauge({
    name: 'liggare_checkpoint_age_seconds',
    help: 'Time since the newest checkpoint was signed; of a log without one, since its first event',
    labelNames: ['controller'],
    registers: [registry],
    collect: async () => {
      age.reset()
      for (const { slug, seconds } of await behind(ledger)) age.set({ controller: slug }, seconds)
    },
  })
}

async function behind(ledger: Ledger): Promise<{ slug: string; events: number; seconds: number }[]> {
  const now = ledger.clock.now().getTime()
  const all: { slug: string; events: number; seconds: number }[] = []
  for (const { controller, slug } of await ledger.list()) {
    const { rows } = await withController(ledger.pool, controller, (tx) =>
      tx.query<{ events: string; since: Date | null }>(newest, [controller]),
    )
    const since = rows[0]?.since?.getTime() ?? now
    all.push({ slug, events: Number(rows[0]?.events ?? 0), seconds: Math.max(0, now - since) / 1000 })
  }
  return all
}

const newest = `
  select coalesce((select max(position) + 1 from ledger.event where controller_id = $1), 0) - coalesce(c.size, 0) as events,
         coalesce(c.signed_at, (select recorded_at from ledger.event where controller_id = $1 and position = 0)) as since
    from (select 1) one
    left join lateral (select size, signed_at from ledger.checkpoint where controller_id = $1 order by size desc limit 1) c on true`
