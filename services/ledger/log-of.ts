import { DomainError } from '../platform/errors.ts'
import type { Ledger, Log } from './ledger.ts'

/** The log of a controller; `not-found` if there is none, in the same words as for one that is somebody else's. */
export async function logOf(ledger: Ledger, slug: string): Promise<Log> {
  const log = await ledger.find(slug)
  if (log === undefined) throw new DomainError('not-found', 'no such controller')
  return log
}
