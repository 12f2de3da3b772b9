import { standingOn } from '../declarations/as-of.ts'
import type { KindName } from '../declarations/kinds.ts'
import { type DeclaredVersion, declaredVersions } from '../declarations/queries.ts'
import { documentDigest } from '../declarations/schemas.ts'
import { ProcessingActivity } from '../events/activity.ts'
import { ChannelDeclaration } from '../events/channel.ts'
import { ControllerDeclaration } from '../events/controller.ts'
import { type Capacity, Verb } from '../events/interaction.ts'
import { RetentionRule } from '../events/retention-rule.ts'
import { governingOn, versionOn } from '../events/validity.ts'
import type { Day } from '../events/vocabulary.ts'
import { logSize } from '../ledger/read.ts'
import { localDay } from '../platform/clock.ts'
import type { ClassKey, Observation, RegisterFacts, Stated } from './facts.ts'

type Tx = Parameters<typeof logSize>[0]
type Declared = Pick<RegisterFacts, 'controller' | 'channels' | 'activities' | 'drafted' | 'rules'>

/** What is declared of a day, by the versions that the log holds. */
export async function readDeclared(tx: Tx, controller: number, day: Day): Promise<Declared> {
  const known = (kind: KindName) => declaredVersions(tx, controller, kind)
  const [declaredController] = standing(await known('controller'), 'controller', day, ControllerDeclaration)
  const channels = (await known('channel')).filter(
    (versions) => String(versions.at(-1)?.document['openedOn']) <= day,
  )
  const activities = await known('activity')
  return {
    controller: declaredController,
    channels: standing(channels, 'channel', day, ChannelDeclaration),
    activities: standing(activities, 'activity', day, ProcessingActivity),
    drafted: activities.flatMap((versions) => {
      const newest = versions.at(-1)
      const waits = newest?.document['status'] === 'draft' && newest.version > 1
      return waits && newest !== standingOn('activity', versions, day) ? [newest.id] : []
    }),
    rules: await rulesOn(tx, controller, day),
  }
}

/** Each rule by the version that retention goes by that day: the newest begun, of those that wait for no approval. */
async function rulesOn(tx: Tx, controller: number, day: Day): Promise<RegisterFacts['rules']> {
  const { rows } = await tx.query<{ id: string; version: number; document: unknown }>(
    `select r.rule_id as id, r.version, r.document from model.rule_version r
      where r.controller_id = $1 and not (r.approval and r.approved_position is null)
      order by r.rule_id, r.version`,
    [controller],
  )
  const versions = rows.map((row) => ({ ...row, document: RetentionRule.parse(row.document) }))
  return [...Map.groupBy(versions, ({ id }) => id).values()].flatMap((all) => versionOn(all, day) ?? [])
}

function standing<T>(
  all: readonly (readonly DeclaredVersion[])[],
  kind: KindName,
  day: Day,
  schema: { parse: (it: unknown) => T },
): Stated<T>[] {
  return all.flatMap((versions) => {
    const found = kind === 'channel' ? channelOn(versions, day) : standingOn(kind, versions, day)
    if (found === undefined) return []
    const { id, version, declaredAt, publication, document } = found
    return [
      {
        id,
        version,
        declaredOn: localDay(new Date(declaredAt)),
        digest: documentDigest(document),
        ...(publication === undefined ? {} : { publication }),
        document: schema.parse(document),
      },
    ]
  })
}

/** A closed channel stays: what was recorded from it does. It shows when it was closed, also beside an older decision. */
function channelOn(versions: readonly DeclaredVersion[], day: Day): DeclaredVersion | undefined {
  const governing = governingOn(versions as readonly (DeclaredVersion & { document: never })[], day)
  const { closedOn } = (versions.at(-1)?.document ?? {}) as { closedOn?: Day }
  if (governing === undefined) return undefined
  const { closedOn: _, ...document }: Record<string, unknown> = governing.document
  return { ...governing, document: closedOn === undefined ? document : { ...document, closedOn } }
}

type Seen = Pick<RegisterFacts, 'size' | 'knownAt' | 'observations' | 'objects'>

