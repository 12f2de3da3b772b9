import type { Pool } from 'pg'
import { Gauge, type Registry } from 'prom-client'
import { acceptedRestores, signingAlarms } from '../ledger/checkpoints.ts'
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
