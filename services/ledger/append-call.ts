import type { Pool } from 'pg'
import { promptly } from '../db/connect.ts'
import {
  boolArray,
  byteaArray,
  dateArray,
  int2Array,
  int4Array,
  textArray,
  uuidArray,
} from './binary-array.ts'
import { entryOf, writeHeader } from './header.ts'
import type { PreparedItem } from './prepare.ts'

/** What `ledger.append` says of one item; the numbers are those of migrations/ledger/0001_ledger.sql. */
export const outcomes = [
  'stored',
  'duplicate',
  'version-conflict',
  'subject-gone',
  'identity-moved',
  'already-disposed',
  'condemned',
  'group-refused',
] as const
export type OutcomeKind = (typeof outcomes)[number]

export type Outcome = {
  readonly kind: OutcomeKind
  /** Where the event stands; for a duplicate, a disposed or a condemned one the position that settled it. */
  readonly position: string | null
  /** The stream's version: of this event if stored, else as it is. */
  readonly version: number
  /** For a duplicate: whether its content is the same. */
  readonly same: boolean | null
}

const call = `select outcome, position, version, same from ledger.append($1::int, $2::timestamptz,
  $3::uuid[], $4::uuid[], $5::int[], $6::int[], $7::text[], $8::uuid[], $9::uuid[], $10::text[],
  $11::date[], $12::text[], $13::bytea[], $14::bytea[], $15::bytea[], $16::bytea[],
  $17::int[], $18::bytea[],
  $19::int[], $20::bytea[], $21::text[], $22::uuid[], $23::boolean[],
  $24::int[], $25::bytea[], $26::uuid[], $27::text[],
  $28::int[], $29::uuid[], $30::boolean[],
  $31::int[], $32::smallint[], $33::uuid[], $34::text[], $35::text[],
  $36::bytea[], $37::bytea[], $38::bytea[])`

type Row = { outcome: number; position: string | null; version: number; same: boolean | null }

/** One call, one transaction, committed when it returns: items in, one outcome each out, in the same order. */
export async function callAppend(
  pool: Pool,
  log: { readonly controller: number; readonly slug: string },
  recordedAt: Date,
  items: readonly PreparedItem[],
): Promise<Outcome[]> {
  const at = recordedAt.toISOString()
  const headers = items.map((item) =>
    writeHeader({
      controller: log.slug,
      eventId: item.eventId,
      streamId: item.streamId,
      type: item.type,
      channelId: item.channelId,
      threadId: item.threadId,
      occurredOn: item.occurredOn,
      recordedAt: at,
      data: item.data,
      parts: item.parts,
    }),
  )
  const tombs = items.flatMap((item, index) => item.tombstones.map((digest) => ({ n: index + 1, digest })))
  const identities = items.flatMap((item, index) =>
    item.identities.map((identity) => ({ n: index + 1, ...identity })),
  )
  const traits = items.flatMap((item, index) => item.traits.map((trait) => ({ n: index + 1, ...trait })))
  const subjects = items.flatMap((item, index) =>
    item.subjects.map((subject) => ({ n: index + 1, ...subject })),
  )
  const parts = items.flatMap((item, index) =>
    item.parts.map((part, ordinal) => ({ n: index + 1, ordinal, ...part })),
  )
  const { rows } = await pool.query<Row>({
    name: 'ledger.append',
    text: call,
    ...promptly(pool),
    values: [
      log.controller,
      at,
      uuidArray(items.map((item) => item.eventId)),
      uuidArray(items.map((item) => item.streamId)),
      int4Array(items.map((item) => item.expectedVersion)),
      int4Array(items.map((item) => item.group)),
      textArray(items.map((item) => item.type)),
      uuidArray(items.map((item) => item.channelId)),
      uuidArray(items.map((item) => item.threadId)),
      textArray(items.map((item) => item.capacity)),
      dateArray(items.map((item) => item.occurredOn)),
      textArray(headers),
      byteaArray(headers.map(entryOf)),
      byteaArray(items.map((item) => item.digest)),
      byteaArray(items.map((item) => item.alias)),
      byteaArray(items.map((item) => item.content)),
      int4Array(tombs.map((tomb) => tomb.n)),
      byteaArray(tombs.map((tomb) => tomb.digest)),
      int4Array(identities.map((identity) => identity.n)),
      byteaArray(identities.map((identity) => identity.digest)),
      textArray(identities.map((identity) => identity.kind)),
      uuidArray(identities.map((identity) => identity.id)),
      boolArray(identities.map((identity) => identity.fresh)),
      int4Array(traits.map((trait) => trait.n)),
      byteaArray(traits.map((trait) => trait.digest)),
      uuidArray(traits.map((trait) => trait.subjectId)),
      textArray(traits.map((trait) => trait.kind)),
      int4Array(subjects.map((subject) => subject.n)),
      uuidArray(subjects.map((subject) => subject.subjectId)),
      boolArray(subjects.map((subject) => subject.fresh)),
      int4Array(parts.map((part) => part.n)),
      int2Array(parts.map((part) => part.ordinal)),
      uuidArray(parts.map((part) => part.subjectId)),
      textArray(parts.map((part) => part.role)),
      textArray(parts.map((part) => part.category)),
      byteaArray(parts.map((part) => part.digest)),
      byteaArray(parts.map((part) => part.ciphertext)),
      byteaArray(parts.map((part) => part.commitment)),
    ],
  })
  return rows.map((row) => ({
    kind: outcomes[row.outcome] as OutcomeKind,
    position: row.position,
    version: row.version,
    same: row.same,
  }))
}
