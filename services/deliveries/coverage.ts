import type { PoolClient } from 'pg'

/** How much of what happened on a channel can have come in. Times are those of receipt (RFC 3339). */
export type Coverage = {
  readonly channel: string
  readonly platform: string
  /** Bodies that the platform posted, and downloads that were imported. */
  readonly posted: number
  readonly imported: number
  readonly lastPostedAt?: string
  readonly lastImportedAt?: string
  /** The longest time between two postings, or since the last one: then `to` is now. */
  readonly longestGap?: { readonly from: string; readonly to: string; readonly seconds: number }
  /** Postings whose signature did not fit; nothing of them is kept. */
  readonly refusedSignatures: number
  readonly lastRefusedAt?: string
  /** Days on which the platform asked whether we are there. */
  readonly challengedDays: number
  readonly lastChallengedAt?: string
  readonly subscription: 'none' | 'standing' | 'lost'
  /** Items that came and nobody has understood. */
  readonly unrecognised: number
}

/** Platforms that ask again and again while a subscription stands: X every hour, LinkedIn every other. */
const askingPlatforms: ReadonlySet<string> = new Set(['x', 'linkedin'])
/** After so long without a question the subscription of such a platform is taken for lost. */
const lostAfterMs = 48 * 3600_000

type Row = {
  channel: string
  platform: string
  posted: number
  imported: number
  last_posted: Date | null
  last_imported: Date | null
  gap_from: Date | null
  gap_to: Date | null
  refused: number
  last_refused: Date | null
  challenged: number
  last_challenged: Date | null
  unrecognised: number
}

/**
 * The coverage of each declared channel, or of one. `now` closes the last gap; `before`: the log as it was before this position, so
 * that whoever states what is not held gets the same statement again.
 */
export async function coverageOf(
  tx: PoolClient,
  controller: number,
  now: Date,
  filter: { readonly channel?: string; readonly before?: string } = {},
): Promise<Coverage[]> {
  const { rows } = await tx.query<Row>(
    `with told as materialized (
       select e.channel_id, e.position, e.recorded_at as at, e.type, e.header::jsonb -> 'data' as data
       from ledger.event e
       where e.controller_id = $1 and e.channel_id is not null and ($2::uuid is null or e.channel_id = $2)
         and ($3::bigint is null or e.position < $3)
         and e.type in ('delivery.received', 'delivery.refused', 'delivery.challenged')),
     gaps as (
       select p.channel_id, p.at as gap_from, coalesce(lead(p.at) over (partition by p.channel_id order by p.position), greatest(p.at, $4)) as gap_to
       from told p where p.type = 'delivery.received' and p.data ->> 'route' = 'hook'),
     longest as (
       select distinct on (channel_id) channel_id, gap_from, gap_to from gaps order by channel_id, gap_to - gap_from desc, gap_from)
     select c.id as channel, coalesce(c.document ->> 'platform', 'other') as platform,
       count(*) filter (where t.type = 'delivery.received' and t.data ->> 'route' = 'hook')::int as posted,
       count(*) filter (where t.type = 'delivery.received' and t.data ->> 'route' = 'import')::int as imported,
       max(t.at) filter (where t.type = 'delivery.received' and t.data ->> 'route' = 'hook') as last_posted,
       max(t.at) filter (where t.type = 'delivery.received' and t.data ->> 'route' = 'import') as last_imported,
       l.gap_from, l.gap_to,
       coalesce(sum((t.data ->> 'count')::int) filter (where t.type = 'delivery.refused'), 0)::int as refused,
       max(t.at) filter (where t.type = 'delivery.refused') as last_refused,
       count(*) filter (where t.type = 'delivery.challenged')::int as challenged,
       max(t.at) filter (where t.type = 'delivery.challenged') as last_challenged,
       (select count(*) from model.retention_class k
          join model.object o on o.controller_id = $1 and o.class_id = k.class_id and o.condemned_position is null
            and ($3::bigint is null or o.first_position < $3)
          where k.controller_id = $1 and k.channel_id = c.id and k.verb = 'unrecognised'
            and not exists (select from ledger.event r where r.controller_id = $1 and r.stream_id = o.object_id and r.type = 'object.recognised'))::int
         as unrecognised
     from model.declaration c
     left join told t on t.channel_id = c.id
     left join longest l on l.channel_id = c.id
     where c.controller_id = $1 and c.kind = 'channel' and ($2::uuid is null or c.id = $2)
     group by c.id, c.document, l.gap_from, l.gap_to order by c.id`,
    [controller, filter.channel ?? null, filter.before ?? null, now],
  )
  return rows.map((row) => coverageIn(row, now))
}

function coverageIn(row: Row, now: Date): Coverage {
  const { channel, platform, posted, imported, gap_from: from, gap_to: to } = row
  const at = <Name extends string>(name: Name, time: Date | null) =>
    (time === null ? {} : { [name]: time.toISOString() }) as { readonly [K in Name]?: string }
  return {
    channel,
    platform,
    posted,
    imported,
    ...at('lastPostedAt', row.last_posted),
    ...at('lastImportedAt', row.last_imported),
    ...(from === null || to === null
      ? {}
      : {
          longestGap: {
            from: from.toISOString(),
            to: to.toISOString(),
            seconds: Math.floor((to.getTime() - from.getTime()) / 1000),
          },
        }),
    refusedSignatures: row.refused,
    ...at('lastRefusedAt', row.last_refused),
    challengedDays: row.challenged,
    ...at('lastChallengedAt', row.last_challenged),
    subscription: subscriptionOf(row, now),
    unrecognised: row.unrecognised,
  }
}

function subscriptionOf(
  { platform, posted, last_challenged: asked }: Row,
  now: Date,
): Coverage['subscription'] {
  if (asked === null) return posted > 0 ? 'standing' : 'none'
  const isLost = askingPlatforms.has(platform) && now.getTime() - asked.getTime() > lostAfterMs
  return isLost ? 'lost' : 'standing'
}
