import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Ledger } from '../ledger/ledger.ts'
import { measureCases } from './case-health.ts'
import { measureCheckpoints, measureSigning } from './checkpoint-health.ts'
import { measureRetention } from './retention-health.ts'
import { measureSupervision } from './supervision-health.ts'

/** What `/metrics` tells beside the requests: the process, and of each log what lags, is overdue, or waits for a person. */
export function measureAll(ledger: Ledger): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  measureSigning(ledger.pool, registry)
  measureCheckpoints(ledger, registry)
  measureSupervision(ledger, registry)
  measureCases(ledger, registry)
  measureRetention(ledger, registry)
  return registry
}