/**
 * What the log shows. From its counters: costs the kinds of records and what is held, not the log's length. With `upTo`
 * what had occurred by that day, which is counted from the log itself.
 */
export async function readSeen(tx: Tx, controller: number, upTo?: Day): Promise<Seen> {
  const { rows } = await tx.query<Omit<Observation, 'records'> & { records: string }>(
    upTo === undefined ? counters : recount,
    upTo === undefined ? [controller] : [controller, upTo],
  )
  const size = await logSize(tx, controller)
  const last = await tx.query<{ recorded_at: Date }>(
    'select e.recorded_at from ledger.event e where e.controller_id = $1 and e.position = $2::bigint - 1',
    [controller, size],
  )
  return {
    size,
    knownAt: last.rows[0]?.recorded_at.toISOString(),
    // A variant of a fact is no act of its own: it has the class of what it varies.
    observations: rows.flatMap((row) =>
      Verb.safeParse(row.verb).success ? [{ ...row, records: Number(row.records) }] : [],
    ),
    objects: await readObjects(tx, controller, upTo),
  }
}

const counters = `select o.channel_id as channel, o.verb, o.category, o.capacity, o.records, o.first_on as first, o.last_on as last
   from model.observation o where o.controller_id = $1 and o.records > 0
  order by o.channel_id, o.verb, o.capacity, o.category`

const recount = `select e.channel_id as channel, substr(e.type, 13) as verb, p.category, coalesce(e.capacity, 'undetermined') as capacity,
    count(distinct e.position) as records, min(e.occurred_on) as first, max(e.occurred_on) as last
   from ledger.event e
   join ledger.event_part p on p.controller_id = $1 and p.position = e.position
  where e.controller_id = $1 and starts_with(e.type, 'interaction.') and e.occurred_on <= $2
  group by 1, 2, 3, 4 order by 1, 2, 4, 3`

async function readObjects(tx: Tx, controller: number, upTo?: Day): Promise<Seen['objects']> {
  const { rows } = await tx.query<{
    channel: string
    verb: Verb
    capacity: Capacity
    disposed: number
    held: number
  }>(
    `with active as materialized (
       select h.kind, h.target_id, h.verb, h.from_on, h.to_on from model.hold h where h.controller_id = $1 and h.lifted_position is null
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
        where h.kind = 'channel' or h.kind = 'query' and c.verb = coalesce(h.verb, c.verb)
          and o.occurred_on between coalesce(h.from_on, '-infinity') and coalesce(h.to_on, 'infinity')
       union
       select o.object_id, o.class_id from active h
         join ledger.event_part p on p.controller_id = $1 and p.subject_id = h.target_id
         join ledger.event e on e.controller_id = $1 and e.position = p.position
         join model.object o on o.controller_id = $1 and o.object_id = e.stream_id
        where h.kind = 'subject'
     ), held_count as (
       select h.class_id, count(*)::int as n from held h
        where $2::date is null
           or (select o.occurred_on <= $2 from model.object o where o.controller_id = $1 and o.object_id = h.object_id)
        group by h.class_id
     ), disposed as (
       select i.class_id, sum(i.objects)::int as n from model.intent i
        where i.controller_id = $1 and $2::date is null and i.disposed_position is not null and i.class_id is not null
        group by i.class_id
       union all
       select o.class_id, count(*)::int from model.intent i
         join model.object o on o.controller_id = $1 and o.condemned_position = i.position
        where i.controller_id = $1 and $2::date is not null and o.occurred_on <= $2 and i.disposed_position is not null
        group by o.class_id
     )
     select c.channel_id as channel, c.verb, c.capacity, coalesce(d.n, 0) as disposed, coalesce(h.n, 0) as held
       from model.retention_class c
       left join disposed d on d.class_id = c.class_id
       left join held_count h on h.class_id = c.class_id
      where c.controller_id = $1 and (d.n is not null or h.n is not null)`,
    [controller, upTo ?? null],
  )
  return rows satisfies (ClassKey & { disposed: number; held: number })[]
}
