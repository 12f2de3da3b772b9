import type { PoolClient } from 'pg'
import type { Capacity, Verb } from '../events/interaction.ts'
import { creatingVerbs } from '../events/interaction.ts'
import type { Day } from '../events/vocabulary.ts'
import { factsOf, type RetentionBasis, retentionBasis } from './basis-queries.ts'
import { readMark } from './class-rules.ts'
import { type ExplanationCode, explanations } from './explanations.ts'
import { objectDue } from './object-due.ts'
import { type Resolution, resolve } from './resolve.ts'
import type { TriggerDays } from './rules.ts'

export type ObjectHold = {
  readonly hold: string
  readonly kind: string
  readonly ground: string
  readonly reviewOn: Day | null
  readonly position: string
}

type ObjectRow = {
  object_id: string
  class_id: number
  channel_id: string
  verb: Verb
  capacity: Capacity
  thread_id: string | null
  occurred_on: Day
  received_on: Day
  closed_on: Day | null
  obsolete_on: Day | null
  withdrawn_on: Day | null
  delivered_on: Day | null
  mark: string
  condemned_position: string | null
  disposed_position: string | null
}

const explained = (code: ExplanationCode) => ({ code, ...explanations[code] })

/** Why an object is kept or due: the rules one by one, its days, its holds. Undefined if there is no such interaction. */
export async function objectRetention(tx: PoolClient, controller: number, eventId: string, today: Day) {
  const { rows } = await tx.query<ObjectRow>(
    `select o.object_id, o.class_id, c.channel_id, c.verb, c.capacity, o.thread_id, o.occurred_on, o.received_on,
        o.closed_on, o.obsolete_on, o.withdrawn_on, o.delivered_on, o.mark, o.condemned_position,
        (select i.disposed_position from model.intent i where i.controller_id = $1 and i.position = o.condemned_position) as disposed_position
       from ledger.event e
       join model.object o on o.controller_id = $1 and o.object_id = e.stream_id
       join model.retention_class c on c.controller_id = $1 and c.class_id = o.class_id
      where e.controller_id = $1 and e.event_id = $2 and starts_with(e.type, 'interaction.')`,
    [controller, eventId],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const basis = await retentionBasis(tx, controller)
  const { tags, capacity = row.capacity } = readMark(row.mark)
  const facts = factsOf(basis, {
    classId: row.class_id,
    channelId: row.channel_id,
    verb: row.verb,
    capacity,
    mark: row.mark,
  })
  const resolution = resolve(basis.rules, facts, today, basis.setting)
  const days = triggerDays(row, basis.closed.get(row.channel_id))
  const due = objectDue(resolution, days, today)
  const outcomes = new Map(due.rules.map((it) => [`${it.ruleId} ${it.version}`, it]))
  const holds = await holdsOn(tx, controller, row)
  const why = row.condemned_position === null && holds.length > 0 ? 'held' : due.why
  return {
    object: row.object_id,
    channel: row.channel_id,
    verb: row.verb,
    capacity,
    tags,
    on: today,
    days,
    why: why === 'held' ? { code: 'held', ...heldText } : explained(due.why),
    policy: resolution.policy,
    policyGround: groundOf(resolution, basis),
    ...(due.dueDay === undefined ? {} : { dueDay: due.dueDay }),
    ...(due.winner === undefined ? {} : { winner: { rule: due.winner.ruleId, version: due.winner.version } }),
    rules: resolution.verdicts.map((verdict) => {
      const outcome = outcomes.get(`${verdict.ruleId} ${verdict.version}`)
      return {
        rule: verdict.ruleId,
        version: verdict.version,
        name:
          basis.rules.find((it) => it.id === verdict.ruleId && it.version === verdict.version)?.rule.name ??
          '',
        ...explained(outcome?.code ?? verdict.code),
        ...(outcome === undefined ? {} : { trigger: outcome.column }),
        ...(outcome?.startDay === undefined ? {} : { startDay: outcome.startDay }),
        ...(outcome?.dueDay === undefined ? {} : { dueDay: outcome.dueDay }),
      }
    }),
    holds,
    condemnedPosition: row.condemned_position,
    disposedPosition: row.disposed_position,
  }
}

const heldText = {
  sv: 'Ett gallringsstopp gäller. Ingenting förstörs innan det hävs.',
  en: 'A legal hold applies. Nothing is destroyed before it is lifted.',
}

/** Why the policy is as it is: a deciding rule's own ground, else the controller's; null where nobody has said. */
function groundOf(resolution: Resolution, basis: RetentionBasis): string | null {
  const own = resolution.deciding.find(({ rule }) => rule.conflictPolicy?.policy === resolution.policy)
  return own?.rule.conflictPolicy?.ground ?? basis.settingGround ?? null
}

function triggerDays(row: ObjectRow, channelClosedOn: Day | undefined): TriggerDays {
  const days: { -readonly [K in keyof TriggerDays]: Day } = {
    occurredOn: row.occurred_on,
    receivedOn: row.received_on,
  }
  if (creatingVerbs.has(row.verb)) days.publishedOn = row.occurred_on
  if (row.closed_on !== null) days.closedOn = row.closed_on
  if (row.obsolete_on !== null) days.obsoleteOn = row.obsolete_on
  if (row.withdrawn_on !== null) days.withdrawnOn = row.withdrawn_on
  if (row.delivered_on !== null) days.deliveredOn = row.delivered_on
  if (channelClosedOn !== undefined) days.channelClosedOn = channelClosedOn
  return days
}

/** The active holds that keep an object: on itself, its thread, its channel, a person in it. */
async function holdsOn(
  tx: PoolClient,
  controller: number,
  it: Pick<ObjectRow, 'object_id' | 'thread_id' | 'channel_id' | 'verb' | 'occurred_on'>,
): Promise<ObjectHold[]> {
  const { rows } = await tx.query<{
    hold_id: string
    kind: string
    ground: string
    review_on: Day | null
    placed_position: string
  }>(
    `select h.hold_id, h.kind, h.ground, h.review_on, h.placed_position from model.hold h
      where h.controller_id = $1 and h.lifted_position is null and (
        (h.kind = 'object' and h.target_id = $2)
        or (h.kind = 'thread' and h.target_id in ($2, $3))
        or (h.kind = 'channel' and h.target_id = $4)
        or (h.kind = 'query' and h.target_id = $4 and coalesce(h.verb, $5) = $5
          and $6::date between coalesce(h.from_on, '-infinity') and coalesce(h.to_on, 'infinity'))
        or (h.kind = 'subject' and h.target_id in (
          select p.subject_id from ledger.event e
            join ledger.event_part p on p.controller_id = $1 and p.position = e.position
           where e.controller_id = $1 and e.stream_id = $2)))
      order by h.placed_position`,
    [controller, it.object_id, it.thread_id, it.channel_id, it.verb, it.occurred_on],
  )
  return rows.map((row) => ({
    hold: row.hold_id,
    kind: row.kind,
    ground: row.ground,
    reviewOn: row.review_on,
    position: row.placed_position,
  }))
}
