import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'

/** What of a channel no mapper understood, by the platform's own word for it and the version that did not. No content. */
export type UnrecognisedKind = {
  readonly channel: string
  readonly kind: string
  readonly mapper: string
  /** Items that stand in the log, disposed of or not understood since left out. */
  readonly items: number
  /** Of these: a delivery that carried them is still kept, so that a newer mapper can read it again. */
  readonly kept: number
  /** Not counted in `items`: a newer mapper has understood them. */
  readonly recognised: number
  readonly firstOn: string
  readonly lastOn: string
}

/** The index of what could not be recognised; `since`: received on that day or later. */
export async function unrecognisedIndex(
  ledger: Ledger,
  log: Log,
  filter: { readonly channel?: string; readonly since?: string },
): Promise<UnrecognisedKind[]> {
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<UnrecognisedKind>(
      `select s.channel_id as channel, s.kind, s.mapper,
         count(*) filter (where not s.recognised)::int as items,
         count(*) filter (where s.kept and not s.recognised)::int as kept,
         count(*) filter (where s.recognised)::int as recognised,
         min(s.received_on)::text as "firstOn", max(s.received_on)::text as "lastOn"
       from (
         select c.channel_id, o.received_on,
           coalesce(e.header::jsonb -> 'data' ->> 'nativeKind', '?') as kind,
           coalesce(e.header::jsonb -> 'data' ->> 'mapper', '?') as mapper,
           exists (select from ledger.delivery_object d where d.controller_id = $1 and d.object_id = o.object_id) as kept,
           exists (select from ledger.event r where r.controller_id = $1 and r.stream_id = o.object_id and r.type = 'object.recognised') as recognised
         from model.retention_class c
         join model.object o on o.controller_id = $1 and o.class_id = c.class_id and o.condemned_position is null
         join ledger.event e on e.controller_id = $1 and e.position = o.first_position
         where c.controller_id = $1 and c.verb = 'unrecognised' and ($2::uuid is null or c.channel_id = $2)
           and ($3::date is null or o.received_on >= $3)) s
       group by 1, 2, 3 order by 1, 2, 3`,
      [log.controller, filter.channel ?? null, filter.since ?? null],
    )
    return rows
  })
}

/** The objects that a kept delivery carried and nobody has understood yet, by their ids. */
export async function unrecognisedOf(ledger: Ledger, log: Log, delivery: string): Promise<string[]> {
  return reading(ledger, log, async (tx) => {
    const { rows } = await tx.query<{ id: string }>(
      `select d.object_id as id from ledger.delivery_object d
       join model.object o on o.controller_id = $1 and o.object_id = d.object_id and o.condemned_position is null
       join ledger.event e on e.controller_id = $1 and e.position = o.first_position and e.type = 'interaction.unrecognised'
       where d.controller_id = $1 and d.delivery_id = $2
         and not exists (select from ledger.event r where r.controller_id = $1 and r.stream_id = d.object_id and r.type = 'object.recognised')
       order by e.position`,
      [log.controller, delivery],
    )
    return rows.map((row) => row.id)
  })
}
