import { RetentionRule } from '../../services/events/retention-rule.ts'
import { recordCommand } from '../../services/ledger/command.ts'
import type { Log } from '../../services/ledger/ledger.ts'
import type { Appended } from '../../services/ledger/log-writer.ts'
import { uuidv7 } from '../../services/platform/ids.ts'
import { abortPurge, orderPurge } from '../../services/retention/order.ts'
import { executePurge } from '../../services/retention/purge.ts'
import { pausePurge, resumePurge, revokePurge } from '../../services/retention/purge-steps.ts'
import { sweep } from '../../services/retention/sweep.ts'
import { commentDraft, newLog, someChannel, type testLedger } from './support.ts'

type House = Awaited<ReturnType<typeof testLedger>>

const actor = { name: 'archivist' }
const old = { occurredAt: '2026-03-05T10:15:00+01:00' }
const fresh = { occurredAt: '2026-11-20T10:15:00+01:00' }

type Record = (type: string, data: object, streamId?: string, expectedVersion?: number) => Promise<unknown>

/** What the municipality does about its records beside keeping and destroying them. */
async function oversee(command: Record, other: Record, objects: readonly Appended[]): Promise<void> {
  const [a, b, c, d, late] = objects.map((it) => it.streamId)
  const handed = { recipient: 'police', person: false, ground: 'criminalReport', disclosedOn: '2026-11-20' }
  await command('disclosure.made', { ...handed, organisation: 'Polismyndigheten', objects: [a, b] })
  const rule = (object: string | undefined, capacity: string, more: object = {}, ruling = uuidv7()) =>
    command('capacity.ruled', { objects: [object], capacity, ground: 'client', ...more }, ruling)
  const ruling = uuidv7()
  await rule(b, 'private', { quarantineUntil: '2026-12-23', hold: uuidv7() }, ruling)
  await command('capacity.contested', { object: b, hold: uuidv7() }, ruling)
  await rule(b, 'service', {}, ruling)
  await rule(b, 'mixed', {}, ruling)
  await rule(c, 'service')
  const known = uuidv7()
  await rule(d, 'private', { quarantineUntil: '2026-12-23' }, known)
  await command('capacity.destruction-approved', { object: d }, known)
  await other('capacity.destruction-approved', { object: d }, known)
  const item = uuidv7()
  await other('supervision.looked-through', {
    from: '2026-11-20T08:00:00Z',
    to: '2026-11-20T08:20:00Z',
    seen: 12,
    acted: 1,
  })
  await other('supervision.noticed', { object: a, source: 'round', knownAt: '2026-11-20T08:10:00Z' }, item)
  await other('supervision.acted', { action: 'unpublished', actedAt: '2026-11-20T09:00:00Z' }, item)
  await other('object.unpublished', { object: a, ground: 'offensive' })
  await other('supervision.overdue', { dueAt: '2026-11-21T08:20:00Z' })
  await other('supervision.overdue', { dueAt: '2026-11-21T08:20:00Z' })
  const entry = uuidv7()
  const entered = { enteredOn: '2026-11-20', direction: 'received', designation: '2026:1', object: a }
  await command('diary.entered', { ...entered, brief: 'Fråga om snöröjning', leftOut: [] }, entry)
  await command('diary.entered', { ...entered, person: true, leftOut: ['brief'] }, entry)
  // Of an object whose own act has not come yet: it says nothing of what comes after it.
  await rule(late, 'private')
}

/**
 * A log in which everything has happened that read models are made of: declarations and their next versions, an edit before
 * its object, reactions, a private message, duplicates, a purge revoked in its waiting period, holds placed and lifted, triggers (also for an object that comes
 * later), a purge, a sweep, a purge that its orderer and another approve and that is called off, and life after it all.
 */
