import { Gauge, type Registry } from 'prom-client'
import type { Ledger } from '../ledger/ledger.ts'
import { overdueRounds } from '../supervision/rounds.ts'

/** `liggare_supervision_overdue{controller}`: channels whose round of supervision has not come in time. */
export function measureSupervision(ledger: Ledger, registry: Registry): void {
  const gauge: Gauge<'controller'> = new Gauge({
    name: 'liggare_supervision_overdue',
    help: 'Channels whose round of supervision is overdue by the interval they declare',
    labelNames: ['controller'],
    registers: [registry],
    collect: async () => {
      gauge.reset()
      for (const log of await ledger.list()) {
        gauge.set({ controller: log.slug }, (await overdueRounds(ledger, log)).length)
      }
    },
  })
}
