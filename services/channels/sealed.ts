import { channelKind } from '../declarations/kinds.ts'
import { currentDeclaration, type DeclaredVersion } from '../declarations/queries.ts'
import { documentDigest } from '../declarations/schemas.ts'
import type { ChannelDeclaration } from '../events/channel.ts'
import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'

type OpenedChannel = Omit<DeclaredVersion, 'document'> & {
  readonly sealed: boolean
  readonly digest: string
  readonly document: ChannelDeclaration
}

/** A channel with its account, handle, address and holder: a look-up, also where they stand open. */
export async function readSealedChannel(
  ledger: Ledger,
  log: Log,
  id: string,
  why: { readonly actor: Actor; readonly purpose: string },
): Promise<OpenedChannel> {
  const found = await reading(ledger, log, (tx) => currentDeclaration(tx, log.controller, 'channel', id))
  if (found === undefined) throw new DomainError('not-found', `there is no channel ${id}`)
  const parts = await lookUp(
    ledger,
    log,
    { ...why, kind: 'shown', scope: { channel: id, version: found.version } },
    (open) => reading(ledger, log, (tx) => open(tx, [found.position])),
  )
  const personal = parts.find(({ role }) => role === 'actor')?.content?.['personal'] ?? {}
  const document = channelKind.joinPersonal(found.document, personal as Record<string, unknown>)
  const sealed = channelKind.personalFields(document).length > 0
  return { ...found, sealed, digest: documentDigest(found.document), document }
}
