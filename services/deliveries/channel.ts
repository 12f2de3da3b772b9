import { type DeclaredVersion, declarationHistory } from '../declarations/queries.ts'
import type { ChannelDeclaration } from '../events/channel.ts'
import { governsFrom } from '../events/validity.ts'
import type { Platform } from '../events/vocabulary.ts'
import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import type { Account } from '../sources/source.ts'
import { type DatedSetting, handleOf, type OwnAccount } from './scope.ts'

/** A channel as deliveries to it need it. */
export type Channel = {
  readonly id: string
  readonly platform: Platform
  /** The position of its newest declaration: what was read of it holds until there is another. */
  readonly position: string
  readonly settings: readonly DatedSetting[]
  /** The last day of a channel that was closed. */
  readonly closedOn?: string
  /** Whose account it is, as declared; undefined where nothing was declared. */
  readonly account: Account
}

const maxVersions = 1000

/**
 * The channel by its declarations; `not-found` if the controller has none of that id. `known`: as it was opened before, which
 * saves a second look-up of an account outside the public list.
 */
export async function openChannel(
  ledger: Ledger,
  log: Log,
  id: string,
  actor: Actor,
  known?: Channel,
): Promise<Channel> {
  const versions = await reading(ledger, log, (tx) =>
    declarationHistory(tx, log.controller, 'channel', id, { limit: maxVersions, offset: 0 }),
  )
  const newest = versions.at(-1)
  if (newest === undefined) throw new DomainError('not-found', `there is no channel ${id}`)
  if (known?.position === newest.position) return known
  const open = documentOf(newest)
  // An account outside the public list may be a person's: to learn whose it is is to look somebody up.
  const personal = open.publicList === false ? await openPersonal(ledger, log, id, newest, actor) : {}
  const { accountId, handle, url } = { ...open, ...personal }
  return {
    id,
    platform: open.platform ?? 'other',
    position: newest.position,
    settings: versions.map(settingOf),
    ...(open.closedOn === undefined ? {} : { closedOn: open.closedOn }),
    account: {
      ...(accountId === undefined ? {} : { platformId: accountId }),
      ...(handle === undefined ? {} : { handle }),
      ...(url === undefined ? {} : { profileUrl: url }),
    },
  }
}

function documentOf(version: DeclaredVersion): Partial<ChannelDeclaration> {
  return version.document as Partial<ChannelDeclaration>
}

function settingOf(version: DeclaredVersion): DatedSetting {
  const {
    legalSource,
    controllership = 'ownAndThirdParty',
    defaultCapacity,
    capacityRules,
  } = documentOf(version)
  return {
    from: legalSource === undefined ? '0001-01-01' : governsFrom({ legalSource }),
    setting: {
      controllership,
      ...(defaultCapacity === undefined ? {} : { defaultCapacity }),
      ...(capacityRules === undefined ? {} : { capacityRules }),
    },
  }
}

async function openPersonal(
  ledger: Ledger,
  log: Log,
  id: string,
  version: DeclaredVersion,
  actor: Actor,
): Promise<Partial<ChannelDeclaration>> {
  const parts = await lookUp(
    ledger,
    log,
    {
      actor,
      kind: 'machine-scan',
      purpose: 'Skilja kontots egna inlägg från andras när leveranser tas emot',
      scope: { channel: id, version: version.version },
    },
    (open) => reading(ledger, log, (tx) => open(tx, [version.position])),
  )
  const actorPart = parts.find(({ role }) => role === 'actor')
  return (actorPart?.content?.['personal'] ?? {}) as Partial<ChannelDeclaration>
}

/** The account as declared and as the download itself says. */
export function ownAccountOf(channel: Channel, download?: Account): OwnAccount {
  const both = [channel.account, download ?? {}]
  const all = (pick: (account: Account) => string | undefined) =>
    new Set(both.map(pick).filter((it) => it !== undefined))
  return {
    platform: channel.platform,
    platformIds: all((it) => it.platformId),
    handles: all((it) => (it.handle === undefined ? undefined : handleOf(it.handle))),
    names: all((it) => it.displayName),
    isDownload: download !== undefined,
  }
}

/** Whether a download is of the channel's account; undefined where the two have nothing in common to compare. */
export function isSameAccount(channel: Channel, download: Account): boolean | undefined {
  const { platformId, handle } = channel.account
  if (platformId !== undefined && download.platformId !== undefined) return platformId === download.platformId
  if (handle !== undefined && download.handle !== undefined)
    return handleOf(handle) === handleOf(download.handle)
  return undefined
}
