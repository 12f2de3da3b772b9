import type { Capacity, Verb } from '../events/interaction.ts'
import { type EventRow, eventColumns, type readEvents, toStoredEvent } from '../ledger/read.ts'
import type { KindName } from './kinds.ts'

type Tx = Parameters<typeof readEvents>[0]

/** A version of a declared document: its open side only. */
export type DeclaredVersion = {
  readonly id: string
  readonly version: number
  readonly position: string
  readonly declaredAt: string
  /** Of what is drafted and published: which publication this version is. */
  readonly publication?: number
  readonly document: Readonly<Record<string, unknown>>
}

type Row = {
  id: string
  version: number
  position: string
  declared_at: Date
  document: Record<string, unknown>
}

function versionOf(row: Row): DeclaredVersion {
  const { id, version, position, document } = row
  return { id, version, position, declaredAt: row.declared_at.toISOString(), document }
}

const columns = 'd.id, d.version, d.position, d.declared_at, d.document'

/** The newest version; undefined if there is none of that kind and id. */
export async function currentDeclaration(
  tx: Tx,
  controller: number,
  kind: KindName,
  id: string,
): Promise<DeclaredVersion | undefined> {
  const { rows } = await tx.query<Row>(
    `select ${columns} from model.declaration d where d.controller_id = $1 and d.kind = $2 and d.id = $3`,
    [controller, kind, id],
  )
  return rows[0] === undefined ? undefined : versionOf(rows[0])
}

/** The newest version of each, in the order of their ids, which is that of their first declaration. */
export async function listDeclarations(
  tx: Tx,
  controller: number,
  kind: KindName,
  page: { readonly limit: number; readonly offset: number } = { limit: 100_000, offset: 0 },
): Promise<{ items: DeclaredVersion[]; total: number }> {
  const { rows } = await tx.query<Row>(
    `select ${columns} from model.declaration d where d.controller_id = $1 and d.kind = $2 order by d.id limit $3 offset $4`,
    [controller, kind, page.limit, page.offset],
  )
  const { rows: counted } = await tx.query<{ total: number }>(
    'select count(*)::int as total from model.declaration d where d.controller_id = $1 and d.kind = $2',
    [controller, kind],
  )
  return { items: rows.map(versionOf), total: counted[0]?.total ?? 0 }
}

/** All versions of an aggregate, the oldest first, from the log itself. */
export async function declarationHistory(
  tx: Tx,
  controller: number,
  kind: KindName,
  id: string,
  page: { readonly limit: number; readonly offset: number },
): Promise<DeclaredVersion[]> {
  const { rows } = await tx.query<EventRow>(
    `select ${eventColumns} from ledger.event e
      where e.controller_id = $1 and e.stream_id = $2 and e.type = $3 order by e.stream_version limit $4 offset $5`,
    [controller, id, `${kind}.declared`, page.limit, page.offset],
  )
  return rows.map(versionOfEvent)
}

/**
 * All versions of every aggregate of a kind (or of one) that stood in the log when it had `size` events, the oldest first.
 * From the log itself by the ids of the read model: it costs what was declared, not what the log holds.
 */
export async function declaredVersions(
  tx: Tx,
  controller: number,
  kind: KindName,
  given: { readonly size?: number; readonly id?: string } = {},
): Promise<DeclaredVersion[][]> {
  const { rows } = await tx.query<EventRow>(
    `select ${eventColumns} from model.declaration d
       join ledger.event e on e.controller_id = $1 and e.stream_id = d.id and e.type = $3
      where d.controller_id = $1 and d.kind = $2 and ($4::uuid is null or d.id = $4) and ($5::bigint is null or e.position < $5)
      order by d.id, e.stream_version`,
    [controller, kind, `${kind}.declared`, given.id ?? null, given.size ?? null],
  )
  return [...Map.groupBy(rows.map(versionOfEvent), ({ id }) => id).values()].map(numberPublications)
}

function numberPublications(versions: readonly DeclaredVersion[]): DeclaredVersion[] {
  let publication = 0
  return versions.map((it) => {
    if (it.document['status'] !== 'published') return it
    publication += 1
    return { ...it, publication }
  })
}

function versionOfEvent(row: EventRow): DeclaredVersion {
  const event = toStoredEvent(row)
  return {
    id: event.streamId,
    version: event.streamVersion,
    position: event.position,
    declaredAt: event.recordedAt.toISOString(),
    document: event.data['document'] as Record<string, unknown>,
  }
}

/** A kind of records, with the categories of data seen in it. */
export type SeenClass = {
  readonly channel: string
  readonly verb: Verb
  readonly capacity: Capacity
  readonly categories: readonly string[]
  readonly records: number
}

/** The kinds of records that the log holds, with how many: from its counters. */
export async function seenClasses(tx: Tx, controller: number): Promise<SeenClass[]> {
  const { rows } = await tx.query<Omit<SeenClass, 'records'> & { records: string }>(
    `select o.channel_id as channel, o.verb, o.capacity, array_agg(o.category order by o.category) as categories, max(o.records) as records
       from model.observation o where o.controller_id = $1 and o.records > 0 group by 1, 2, 3 order by 1, 2, 3`,
    [controller],
  )
  return rows.map((row) => ({ ...row, records: Number(row.records) }))
}
