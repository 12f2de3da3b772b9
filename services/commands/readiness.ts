import type { AppDeps } from '../api/types.ts'
import { promptly } from '../db/connect.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { checkSigning } from './checkpoint-health.ts'

/** What `/ready` asks: both databases answer in time, and what is appended can be signed. */
export function readinessChecks(ledger: Ledger): AppDeps<unknown>['checks'] {
  const { pool, keyring } = ledger
  return {
    ledger: async () => {
      await pool.query({ text: 'select 1', ...promptly(pool) })
    },
    keyring: async () => {
      await keyring.pool.query({ text: 'select 1', ...promptly(keyring.pool) })
    },
    signing: () => checkSigning(pool),
  }
}