export async function richHistory(house: House): Promise<Log> {
  const { ledger, purge } = house
  const log = await newLog(ledger)
  const writer = ledger.writer(log)
  const rule = uuidv7()
  const document = RetentionRule.parse({
    name: 'Kommentarer av ringa betydelse',
    recordType: 'Kommentar',
    action: 'destroy',
    period: 'P2M',
    start: 'occurred',
    decision: {
      body: 'Kommunstyrelsen',
      reference: 'KS 2026/1',
      date: '2026-01-15',
      wording: 'Gallras efter två månader.',
    },
    validFrom: '2026-02-01',
  })
  const command = (type: string, data: object, streamId?: string, expectedVersion?: number) =>
    recordCommand(ledger, log, {
      type,
      actor,
      data: data as never,
      ...(streamId === undefined ? {} : { streamId }),
      ...(expectedVersion === undefined ? {} : { expectedVersion }),
    })
  await command('rule.declared', { document }, rule, 0)
  const [early] = await writer.append([
    commentDraft('late', { verb: 'edited', ...old, text: 'först ändrad' }),
  ])
  const first = await writer.append([
    commentDraft('a', old),
    commentDraft('b', { ...old, verb: 'replied', inReplyTo: 'a', persons: [] }),
    commentDraft('c', { ...fresh, verb: 'messaged', capacity: 'private' }),
    commentDraft('d', old),
    commentDraft('d', old),
  ])
  const [, , message, heldObject] = first.map((it) => it.streamId)
  const later = uuidv7()
  await command('retention.triggered', {
    trigger: 'matterClosed',
    day: '2026-06-01',
    objects: [message, later],
  })
  await command('retention.triggered', { trigger: 'withdrawn', day: '2026-06-02', objects: [message] })
  await command('retention.triggered', { trigger: 'matterClosed', day: '2026-07-01', objects: [message] })
  await writer.append([{ ...commentDraft('z', fresh), stream: { id: later } }])
  const hold = await command(
    'hold.placed',
    { kind: 'object', target: heldObject, ground: 'Tillsyn' },
    uuidv7(),
    0,
  )
  const other = await command(
    'hold.placed',
    { kind: 'object', target: uuidv7(), ground: 'Tvist' },
    uuidv7(),
    0,
  )
  await command('hold.lifted', {}, other.streamId, 1)
  await writer.append([
    commentDraft('late', old),
    commentDraft('a', { ...fresh, verb: 'edited', text: 'ändrad' }),
    commentDraft('a', { ...fresh, verb: 'reacted', reaction: 'like' }),
    commentDraft('a', { ...fresh, verb: 'hidden' }),
  ])
  const byAnother: Record = (type, data, streamId) =>
    recordCommand(ledger, log, {
      type,
      actor: { name: 'registrar' },
      channelId: someChannel,
      data: data as never,
      ...(streamId === undefined ? {} : { streamId }),
    })
  await oversee(command, byAnother, [...first.slice(0, 4), early as Appended])
  // Condemned, revoked in its waiting period, given back, and then condemned by the next.
  const revoked = await orderPurge(ledger, log, actor.name, '2026-11-23', 1_000, 24)
  await executePurge(purge, log, revoked, actor.name)
  await pausePurge(ledger, log, actor, revoked)
  await resumePurge(ledger, log, actor, revoked)
  const { decision } = document
  if (decision !== undefined) await revokePurge(ledger, log, actor, revoked, decision)
  await executePurge(purge, log, revoked, actor.name)
  const id = await orderPurge(ledger, log, actor.name, '2026-11-23')
  await executePurge(purge, log, id, actor.name)
  house.clock.advance({ seconds: 60 })
  await sweep(ledger, actor.name)
  await command('rule.declared', { document: { ...document, period: 'P3M' } }, rule, 1)
  await command('hold.lifted', {}, hold.streamId, 1)
  const approved = await orderPurge(ledger, log, actor.name, '2026-11-23', 0)
  await command('purge.approved', {}, approved)
  await recordCommand(ledger, log, {
    type: 'purge.approved',
    streamId: approved,
    actor: { name: 'registrar' },
    data: {},
  })
  await abortPurge(ledger, log, actor, approved)
  await writer.append([
    commentDraft('e', fresh),
    commentDraft('f', { ...fresh, verb: 'published', capacity: 'service' }),
  ])
  await decisionsOn(house, log, message as string, heldObject as string)
  return log
}

/** What people say of objects and rules: tags given and taken, a capacity, a delivery, approvals, a platform's demand. */
async function decisionsOn({ ledger }: House, log: Log, message: string, held: string): Promise<void> {
  const say = (type: string, data: object, streamId?: string, name = actor.name) =>
    recordCommand(ledger, log, {
      type,
      actor: { name },
      channelId: someChannel,
      data: data as never,
      ...(streamId === undefined ? {} : { streamId }),
    })
  const both = [message, held]
  await say('object.tagged', { tags: ['trifling', 'routine'], objects: both })
  await say('object.untagged', { tags: ['trifling'], objects: [message] })
  await say('capacity.ruled', { capacity: 'service', ground: 'content', objects: [message] })
  await say('object.tagged', { tags: ['leader'], objects: [message, uuidv7()] })
  await say('object.untagged', { tags: ['routine', 'trifling'], objects: [held] })
  await say('object.tagged', { tags: ['trifling'], objects: [message] })
  await say('archive.delivered', {
    day: '2026-11-01',
    authority: 'Stadsarkivet',
    receipt: 'SA 1',
    objects: [held],
  })
  const query = { kind: 'query', target: uuidv7(), ground: 'appeal', verb: 'messaged', to: '2026-06-30' }
  await say('hold.placed', query)
  const rule = uuidv7()
  const document = {
    name: 'Allt',
    recordType: 'Allt',
    action: 'destroy',
    period: 'P1Y',
    start: 'received',
    validFrom: '2027-01-01',
  }
  await say('rule.declared', { document, approval: true, newlyDue: 2_000 }, rule)
  await say('rule.approved', { rule, version: 1 })
  await say('rule.approved', { rule, version: 1 }, undefined, 'registrar')
  const demand = await say('platform.demanded', { action: 'delete', object: message })
  await say('platform.demanded', { action: 'delete', object: message }, demand.streamId)
  await say('platform.decided', { demand: demand.streamId, decision: 'keep', ground: 'public-record' })
}
