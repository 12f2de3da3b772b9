import { hash } from 'node:crypto'
import type { z } from 'zod'
import { currentDeclaration } from '../declarations/queries.ts'
import { type Actor, type Command, recordCommand, recordCommands } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { dueAfter, startOfDay } from './report-rules.ts'
import { capturedObject, itemBy, supervisedChannels } from './rounds-queries.ts'
import type { ActOnItem, NoticeItem, RecordRound, Unpublish } from './rounds-schemas.ts'

function refuse(pointer: string, reason: string): never {
  throw new DomainError('validation-failed', '1 field does not fit', { violations: [{ pointer, reason }] })
}

function past(ledger: Ledger, at: string, pointer: string): string {
  if (Date.parse(at) > ledger.clock.now().getTime()) refuse(pointer, 'lies in the future')
  return new Date(at).toISOString()
}

async function requireChannel(ledger: Ledger, log: Log, channel: string): Promise<void> {
  const found = await reading(ledger, log, (tx) => currentDeclaration(tx, log.controller, 'channel', channel))
  if (found === undefined) refuse('/channel', 'is no channel of this controller')
}

const noteOf = (note: string | undefined) => (note === undefined ? {} : { sealed: { note } })

/** Somebody has looked through a channel. Who stands sealed in the event. Answers the round's id and position. */
export async function recordRound(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  wish: z.infer<typeof RecordRound>,
): Promise<{ id: string; position: string }> {
  const { channel, seen, acted, note } = wish
  await requireChannel(ledger, log, channel)
  const from = past(ledger, wish.from, '/from')
  const to = past(ledger, wish.to, '/to')
  const made = await recordCommand(ledger, log, {
    type: 'supervision.looked-through',
    expectedVersion: 0,
    actor,
    channelId: channel,
    data: { from, to, seen, acted },
    ...noteOf(note),
  })
  return { id: made.streamId, position: made.position as string }
}

/** Somebody has come to know of something on a channel: from now on what counts is how soon it is acted on. */
export async function noticeItem(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  wish: z.infer<typeof NoticeItem>,
): Promise<string> {
  const { channel, object, source, note } = wish
  await requireChannel(ledger, log, channel)
  const knownAt = past(ledger, wish.knownAt, '/knownAt')
  const found =
    object === undefined
      ? undefined
      : await reading(ledger, log, (tx) => capturedObject(tx, log.controller, object))
  if (object !== undefined && found?.channel !== channel) refuse('/object', 'is no object of that channel')
  const made = await recordCommand(ledger, log, {
    type: 'supervision.noticed',
    expectedVersion: 0,
    actor,
    channelId: channel,
    data: { source, knownAt, ...(found === undefined ? {} : { object: found.object }) },
    ...noteOf(note),
  })
  return made.streamId
}

/** What was done about it; once. */
export async function actOnItem(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  wish: z.infer<typeof ActOnItem>,
): Promise<void> {
  const actedAt = past(ledger, wish.actedAt, '/actedAt')
  const command = await actionOn(ledger, log, actor, id, wish.action, actedAt)
  await recordCommand(ledger, log, { ...command, ...noteOf(wish.note) })
}

async function actionOn(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  action: string,
  actedAt: string,
): Promise<Command> {
  const item = await reading(ledger, log, (tx) => itemBy(tx, log.controller, id))
  if (item === undefined) throw new DomainError('not-found', 'no such item')
  if (item.actedAt !== undefined) throw new DomainError('state-conflict', 'It has been acted on already.')
  if (new Date(actedAt) < item.knownAt) refuse('/actedAt', 'lies before it was known of')
  return {
    type: 'supervision.acted',
    streamId: id,
    expectedVersion: 1,
    actor,
    channelId: item.channel,
    data: { action, actedAt },
  }
}

/**
 * Avpublicering: an object is taken off its channel and its copy kept. Refused with the reason where there is no copy: then
 * taking it off would be gallring, which is another command, needs a decision, and is done by a purge.
 */
export async function unpublish(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  wish: z.infer<typeof Unpublish>,
): Promise<{ object: string; position: string; ground: string }> {
  const found = await reading(ledger, log, (tx) => capturedObject(tx, log.controller, wish.object))
  if (found === undefined) {
    refuse('/object', 'was never captured: to take it off would be gallring, which needs a decision')
  }
  if (found.condemned) throw new DomainError('condemned', 'It is condemned: there will be no copy to keep.')
  if (!found.created || !found.content) {
    throw new DomainError(
      'state-conflict',
      'Only that it exists is recorded, and not what it says: to take it off would be gallring. Capture it first.',
    )
  }
  if (found.unpublished !== null) {
    throw new DomainError('state-conflict', `It was unpublished at position ${found.unpublished}.`)
  }
  const { object, channel } = found
  const now = ledger.clock.now().toISOString()
  const [made] = await recordCommands(ledger, log, [
    {
      type: 'object.unpublished',
      expectedVersion: 0,
      actor,
      channelId: channel,
      data: { object, ground: wish.ground },
      sealed: { text: wish.text },
    },
    ...(wish.item === undefined ? [] : [await actionOn(ledger, log, actor, wish.item, 'unpublished', now)]),
  ])
  return { object, position: made?.position as string, ground: wish.ground }
}

/** A round that has not come in time. */
export type Overdue = { readonly channel: string; readonly dueAt: Date }

/** The channels whose next round is overdue now. */
export async function overdueRounds(ledger: Ledger, log: Log): Promise<Overdue[]> {
  const now = ledger.clock.now()
  const channels = await reading(ledger, log, (tx) => supervisedChannels(tx, log.controller))
  return channels.flatMap(({ channel, document, last }) => {
    const { supervisionInterval, openedOn, closedOn } = document
    if (supervisionInterval === undefined || (closedOn !== undefined && closedOn < localDay(now))) return []
    const dueAt = dueAfter(last ?? startOfDay(openedOn), supervisionInterval)
    return dueAt < now ? [{ channel, dueAt }] : []
  })
}

/** Raises an alarm for every round that is overdue: one event for each that was missed, however often it is looked. */
export async function raiseAlarms(ledger: Ledger, log: Log, actor: string): Promise<number> {
  let raised = 0
  for (const { channel, dueAt } of await overdueRounds(ledger, log)) {
    const streamId = alarmStream(channel, dueAt)
    const known = await reading(ledger, log, async (tx) => {
      const { rows } = await tx.query(
        'select 1 from model.supervision_alarm a where a.controller_id = $1 and a.channel_id = $2 and a.due_at = $3',
        [log.controller, channel, dueAt],
      )
      return rows.length > 0
    })
    if (known) continue
    try {
      await recordCommand(ledger, log, {
        type: 'supervision.overdue',
        streamId,
        expectedVersion: 0,
        actor: { name: actor },
        channelId: channel,
        data: { dueAt: dueAt.toISOString() },
      })
      raised += 1
    } catch (error) {
      // Another worker was faster: the alarm is there.
      if (!(error instanceof DomainError) || error.code !== 'version-conflict') throw error
    }
  }
  return raised
}

function alarmStream(channel: string, dueAt: Date): string {
  const hex = hash('sha256', `liggare/supervision-alarm/v1 ${channel} ${dueAt.toISOString()}`)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
