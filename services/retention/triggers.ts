import type { PoolClient } from 'pg'
import type { Verb } from '../events/interaction.ts'
import type { Day } from '../events/vocabulary.ts'
import { type Actor, recordCommand } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { uuidv7 } from '../platform/ids.ts'

/** What somebody declares of an object, that starts a period. The column keeps the day that was declared last. */
export const triggers = {
  matterClosed: 'closed_on',
  declaredObsolete: 'obsolete_on',
  withdrawn: 'withdrawn_on',
} as const
export type Trigger = keyof typeof triggers

/** Objects by their ids or by those of their events, or all of a channel that are older than a day and not yet triggered. */
export type TriggerScope =
  | { readonly objects: readonly string[] }
  | { readonly channel: string; readonly verb?: Verb | undefined; readonly before: Day }

export type TriggerWish = {
  readonly trigger: Trigger
  readonly day: Day
  readonly scope: TriggerScope
  /** Why, in words: sealed. */
  readonly text?: string | undefined
}

export type Triggered = { readonly id: string; readonly events: number; readonly objects: number }

/** Objects that one event names. */
const chunkSize = 1_000

/** Declares it of every object in the scope, in events of at most 1,000; after a crash the same wish by query goes on. */
export async function triggerRetention(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  wish: TriggerWish,
  onProgress: (objects: number) => void = () => {},
): Promise<Triggered> {
  if (wish.day > localDay(ledger.clock.now())) throw misfit('/day', 'lies in the future')
  const id = uuidv7()
  let events = 0
  let objects = 0
  for await (const chunk of chunksOf(ledger, log, wish)) {
    await recordCommand(ledger, log, {
      type: 'retention.triggered',
      streamId: id,
      expectedVersion: events,
      actor,
      data: { trigger: wish.trigger, day: wish.day, objects: chunk },
      ...(wish.text === undefined ? {} : { sealed: { text: wish.text } }),
    })
    events += 1
    objects += chunk.length
    onProgress(objects)
  }
  return { id, events, objects }
}

function misfit(pointer: string, reason: string): DomainError {
  return new DomainError('validation-failed', '1 field does not fit', { violations: [{ pointer, reason }] })
}

async function* chunksOf(ledger: Ledger, log: Log, { trigger, scope }: TriggerWish) {
  if ('objects' in scope) {
    const found = await reading(ledger, log, (tx) => objectsOf(tx, log.controller, scope.objects))
    for (let at = 0; at < found.length; at += chunkSize) yield found.slice(at, at + chunkSize)
    return
  }
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const chunk = await reading(ledger, log, (tx) => nextOf(tx, log.controller, trigger, scope, after))
    if (chunk.length === 0) return
    yield chunk
    after = chunk.at(-1) as string
  }
}

/** The objects behind some ids; `validation-failed` names those that are none of this controller or condemned already. */
async function objectsOf(tx: PoolClient, controller: number, ids: readonly string[]): Promise<string[]> {
  const { rows } = await tx.query<{ n: number; object_id: string | null; condemned: boolean }>(
    `select w.n::int, o.object_id, o.condemned_position is not null as condemned
       from unnest($2::uuid[]) with ordinality w(id, n)
       left join model.object o on o.controller_id = $1 and o.object_id = coalesce(
         (select e.stream_id from ledger.event e where e.controller_id = $1 and e.event_id = w.id and starts_with(e.type, 'interaction.')), w.id)
      order by w.n`,
    [controller, ids],
  )
  const violations = rows
    .filter(({ object_id, condemned }) => object_id === null || condemned)
    .map(({ n, condemned }) => ({
      pointer: `/objects/${n - 1}`,
      reason: condemned ? 'is condemned already' : 'is no object of this controller',
    }))
  if (violations.length > 0) {
    throw new DomainError('validation-failed', `${violations.length} objects do not fit`, { violations })
  }
  return [...new Set(rows.map(({ object_id }) => object_id as string))]
}

async function nextOf(
  tx: PoolClient,
  controller: number,
  trigger: Trigger,
  scope: Exclude<TriggerScope, { objects: readonly string[] }>,
  after: string,
): Promise<string[]> {
  const { rows } = await tx.query<{ object_id: string }>(
    `select o.object_id from model.retention_class c
       join model.object o on o.controller_id = $1 and o.class_id = c.class_id
      where c.controller_id = $1 and c.channel_id = $2 and ($3::text is null or c.verb = $3)
        and o.occurred_on < $4 and o.${triggers[trigger]} is null and o.condemned_position is null and o.object_id > $5
      order by o.object_id limit ${chunkSize}`,
    [controller, scope.channel, scope.verb ?? null, scope.before, after],
  )
  return rows.map((row) => row.object_id)
}
