import type { Transaction } from '../db/transaction.ts'
import type { Capacity, Verb } from '../events/interaction.ts'
import type { Day } from '../events/vocabulary.ts'
import type { Disclosure, DisclosureGround, RecipientKind } from './schemas.ts'

type Row = {
  disclosure_id: string
  position: string
  recipient_kind: RecipientKind
  organisation: string | null
  person: boolean
  ground: DisclosureGround
  provision: string | null
  reference: string | null
  disclosed_on: Day
  objects: number
}

const columns =
  'd.disclosure_id, d.position, d.recipient_kind, d.organisation, d.person, d.ground, d.provision, d.reference, d.disclosed_on, d.objects'

function disclosureOf(row: Row): Disclosure {
  return {
    id: row.disclosure_id,
    position: row.position,
    recipient: {
      kind: row.recipient_kind,
      ...(row.organisation === null ? {} : { organisation: row.organisation }),
      person: row.person,
    },
    ground: row.ground,
    ...(row.provision === null ? {} : { provision: row.provision }),
    ...(row.reference === null ? {} : { reference: row.reference }),
    disclosedOn: row.disclosed_on,
    objects: row.objects,
  }
}

/** The newest first; of one object, or of all. */
export async function listDisclosures(
  tx: Transaction,
  controller: number,
  object: string | undefined,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ items: Disclosure[]; total: number }> {
  const where = `d.controller_id = $1 and ($2::uuid is null or d.disclosure_id in (
    select o.disclosure_id from model.disclosed_object o where o.controller_id = $1 and o.object_id = $2))`
  const { rows } = await tx.query<Row>(
    `select ${columns} from model.disclosure d where ${where} order by d.position desc limit $3 offset $4`,
    [controller, object ?? null, page.limit, page.offset],
  )
  const counted = await tx.query<{ total: number }>(
    `select count(*)::int as total from model.disclosure d where ${where}`,
    [controller, object ?? null],
  )
  return { items: rows.map(disclosureOf), total: counted.rows[0]?.total ?? 0 }
}

export async function disclosureBy(
  tx: Transaction,
  controller: number,
  id: string,
): Promise<Disclosure | undefined> {
  const { rows } = await tx.query<Row>(
    `select ${columns} from model.disclosure d where d.controller_id = $1 and d.disclosure_id = $2`,
    [controller, id],
  )
  return rows[0] === undefined ? undefined : disclosureOf(rows[0])
}

export async function objectsOfDisclosure(
  tx: Transaction,
  controller: number,
  id: string,
): Promise<string[]> {
  const { rows } = await tx.query<{ object_id: string }>(
    'select o.object_id from model.disclosed_object o where o.controller_id = $1 and o.disclosure_id = $2 order by o.object_id',
    [controller, id],
  )
  return rows.map((row) => row.object_id)
}

/** A disclosure of some of the objects that were asked for, and which of them. */
export type DisclosedTo = { readonly disclosure: Disclosure; readonly objects: readonly string[] }

/**
 * Who was handed any of these objects, before a position of the log: what an access answer names as actual recipients
 * (art. 15.1 c, C-154/21). Whatever else was handed over with them is not told. The oldest first.
 */
export async function disclosuresOf(
  tx: Transaction,
  controller: number,
  objects: readonly string[],
  before: string,
): Promise<DisclosedTo[]> {
  const { rows } = await tx.query<Row & { mine: string[] }>(
    `select ${columns}, m.mine from (
       select o.disclosure_id, array_agg(o.object_id order by o.object_id) as mine from model.disclosed_object o
        where o.controller_id = $1 and o.object_id = any ($2::uuid[]) group by o.disclosure_id) m
       join model.disclosure d on d.controller_id = $1 and d.disclosure_id = m.disclosure_id and d.position < $3
      order by d.position`,
    [controller, objects, before],
  )
  return rows.map((row) => ({ disclosure: disclosureOf(row), objects: row.mine }))
}

/** To whom records of a kind were disclosed; a person is counted and never named. */
export type RecipientOfClass = {
  readonly channel: string
  readonly verb: Verb
  readonly capacity: Capacity
  readonly kind: RecipientKind
  readonly organisation: string | undefined
  readonly grounds: readonly DisclosureGround[]
  /** The disclosures themselves: one of records of two classes stands in both. */
  readonly ids: readonly string[]
  readonly objects: number
  readonly first: Day
  readonly last: Day
}

/**
 * The recipients actually disclosed to, by class of records, up to a day if one is given: for the register (art. 30.1 d).
 * Costs what was disclosed.
 */
export async function recipientsByClass(
  tx: Transaction,
  controller: number,
  upTo?: Day,
): Promise<RecipientOfClass[]> {
  const { rows } = await tx.query<Omit<RecipientOfClass, 'organisation'> & { organisation: string | null }>(
    `select c.channel_id as channel, c.verb, coalesce(nullif(split_part(o.mark, '/', 1), ''), c.capacity) as capacity, d.recipient_kind as kind, d.organisation,
        array_agg(distinct d.ground::text) as grounds, array_agg(distinct d.disclosure_id::text) as ids, count(distinct x.object_id)::int as objects,
        min(d.disclosed_on) as first, max(d.disclosed_on) as last
       from model.disclosure d
       join model.disclosed_object x on x.controller_id = $1 and x.disclosure_id = d.disclosure_id
       join model.object o on o.controller_id = $1 and o.object_id = x.object_id
       join model.retention_class c on c.controller_id = $1 and c.class_id = o.class_id
      where d.controller_id = $1 and ($2::date is null or d.disclosed_on <= $2)
      group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`,
    [controller, upTo ?? null],
  )
  return rows.map(({ organisation, ...row }) => ({ ...row, organisation: organisation ?? undefined }))
}

/** The objects behind some ids (their own or those of their events), in the order asked; null where there is none. */
export async function knownObjects(
  tx: Transaction,
  controller: number,
  ids: readonly string[],
): Promise<(string | null)[]> {
  const { rows } = await tx.query<{ object_id: string | null }>(
    `select o.object_id from unnest($2::uuid[]) with ordinality w(id, n)
       left join model.object o on o.controller_id = $1 and o.object_id = coalesce(
         (select e.stream_id from ledger.event e where e.controller_id = $1 and e.event_id = w.id and starts_with(e.type, 'interaction.')), w.id)
      order by w.n`,
    [controller, ids],
  )
  return rows.map((row) => row.object_id)
}
