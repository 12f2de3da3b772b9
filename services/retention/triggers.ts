import type { Day } from '../events/vocabulary.ts'
import { type Actor, recordCommand } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { uuidv7 } from '../platform/ids.ts'
import type { JsonObject } from '../platform/json.ts'
import { chunksOf, type ObjectScope, type Undone } from './named-objects.ts'

/** What somebody declares of an object, that starts a period. The column keeps the day that was declared last. */
export const triggers = {
  matterClosed: 'closed_on',
  declaredObsolete: 'obsolete_on',
  withdrawn: 'withdrawn_on',
} as const
export type Trigger = keyof typeof triggers

export type TriggerWish = {
  readonly trigger: Trigger
  readonly day: Day
  readonly scope: ObjectScope
  /** Why, in words: sealed. */
  readonly text?: string | undefined
}

/** What became of a declaration: its stream, and how many objects it names in how many events. */
export type Named = { readonly id: string; readonly events: number; readonly objects: number }

/** Declares it of every object in the scope, in events of at most 1,000; after a crash the same wish by query goes on. */
export function triggerRetention(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  { trigger, day, scope, text }: TriggerWish,
  onProgress: (objects: number) => void = () => {},
): Promise<Named> {
  requirePast(ledger, day)
  return sayOfObjects(ledger, log, actor, {
    scope,
    undone: { sql: `o.${triggers[trigger]} is null` },
    eventOf: (objects) => ({
      type: 'retention.triggered',
      data: { trigger, day, objects },
      ...(text === undefined ? {} : { sealed: { text } }),
    }),
    onProgress,
  })
}

/** A day on which something has happened does not lie ahead. */
export function requirePast(ledger: Ledger, day: Day): void {
  if (day <= localDay(ledger.clock.now())) return
  throw new DomainError('validation-failed', '1 field does not fit', {
    violations: [{ pointer: '/day', reason: 'lies in the future' }],
  })
}

export type Saying = {
  readonly scope: ObjectScope
  readonly undone: Undone
  readonly eventOf: (objects: string[]) => { type: string; data: JsonObject; sealed?: JsonObject }
  /** Refuses what must not be said of these objects. */
  readonly check?: (objects: readonly string[]) => Promise<void>
  readonly onProgress?: (objects: number) => void
}

/** Says something of many objects: one stream, events that name at most 1,000 each. */
export async function sayOfObjects(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  { scope, undone, eventOf, check, onProgress }: Saying,
): Promise<Named> {
  const id = uuidv7()
  let events = 0
  let objects = 0
  for await (const chunk of chunksOf(ledger, log, scope, undone)) {
    await check?.(chunk)
    await recordCommand(ledger, log, {
      ...eventOf(chunk),
      streamId: id,
      expectedVersion: events,
      actor,
    })
    events += 1
    objects += chunk.length
    onProgress?.(objects)
  }
  return { id, events, objects }
}
