import type { PoolClient } from 'pg'
import type { Day } from '../events/vocabulary.ts'
import { type Actor, type Command, recordCommands } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { uuidv7 } from '../platform/ids.ts'
import { objectRetention } from './object-queries.ts'

/** follow: it is withdrawn, and a rule that counts from there destroys it. keep: against the demand. restrict: kept under a hold. */
export const demandDecisions = ['follow', 'keep', 'restrict'] as const
export type DemandDecision = (typeof demandDecisions)[number]

/** What a platform wants done to what is stored: a case, open until somebody has decided. */
export type Demand = {
  readonly id: string
  readonly channel: string
  /** Left out where it concerns an account, or an object that was never stored. */
  readonly object: string | null
  readonly action: string
  /** How often the platform said it. */
  readonly demands: number
  readonly demandedOn: Day
  readonly position: string
  readonly decision: DemandDecision | null
  readonly decidedPosition: string | null
}

const columns = `d.demand_id as id, d.channel_id as channel, o.object_id as object, d.action, d.demands, d.demanded_on as "demandedOn",
  d.demanded_position as position, d.decision, d.decided_position as "decidedPosition"`
const from =
  'model.platform_demand d left join model.object o on o.controller_id = $1 and o.object_id = d.object_id'

/** The oldest first: platforms want an answer within a day. Without `all` only those that wait. */
export async function listDemands(
  tx: PoolClient,
  controller: number,
  all: boolean,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ items: Demand[]; total: number }> {
  const where = `d.controller_id = $1${all ? '' : ' and d.decided_position is null'}`
  const { rows } = await tx.query<Demand>(
    `select ${columns} from ${from} where ${where} order by d.demanded_position limit $2 offset $3`,
    [controller, page.limit, page.offset],
  )
  const counted = await tx.query<{ total: number }>(
    `select count(*)::int as total from model.platform_demand d where ${where}`,
    [controller],
  )
  return { items: rows, total: counted.rows[0]?.total ?? 0 }
}

/** A demand beside what speaks against it: the rules, the day and the holds of its object. `not-found` if there is none. */
export async function demandCase(tx: PoolClient, controller: number, id: string, today: Day) {
  const { rows } = await tx.query<Demand & { event: string | null }>(
    `select ${columns}, (select e.event_id from ledger.event e
         where e.controller_id = $1 and e.stream_id = o.object_id and starts_with(e.type, 'interaction.') order by e.stream_version limit 1) as event
       from ${from} where d.controller_id = $1 and d.demand_id = $2`,
    [controller, id],
  )
  const [row] = rows
  if (row === undefined) throw new DomainError('not-found', 'There is no such demand.')
  const { event, ...demand } = row
  const retention = event === null ? undefined : await objectRetention(tx, controller, event, today)
  return { demand, ...(retention === undefined ? {} : { retention }) }
}

export type DemandRuling = {
  readonly decision: DemandDecision
  /** A code that stands open: why, among the competing grounds. */
  readonly ground: string
  /** In words: sealed. */
  readonly text?: string | undefined
}

/**
 * Decides a demand, with its effect in the same append. `held` to follow against a hold, `state-conflict` against a duty to
 * preserve or when it is decided already. Following destroys nothing by itself: that takes a rule with its decision.
 */
export async function decideDemand(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  id: string,
  { decision, ground, text }: DemandRuling,
) {
  const today = localDay(ledger.clock.now())
  const read = () => reading(ledger, log, (tx) => demandCase(tx, log.controller, id, today))
  const { demand, retention } = await read()
  if (demand.decidedPosition !== null)
    throw new DomainError('state-conflict', `It was decided at position ${demand.decidedPosition}.`)
  const living = retention !== undefined && retention.condemnedPosition === null
  if (decision === 'follow' && living) {
    if (retention.holds.length > 0) throw new DomainError('held', 'A hold covers it: it cannot be followed.')
    if (
      retention.rules.some(({ code }) => code === 'preservedUntilDelivery') ||
      retention.why.code === 'preserved'
    )
      throw new DomainError('state-conflict', 'A rule preserves it: keep it with that ground.')
  }
  await recordCommands(ledger, log, [
    {
      type: 'platform.decided',
      expectedVersion: 0,
      // One stream for each demand: of two who decide at the same time one is refused.
      streamId: decisionStream(id),
      actor,
      channelId: demand.channel,
      data: { demand: id, decision, ground },
      ...(text === undefined ? {} : { sealed: { text } }),
    },
    ...(living ? effectOf(decision, retention.object, actor, today) : []),
  ])
  return read()
}

/** The demand's id with another version digit: known from the demand alone, and never that of its own stream. */
function decisionStream(demand: string): string {
  return `${demand.slice(0, 14)}8${demand.slice(15)}`
}

function effectOf(decision: DemandDecision, object: string, actor: Actor, day: Day): Command[] {
  if (decision === 'follow') {
    const data = { trigger: 'withdrawn', day, objects: [object] }
    return [{ type: 'retention.triggered', streamId: uuidv7(), expectedVersion: 0, actor, data }]
  }
  if (decision === 'restrict') {
    const data = { kind: 'object', target: object, ground: 'platform-restriction' }
    return [{ type: 'hold.placed', streamId: uuidv7(), expectedVersion: 0, actor, data }]
  }
  return []
}
