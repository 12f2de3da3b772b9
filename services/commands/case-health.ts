import { Gauge, type Registry } from 'prom-client'
import { countCases } from '../access/reminders.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** `liggare_cases{controller,state}`: open cases of data subjects, those whose last day is near, those past it. */
export function measureCases(ledger: Ledger, registry: Registry): void {
  const gauge: Gauge<'controller' | 'state'> = new Gauge({
    name: 'liggare_cases',
    help: 'Open cases of data subjects; dueSoon: within a week of the last day, overdue: past it, pauses not counted',
    labelNames: ['controller', 'state'],
    registers: [registry],
    collect: async () => {
      gauge.reset()
      for (const log of await ledger.list()) {
        const counts = await countCases(ledger, log)
        for (const [state, count] of Object.entries(counts)) {
          gauge.set({ controller: log.slug, state }, count)
        }
      }
    },
  })
}
