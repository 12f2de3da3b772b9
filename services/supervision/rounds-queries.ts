import type { Transaction } from '../db/transaction.ts'
import { listDeclarations } from '../declarations/queries.ts'
import { ChannelDeclaration } from '../events/channel.ts'
import type { Round } from './report-rules.ts'
import type { ItemAction, ItemSource } from './rounds-schemas.ts'

export type StoredRound = Round & { readonly id: string; readonly channel: string; readonly position: string }

export type StoredItem = {
  readonly id: string
  readonly channel: string
  readonly object: string | null
  readonly source: ItemSource
  readonly knownAt: Date
  readonly action: ItemAction | null
  readonly actedAt: Date | undefined
}

type Span = { readonly from: Date; readonly to: Date }

const roundColumns =
  'r.round_id as id, r.channel_id as channel, r.position, r.from_at as "from", r.to_at as "to", r.seen, r.acted'
const itemColumns =
  'i.item_id as id, i.channel_id as channel, i.object_id as object, i.source, i.known_at as "knownAt", i.action, i.acted_at as "actedAt"'

/** The rounds of a channel in a period and the last one before it, in their order. */
export async function roundsOf(
  tx: Transaction,
  controller: number,
  channel: string,
  { from, to }: Span,
): Promise<StoredRound[]> {
  const { rows } = await tx.query<StoredRound>(
    `select ${roundColumns} from model.supervision_round r
      where r.controller_id = $1 and r.channel_id = $2 and r.to_at < $4 and r.to_at >= coalesce(
        (select max(b.to_at) from model.supervision_round b where b.controller_id = $1 and b.channel_id = $2 and b.to_at < $3), $3)
      order by r.to_at, r.position`,
    [controller, channel, from, to],
  )
  return rows
}

export async function listRounds(
  tx: Transaction,
  controller: number,
  channel: string | undefined,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ items: StoredRound[]; total: number }> {
  const where = 'r.controller_id = $1 and ($2::uuid is null or r.channel_id = $2)'
  const { rows } = await tx.query<StoredRound>(
    `select ${roundColumns} from model.supervision_round r where ${where} order by r.to_at desc, r.position desc limit $3 offset $4`,
    [controller, channel ?? null, page.limit, page.offset],
  )
  const counted = await tx.query<{ total: number }>(
    `select count(*)::int as total from model.supervision_round r where ${where}`,
    [controller, channel ?? null],
  )
  return { items: rows, total: counted.rows[0]?.total ?? 0 }
}

export async function roundBy(
  tx: Transaction,
  controller: number,
  id: string,
): Promise<StoredRound | undefined> {
  const { rows } = await tx.query<StoredRound>(
    `select ${roundColumns} from model.supervision_round r where r.controller_id = $1 and r.round_id = $2`,
    [controller, id],
  )
  return rows[0]
}

export type StoredUnpublication = {
  readonly object: string
  readonly position: string
  readonly ground: string
}

export async function unpublicationOf(
  tx: Transaction,
  controller: number,
  object: string,
): Promise<StoredUnpublication | undefined> {
  const { rows } = await tx.query<StoredUnpublication>(
    'select u.object_id as object, u.position, u.ground from model.unpublication u where u.controller_id = $1 and u.object_id = $2',
    [controller, object],
  )
  return rows[0]
}

export async function itemsOf(
  tx: Transaction,
  controller: number,
  channel: string,
  { from, to }: Span,
): Promise<StoredItem[]> {
  const { rows } = await tx.query<StoredItem & { actedAt: Date | null }>(
    `select ${itemColumns} from model.supervision_item i
      where i.controller_id = $1 and i.channel_id = $2 and i.known_at >= $3 and i.known_at < $4 order by i.known_at`,
    [controller, channel, from, to],
  )
  return rows.map((row) => ({ ...row, actedAt: row.actedAt ?? undefined }))
}

