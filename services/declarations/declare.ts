import type { ProcessingActivity } from '../events/activity.ts'
import type { ChannelDeclaration } from '../events/channel.ts'
import type { ControllerDeclaration } from '../events/controller.ts'
import type { Versioned } from '../events/validity.ts'
import { type Actor, recordCommand } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { uuidv7 } from '../platform/ids.ts'
import type { JsonObject } from '../platform/json.ts'
import { controllerKind, controllerStream, type Kind } from './kinds.ts'
import { type DeclaredVersion, declaredVersions, listDeclarations } from './queries.ts'
import { demandReassignable } from './reassignment.ts'
import {
  checkActivity,
  checkChannel,
  checkController,
  checkControllership,
  checkRule,
  type World,
} from './rules.ts'
import { demandUnused } from './unused.ts'

export type DeclareWish<T extends object> = {
  /** Of what is to be changed; a new aggregate without. */
  readonly id?: string
  /** The version its author saw; absent: whatever version it has. */
  readonly expectedVersion?: number
  /** Parsed by the kind's schema. */
  readonly document: T
  readonly actor: Actor
  /** What else stands open in the event, beside the document. */
  readonly data?: JsonObject
}

/** Declares a new document, or a new version of one. What it refers to must be there, and it may not contradict what stands. */
export function declare<T extends object>(
  ledger: Ledger,
  log: Log,
  kind: Kind<T>,
  wish: DeclareWish<T>,
): Promise<DeclaredVersion> {
  // One after the other: what a declaration is checked against must not change before it is recorded.
  return inTurn(ledger, log, async () => {
    const { id } = wish
    const versions = await demandDeclarable(ledger, log, kind, id, wish.document)
    const current = versions.at(-1)
    const made = await record(ledger, log, kind, {
      ...wish,
      id: id ?? uuidv7(),
      expectedVersion: wish.expectedVersion ?? current?.version ?? 0,
    })
    const published = versions.filter(({ document }) => document['status'] === 'published').length
    return made.document['status'] === 'published' ? { ...made, publication: published + 1 } : made
  })
}

/**
 * Refuses what may not be declared: what refers to nothing, contradicts what stands, or leaves something without what it
 * needs. Answers the versions there are.
 */
export async function demandDeclarable<T extends object>(
  ledger: Ledger,
  log: Log,
  kind: Kind<T>,
  id: string | undefined,
  document: T,
): Promise<readonly DeclaredVersion[]> {
  const { versions, world, controllers } = await reading(ledger, log, async (tx) => ({
    versions:
      id === undefined ? [] : ((await declaredVersions(tx, log.controller, kind.name, { id }))[0] ?? []),
    world: await worldOf(tx, log.controller),
    controllers: (await declaredVersions(tx, log.controller, 'controller')).flat(),
  }))
  if (id !== undefined && versions.length === 0)
    throw new DomainError('not-found', `there is no ${kind.name} ${id}`)
  check(kind, world, id, document)
  // Documents were parsed before they were recorded.
  const declared = controllers as unknown as readonly Versioned<ControllerDeclaration>[]
  // The kind's name tells what the document is; its type parameter cannot.
  if (kind.name === 'controller') {
    const version = (versions.at(-1)?.version ?? 0) + 1
    const next = { version, document: document as unknown as ControllerDeclaration }
    checkController(world.channels, [...declared, next])
  }
  if (kind.name === 'channel') {
    const channel = document as unknown as ChannelDeclaration
    checkControllership(versions as never, channel)
    if (declared.length > 0) checkController(new Map([[id ?? 'to be declared', channel]]), declared)
    await demandReassignable(ledger, log, id, channel)
  }
  if (kind.name === 'activity' && (document as unknown as ProcessingActivity).status === 'retired')
    await demandUnused(ledger, log, id, world)
  return versions
}

/** Opens a controller's log by its own declaration. `already-exists` if the slug is taken. */
export async function declareController(
  ledger: Ledger,
  slug: string,
  document: ControllerDeclaration,
  actor: Actor,
): Promise<{ log: Log; declared: DeclaredVersion }> {
  if (document.slug !== slug) throw slugDiffers()
  // A log without a declaration is what a crash between the two has left: it is completed.
  const log = (await ledger.create(slug)) ?? (await ledger.find(slug))
  if (log === undefined) throw new DomainError('log-unavailable', 'The log was not opened. Try again.')
  const wish = { id: controllerStream, expectedVersion: 0, document, actor }
  try {
    return { log, declared: await record(ledger, log, controllerKind, wish) }
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'version-conflict') throw error
    throw new DomainError('already-exists', `There is a controller "${slug}" already.`, { cause: error })
  }
}

export function slugDiffers(): DomainError {
  return new DomainError('validation-failed', '1 field does not fit', {
    violations: [{ pointer: '/slug', reason: 'must be the slug in the address: it never changes' }],
  })
}

async function record<T extends object>(
  ledger: Ledger,
  log: Log,
  kind: Kind<T>,
  wish: DeclareWish<T> & { readonly id: string; readonly expectedVersion: number },
): Promise<DeclaredVersion> {
  const { id, expectedVersion, document, actor, data } = wish
  const { open, personal } = kind.splitPersonal(document)
  const appended = await recordCommand(ledger, log, {
    type: `${kind.name}.declared`,
    streamId: id,
    expectedVersion,
    actor,
    data: { ...data, document: open as JsonObject },
    ...(Object.keys(personal).length === 0 ? {} : { sealed: { personal: personal as JsonObject } }),
  })
  return {
    id,
    version: appended.version,
    position: appended.position as string,
    declaredAt: appended.recordedAt.toISOString(),
    document: open,
  }
}

async function worldOf(tx: Parameters<typeof listDeclarations>[0], controller: number): Promise<World> {
  const byId = async (kind: 'channel' | 'activity' | 'rule') => {
    const { items } = await listDeclarations(tx, controller, kind)
    // They were parsed before they were recorded.
    return new Map(items.map(({ id, document }) => [id, document as never]))
  }
  return { channels: await byId('channel'), activities: await byId('activity'), rules: await byId('rule') }
}

function check<T extends object>(kind: Kind<T>, world: World, id: string | undefined, document: T): void {
  // The kind's name tells what the document is; its type parameter cannot.
  if (kind.name === 'channel') checkChannel(world, id, document as never)
  if (kind.name === 'activity') checkActivity(world, id, document as never)
  if (kind.name === 'rule') checkRule(world, id, document as never)
}

const turns = new WeakMap<Ledger, Map<number, Promise<unknown>>>()

function inTurn<T>(ledger: Ledger, log: Log, work: () => Promise<T>): Promise<T> {
  const own = turns.get(ledger) ?? new Map<number, Promise<unknown>>()
  turns.set(ledger, own)
  const done = (own.get(log.controller) ?? Promise.resolve()).then(work, work)
  own.set(log.controller, done)
  return done
}
