import { declare } from '../declarations/declare.ts'
import { channelKind } from '../declarations/kinds.ts'
import type { DeclaredVersion } from '../declarations/queries.ts'
import type { Day } from '../events/vocabulary.ts'
import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { readSealedChannel } from './sealed.ts'

/**
 * Declares that a channel was closed on a day: a new version, all else as it was. Rules that count from `channelClosed` start.
 * `state-conflict` if it is closed, `validation-failed` for a day to come or before it was opened.
 */
export async function closeChannel(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  wish: { readonly id: string; readonly day: Day },
): Promise<DeclaredVersion> {
  const { id, day } = wish
  const purpose = 'Kanalen avslutas: dess uppgifter förs över till nästa version.'
  const { document, version } = await readSealedChannel(ledger, log, id, { actor, purpose })
  if (document.closedOn !== undefined)
    throw new DomainError('state-conflict', `The channel was closed on ${document.closedOn}.`)
  const early = document.openedOn !== undefined && day < document.openedOn
  if (early || day > localDay(ledger.clock.now())) {
    const reason = early ? 'is before the channel was opened' : 'lies in the future'
    throw new DomainError('validation-failed', '1 field does not fit', {
      violations: [{ pointer: '/day', reason }],
    })
  }
  const closed = channelKind.schema.parse({ ...document, closedOn: day })
  return declare(ledger, log, channelKind, { id, expectedVersion: version, document: closed, actor })
}
