import { Gauge, type Registry } from 'prom-client'
import { remindersOf } from '../jobs/remind.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** `liggare_retention_waiting{controller,what}`: what is overdue, and what waits for a person. */
export function measureRetention(ledger: Ledger, registry: Registry): void {
  const gauge: Gauge<'controller' | 'what'> = new Gauge({
    name: 'liggare_retention_waiting',
    help: 'overdueObjects: due for two days or more, unheld, not destroyed; the others wait for a person',
    labelNames: ['controller', 'what'],
    registers: [registry],
    collect: async () => {
      gauge.reset()
      for (const log of await ledger.list()) {
        for (const [what, count] of Object.entries(await remindersOf(ledger, log)))
          gauge.set({ controller: log.slug, what }, count)
      }
    },
  })
}