export async function itemBy(
  tx: Transaction,
  controller: number,
  id: string,
): Promise<StoredItem | undefined> {
  const { rows } = await tx.query<StoredItem & { actedAt: Date | null }>(
    `select ${itemColumns} from model.supervision_item i where i.controller_id = $1 and i.item_id = $2`,
    [controller, id],
  )
  return rows[0] && { ...rows[0], actedAt: rows[0].actedAt ?? undefined }
}

/** What is known of and not yet acted on: the oldest first. */
export async function openItems(
  tx: Transaction,
  controller: number,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ items: StoredItem[]; total: number }> {
  const { rows } = await tx.query<StoredItem>(
    `select ${itemColumns} from model.supervision_item i
      where i.controller_id = $1 and i.acted_position is null order by i.known_at limit $2 offset $3`,
    [controller, page.limit, page.offset],
  )
  const counted = await tx.query<{ total: number }>(
    'select count(*)::int as total from model.supervision_item i where i.controller_id = $1 and i.acted_position is null',
    [controller],
  )
  return { items: rows.map((row) => ({ ...row, actedAt: undefined })), total: counted.rows[0]?.total ?? 0 }
}

export type Supervised = {
  readonly channel: string
  readonly document: Pick<
    ChannelDeclaration,
    'name' | 'platform' | 'supervisionInterval' | 'openedOn' | 'closedOn'
  >
  /** The end of the last round. */
  readonly last: Date | null
}

/** The channels as they are declared now, with their last rounds. */
export async function supervisedChannels(tx: Transaction, controller: number): Promise<Supervised[]> {
  const { items } = await listDeclarations(tx, controller, 'channel')
  const { rows } = await tx.query<{ channel: string; last: Date }>(
    'select r.channel_id as channel, max(r.to_at) as last from model.supervision_round r where r.controller_id = $1 group by 1',
    [controller],
  )
  const last = new Map(rows.map((row) => [row.channel, row.last]))
  return items.map(({ id, document }) => ({
    channel: id,
    document: ChannelDeclaration.parse(document),
    last: last.get(id) ?? null,
  }))
}

export async function alarmsOf(
  tx: Transaction,
  controller: number,
  channel: string,
  { from, to }: Span,
): Promise<Date[]> {
  const { rows } = await tx.query<{ due_at: Date }>(
    `select a.due_at from model.supervision_alarm a
      where a.controller_id = $1 and a.channel_id = $2 and a.due_at >= $3 and a.due_at < $4 order by a.due_at`,
    [controller, channel, from, to],
  )
  return rows.map((row) => row.due_at)
}

/** What of an object is captured: its own act, with content that is still there. */
export type Captured = {
  readonly object: string
  readonly channel: string
  readonly created: boolean
  readonly condemned: boolean
  readonly content: boolean
  readonly unpublished: string | null
}

export async function capturedObject(
  tx: Transaction,
  controller: number,
  id: string,
): Promise<Captured | undefined> {
  const { rows } = await tx.query<Captured>(
    `select o.object_id as object, c.channel_id as channel, o.created, o.condemned_position is not null as condemned, u.position as unpublished,
        exists (select from ledger.event e
          join ledger.event_part p on p.controller_id = $1 and p.position = e.position and p.category in ('content', 'message')
          join ledger.sealed_part s on s.controller_id = $1 and s.position = p.position and s.ordinal = p.ordinal
          where e.controller_id = $1 and e.stream_id = o.object_id and starts_with(e.type, 'interaction.')
            and coalesce(e.header::jsonb -> 'data' ->> 'scope', 'whole') <> 'minimised') as content
       from model.object o
       join model.retention_class c on c.controller_id = $1 and c.class_id = o.class_id
       left join model.unpublication u on u.controller_id = $1 and u.object_id = o.object_id
      where o.controller_id = $1 and o.object_id = coalesce(
        (select e.stream_id from ledger.event e where e.controller_id = $1 and e.event_id = $2 and starts_with(e.type, 'interaction.')), $2)`,
    [controller, id],
  )
  return rows[0]
}
