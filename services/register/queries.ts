import { listDeclarations } from '../declarations/queries.ts'
import { ProcessingActivity } from '../events/activity.ts'
import { ChannelDeclaration } from '../events/channel.ts'
import { ControllerDeclaration } from '../events/controller.ts'
import { type Capacity, Verb } from '../events/interaction.ts'
import { RetentionRule } from '../events/retention-rule.ts'
import { logSize } from '../ledger/read.ts'
import type { ClassKey, Observation, RegisterFacts, Stated } from './facts.ts'

type Tx = Parameters<typeof logSize>[0]
type Declared = Pick<RegisterFacts, 'controller' | 'channels' | 'activities' | 'rules'>

/** What is declared now. */
export async function readDeclared(tx: Tx, controller: number): Promise<Declared> {
  const read = async <T>(
    kind: 'controller' | 'channel' | 'activity' | 'rule',
    schema: { parse: (it: unknown) => T },
  ) => {
    const { items } = await listDeclarations(tx, controller, kind)
    return items.map(
      ({ id, version, document }): Stated<T> => ({ id, version, document: schema.parse(document) }),
    )
  }
  return {
    controller: (await read('controller', ControllerDeclaration))[0],
    channels: await read('channel', ChannelDeclaration),
    activities: await read('activity', ProcessingActivity),
    rules: await read('rule', RetentionRule),
  }
}

type Seen = Pick<RegisterFacts, 'size' | 'observations' | 'objects'>

/** What the log shows, from its counters: costs the kinds of records, what is held and what was disposed of, not the log's length. */
export async function readSeen(tx: Tx, controller: number): Promise<Seen> {
  const observations = await tx.query<Omit<Observation, 'records'> & { records: string }>(
    `select o.channel_id as channel, o.verb, o.category, o.capacity, o.records, o.first_on as first, o.last_on as last
       from model.observation o where o.controller_id = $1 and o.records > 0
      order by o.channel_id, o.verb, o.capacity, o.category`,
    [controller],
  )
  return {
    size: await logSize(tx, controller),
    // A variant of a fact is no act of its own: it has the class of what it varies.
    observations: observations.rows.flatMap((row) =>
      Verb.safeParse(row.verb).success ? [{ ...row, records: Number(row.records) }] : [],
    ),
    objects: await readObjects(tx, controller),
  }
}

async function readObjects(tx: Tx, controller: number): Promise<Seen['objects']> {
  const { rows } = await tx.query<{
    channel: string
    verb: Verb
    capacity: Capacity
    disposed: number
    held: number
  }>(
    `with active as materialized (
       select h.kind, h.target_id from model.hold h where h.controller_id = $1 and h.lifted_position is null
     ), held as materialized (
       select o.object_id, o.class_id from active h
         join model.object o on o.controller_id = $1 and o.object_id = h.target_id
        where h.kind in ('object', 'thread')
       union
       select o.object_id, o.class_id from active h
         join model.object o on o.controller_id = $1 and o.thread_id = h.target_id
        where h.kind = 'thread'
       union
       select o.object_id, o.class_id from active h
         join model.retention_class c on c.controller_id = $1 and c.channel_id = h.target_id
         join model.object o on o.controller_id = $1 and o.class_id = c.class_id and o.condemned_position is null
        where h.kind = 'channel'
       union
       select o.object_id, o.class_id from active h
         join ledger.event_part p on p.controller_id = $1 and p.subject_id = h.target_id
         join ledger.event e on e.controller_id = $1 and e.position = p.position
         join model.object o on o.controller_id = $1 and o.object_id = e.stream_id
        where h.kind = 'subject'
     ), held_count as (select class_id, count(*)::int as n from held group by class_id
     ), disposed as (
       select o.class_id, count(*)::int as n from model.object o
        where o.controller_id = $1 and o.condemned_position is not null and o.disposed_position is not null
        group by o.class_id
     )
     select c.channel_id as channel, c.verb, c.capacity, coalesce(d.n, 0) as disposed, coalesce(h.n, 0) as held
       from model.retention_class c
       left join disposed d on d.class_id = c.class_id
       left join held_count h on h.class_id = c.class_id
      where c.controller_id = $1 and (d.n is not null or h.n is not null)`,
    [controller],
  )
  return rows satisfies (ClassKey & { disposed: number; held: number })[]
}

/**
 * Persons seen on each of some sets of channels. An index-only count: grows with the number of persons, not with what
 * they did. By channel, since that is what is indexed: an activity limited to some verbs shows those of its channels.
 */
export async function countSubjects(
  tx: Tx,
  controller: number,
  sets: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const single = await tx.query<{ channel: string; n: number }>(
    `select s.channel_id as channel, count(*)::int as n from model.channel_subject s where s.controller_id = $1 group by s.channel_id`,
    [controller],
  )
  for (const { channel, n } of single.rows) counts.set(channel, n)
  for (const [key, channels] of sets) {
    if (channels.length < 2) continue
    const { rows } = await tx.query<{ n: number }>(
      `select count(*)::int as n from (
         select distinct s.subject_id from model.channel_subject s where s.controller_id = $1 and s.channel_id = any ($2::uuid[])) x`,
      [controller, channels],
    )
    counts.set(key, rows[0]?.n ?? 0)
  }
  return counts
}
