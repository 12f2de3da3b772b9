import type { PoolClient } from 'pg'
import type { Day } from '../events/vocabulary.ts'
import { type Actor, type Command, recordCommands } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { factsOf, type RetentionBasis, retentionBasis } from './basis-queries.ts'
import { readMark, writeMark } from './class-rules.ts'
import {
  type ErasureCase,
  erasureCase,
  heldOtherwise,
  type OwnObject,
  othersObjects,
  ownObjects,
} from './erasure-queries.ts'
import { resolve } from './resolve.ts'
import type { RuleVersion } from './rules.ts'

/**
 * The tag of an object whose erasure was granted. What erases it is a rule of the municipality scoped by this tag: a
 * public record is destroyed under a disposal decision only, and where a rule preserves it the rule preserves it.
 */
export const erasureTag = 'erasure-granted'

/** Why an object stays: art. 17.3 b (a duty to preserve, or no decision to dispose), 17.3 d and e and others (a hold). */
export type KeptReason = 'preserved' | 'noDecision' | 'laterRule' | 'held'

export type Kept = {
  readonly reason: KeptReason
  /** The rule that preserves, or the ground of the hold. */
  readonly by?: string
  readonly objects: number
}

export type ErasurePreview = {
  readonly going: number
  readonly kept: readonly Kept[]
  /** Objects of others in which the person stands: these are not the person's to erase. */
  readonly ofOthers: number
}

type Judged = { readonly objectId: string; readonly reason?: KeptReason; readonly by?: string }

/** Objects that one event names. */
const chunkSize = 1_000

/** What would go if the erasure were granted today, and what would stay and why. Nothing is opened. */
export async function previewErasure(ledger: Ledger, log: Log, id: string): Promise<ErasurePreview> {
  const today = localDay(ledger.clock.now())
  return reading(ledger, log, async (tx) => {
    const { judged, ofOthers } = await judge(tx, log.controller, id, await openCase(tx, log, id), today)
    return previewOf(judged, ofOthers)
  })
}

/**
 * Grants the erasure of what may go: it is marked, in events of at most 1,000 objects, and destroyed record by record by
 * the next purge once the case is closed and no longer holds it. The person is forgotten with their last record. Granting
 * again, after a crash or when a hold has gone, adds what was not granted before.
 */
export async function grantErasure(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  note?: string,
): Promise<ErasurePreview> {
  const today = localDay(ledger.clock.now())
  const { judged, ofOthers, version } = await reading(ledger, log, async (tx) => {
    const file = await openCase(tx, log, id)
    return { ...(await judge(tx, log.controller, id, file, today)), version: file.version }
  })
  const objects = judged.filter(({ reason }) => reason === undefined).map(({ objectId }) => objectId)
  for (let at = 0; at < objects.length; at += chunkSize) {
    const chunk = objects.slice(at, at + chunkSize)
    const granted: Command = {
      type: 'erasure.granted',
      streamId: id,
      expectedVersion: version + at / chunkSize,
      actor,
      data: { objects: chunk },
      ...(note === undefined ? {} : { sealed: { note } }),
    }
    const tagged = { type: 'object.tagged', actor, data: { tags: [erasureTag], objects: chunk } }
    await recordCommands(ledger, log, [granted, tagged])
  }
  return previewOf(judged, ofOthers)
}

async function openCase(tx: PoolClient, log: Log, id: string): Promise<ErasureCase> {
  const file = await erasureCase(tx, log.controller, id)
  if (file === undefined) throw new DomainError('not-found', 'There is no such case about erasure')
  if (!file.open) throw new DomainError('state-conflict', 'The case is closed')
  if (file.subjects.length === 0)
    throw new DomainError('decision-missing', 'Nobody is linked to the case yet')
  return file
}

async function judge(
  tx: PoolClient,
  controller: number,
  id: string,
  { subjects }: ErasureCase,
  today: Day,
): Promise<{ judged: Judged[]; ofOthers: number }> {
  const basis = await retentionBasis(tx, controller)
  const own = await ownObjects(tx, controller, subjects)
  const ids = own.map(({ objectId }) => objectId)
  const held = await heldOtherwise(tx, controller, ids, id)
  const judged = own.map((it): Judged => {
    const ground = held.get(it.objectId)
    const kept = keptBy(basis, it, today)
    // A duty to preserve is told before a hold: that ends one day.
    if (kept?.reason === 'preserved' || ground === undefined) return { objectId: it.objectId, ...kept }
    return { objectId: it.objectId, reason: 'held', by: ground }
  })
  return { judged, ofOthers: await othersObjects(tx, controller, subjects, ids) }
}

/** What the rules would say of the object once it carries the tag; undefined: it goes. */
function keptBy(
  basis: RetentionBasis,
  { facts }: OwnObject,
  today: Day,
): Omit<Judged, 'objectId'> | undefined {
  const { capacity, tags } = readMark(facts.mark)
  const mark = writeMark(capacity, [...tags, erasureTag])
  const resolution = resolve(basis.rules, factsOf(basis, { ...facts, mark }), today, basis.setting)
  const { deciding, outcome, policy } = resolution
  if (outcome === 'preserve') {
    const [rule] = deciding
    return { reason: 'preserved', ...(rule && { by: rule.rule.name }) }
  }
  const erasing = deciding.filter(isErasing)
  if (erasing.length === 0) return { reason: 'noDecision' }
  const other = deciding.find((it) => !isErasing(it))
  return policy === 'longest' && other !== undefined
    ? { reason: 'laterRule', by: other.rule.name }
    : undefined
}

function isErasing({ rule }: RuleVersion): boolean {
  return rule.scope.tags?.includes(erasureTag) === true
}

function previewOf(judged: readonly Judged[], ofOthers: number): ErasurePreview {
  const kept = new Map<string, Kept>()
  for (const { reason, by } of judged) {
    if (reason === undefined) continue
    const key = `${reason} ${by ?? ''}`
    const objects = (kept.get(key)?.objects ?? 0) + 1
    kept.set(key, { reason, ...(by === undefined ? {} : { by }), objects })
  }
  const going = judged.filter(({ reason }) => reason === undefined).length
  // In one order, whatever ids the objects have.
  const inOrder = [...kept].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, it]) => it)
  return { going, kept: inOrder, ofOthers }
}
