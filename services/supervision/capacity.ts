import { hash } from 'node:crypto'
import { interactionsBy } from '../interactions/queries.ts'
import { openHeaders } from '../interactions/queries-open.ts'
import { type Actor, type Command, recordCommands } from '../ledger/command.ts'
import { findIds } from '../ledger/find.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { uuidv7 } from '../platform/ids.ts'
import { actorOfEvent, ruledObject, rulingOn, rulingSteps, type StandingRuling } from './capacity-queries.ts'
import {
  checkContest,
  checkDestruction,
  checkRuling,
  phaseOf,
  quarantineDays,
  type RuledObject,
} from './capacity-rules.ts'
import type { CapacityRuling, OpenedRuling, RuleCapacity } from './capacity-schemas.ts'

/** The ground of the holds that keep the content while it is quarantined or the ruling contested. */
const holdGround = { quarantine: 'capacity-quarantine', contest: 'capacity-contested' } as const

/** One stream of rulings for each object, also when two persons rule at once: then one of them is told so. */
function rulingStream(object: string): string {
  const hex = hash('sha256', `liggare/capacity-ruling/v1 ${object}`)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export function rulingView(ruling: StandingRuling, now: Date): CapacityRuling {
  const { object, version, capacity, ground, quarantineUntil, position } = ruling
  const { contestedPosition, approvedPosition } = ruling
  const phase = phaseOf(ruling, ruling.condemned, localDay(now))
  return {
    object,
    version,
    capacity,
    ground,
    phase,
    quarantineUntil,
    position,
    contestedPosition,
    approvedPosition,
  }
}

/**
 * A person's ruling on the capacity somebody acted in, or the correction of one. Private acts leave the register and the
 * answers with it; their content is held for the quarantine, out of reach of ordinary reading.
 */
export async function ruleCapacity(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  wish: RuleCapacity,
): Promise<CapacityRuling> {
  const { object, ruling } = await standing(ledger, log, wish.object)
  const { capacity, ground, text } = wish
  checkRuling(object, ruling, capacity)
  const streamId = ruling?.rulingId ?? rulingStream(object.object)
  const isPrivate = capacity === 'private'
  const hold = isPrivate ? uuidv7() : undefined
  const until = isPrivate ? localDay(daysAfter(ledger.clock.now(), quarantineDays)) : undefined
  await recordCommands(ledger, log, [
    {
      type: 'capacity.ruled',
      streamId,
      expectedVersion: await versionOf(ledger, log, ruling),
      actor,
      channelId: object.channel,
      data: {
        objects: [object.object],
        capacity,
        before: object.capacity,
        ground,
        ...(hold === undefined || until === undefined ? {} : { hold, quarantineUntil: until }),
      },
      sealed: { text },
    },
    ...(hold === undefined || until === undefined
      ? []
      : [placed(object, hold, streamId, holdGround.quarantine, actor, until)]),
    ...lifted(ruling, actor, ['holdId', 'contestHoldId']),
  ])
  return view(ledger, log, object.object)
}

/** Somebody holds the ruling wrong: the content is kept, also past the quarantine, until it is ruled anew. */
export async function contestRuling(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  text: string,
): Promise<CapacityRuling> {
  const { object, ruling } = await ruled(ledger, log, id)
  checkContest(object, ruling)
  const hold = uuidv7()
  await recordCommands(ledger, log, [
    {
      type: 'capacity.contested',
      streamId: ruling.rulingId,
      expectedVersion: await versionOf(ledger, log, ruling),
      actor,
      data: { object: object.object, ruling: ruling.position, hold },
      sealed: { text },
    },
    placed(object, hold, ruling.rulingId, holdGround.contest, actor),
  ])
  return view(ledger, log, object.object)
}

/** The second person's word: the content of a private act may go with the next purge. The ruling stays. */
export async function approveDestruction(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  text: string,
): Promise<CapacityRuling> {
  const { object, ruling } = await ruled(ledger, log, id)
  const ruler = await reading(ledger, log, (tx) => actorOfEvent(tx, log.controller, ruling.position))
  const { identities } = await findIds(ledger, log, {
    objects: [],
    identities: [JSON.stringify(['actor', actor.name])],
  })
  const samePerson = ruler !== undefined && identities[0] === ruler
  checkDestruction(object, ruling, localDay(ledger.clock.now()), samePerson)
  await recordCommands(ledger, log, [
    {
      type: 'capacity.destruction-approved',
      streamId: ruling.rulingId,
      expectedVersion: await versionOf(ledger, log, ruling),
      actor,
      data: { object: object.object, ruling: ruling.position },
      sealed: { text },
    },
    ...lifted(ruling, actor, ['holdId']),
  ])
  return view(ledger, log, object.object)
}

/** The ruling with its reasons and what it is about, also while that is quarantined: for whoever has to judge it. */
export async function openRuling(
  ledger: Ledger,
  log: Log,
  id: string,
  why: { readonly actor: Actor; readonly purpose: string },
): Promise<OpenedRuling> {
  const { object, ruling } = await ruled(ledger, log, id)
  const steps = await reading(ledger, log, (tx) => rulingSteps(tx, log.controller, ruling.rulingId))
  return lookUp(ledger, log, { ...why, kind: 'shown', scope: { ruling: object.object } }, (open, position) =>
    reading(ledger, log, async (tx) => {
      const parts = await open(
        tx,
        steps.map((step) => step.position),
      )
      const headers = await interactionsBy(tx, log.controller, { stream: object.object })
      const textAt = (at: string) => parts.find((part) => part.position === at)?.content?.['text']
      return {
        ruling: rulingView(ruling, ledger.clock.now()),
        steps: steps.map((step) => ({
          position: step.position,
          type: step.type as OpenedRuling['steps'][number]['type'],
          at: step.recordedAt.toISOString(),
          ...pick(step.data, ['capacity', 'ground']),
          ...(typeof textAt(step.position) === 'string' ? { text: textAt(step.position) as string } : {}),
        })),
        interactions: await openHeaders(tx, log, open, headers),
        lookUp: position,
      }
    }),
  )
}

function pick(data: Readonly<Record<string, unknown>>, names: readonly string[]) {
  return Object.fromEntries(
    names.filter((name) => data[name] !== undefined).map((name) => [name, data[name]]),
  )
}

async function standing(ledger: Ledger, log: Log, id: string) {
  const found = await reading(ledger, log, async (tx) => {
    const object = await ruledObject(tx, log.controller, id)
    return object && { object, ruling: await rulingOn(tx, log.controller, object.object) }
  })
  if (found === undefined) {
    throw new DomainError('validation-failed', '1 field does not fit', {
      violations: [{ pointer: '/object', reason: 'is no object of this controller' }],
    })
  }
  return found
}

async function ruled(ledger: Ledger, log: Log, id: string) {
  const found = await reading(ledger, log, async (tx) => ({
    object: await ruledObject(tx, log.controller, id),
    ruling: await rulingOn(tx, log.controller, id),
  }))
  if (found.object === undefined || found.ruling === undefined) {
    throw new DomainError('not-found', 'no ruling on such an object')
  }
  return { object: found.object, ruling: found.ruling }
}

async function view(ledger: Ledger, log: Log, object: string): Promise<CapacityRuling> {
  const ruling = await reading(ledger, log, (tx) => rulingOn(tx, log.controller, object))
  return rulingView(ruling as StandingRuling, ledger.clock.now())
}

/** Contestations and words stand on the same stream as the rulings. */
async function versionOf(ledger: Ledger, log: Log, ruling: StandingRuling | undefined): Promise<number> {
  if (ruling === undefined) return 0
  const steps = await reading(ledger, log, (tx) => rulingSteps(tx, log.controller, ruling.rulingId))
  return steps.at(-1)?.streamVersion ?? 0
}

function placed(
  { object }: RuledObject,
  hold: string,
  ruling: string,
  ground: string,
  actor: Actor,
  reviewOn?: string,
): Command {
  return {
    type: 'hold.placed',
    streamId: hold,
    expectedVersion: 0,
    actor,
    // `case`: nobody lifts it by itself, only with the ruling.
    data: {
      kind: 'object',
      target: object,
      ground,
      case: ruling,
      ...(reviewOn === undefined ? {} : { reviewOn }),
    },
  }
}

function lifted(
  ruling: StandingRuling | undefined,
  actor: Actor,
  which: readonly ('holdId' | 'contestHoldId')[],
): Command[] {
  return which.flatMap((name) => {
    const streamId = ruling?.[name] ?? null
    // The quarantine's own hold went with the second person's word.
    const gone = name === 'holdId' && ruling?.approvedPosition !== null
    if (streamId === null || gone) return []
    return [{ type: 'hold.lifted', streamId, expectedVersion: 1, actor, data: { ground: 'capacity-ruling' } }]
  })
}

function daysAfter(instant: Date, days: number): Date {
  return new Date(instant.getTime() + days * 86_400_000)
}
