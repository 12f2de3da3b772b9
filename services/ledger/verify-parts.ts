import { hash } from 'node:crypto'
import type { PoolClient } from 'pg'
import { copyOut } from '../db/copy-out.ts'
import { binaryFields } from './binary-fields.ts'
import { ascii, byteWriter, sameDigest } from './byte-writer.ts'
import type { Report } from './verify-finding.ts'

/** The parts of [from, to): for each position their rows as its header has to write them, and which ones have no content. */
export type Parts = {
  readonly from: number
  readonly to: number
  /** All rows' texts, one after the other in the order of positions; those of `position` end at `ends[position - from]`. */
  readonly bytes: Buffer
  readonly ends: Int32Array
  readonly unsealed: readonly { readonly position: number; readonly ordinal: number }[]
}

const words = {
  first: ascii('{"category":"'),
  next: ascii(',{"category":"'),
  digest: ascii('","digest":"'),
  ordinal: ascii('","ordinal":'),
  role: ascii(',"role":"'),
  subject: ascii('","subject":"'),
  end: ascii('"}'),
}

const rowsOf = (table: string, columns: string, controller: number, from: number, to: number) =>
  `(select position, ordinal, ${columns} from ledger.${table} where controller_id = ${controller} and position >= ${from} and position < ${to})`

/** Commitment and ciphertext come as one: so they are hashed where they lie (`partDigest`). */
function partSelect(controller: number, from: number, to: number, sealed: boolean): string {
  const rows = rowsOf('event_part', 'subject_id, role, category, digest', controller, from, to)
  if (!sealed) {
    return `select position, ordinal, subject_id, role, category, digest from ${rows} p order by position, ordinal`
  }
  const contents = rowsOf('sealed_part', 'commitment || ciphertext as content', controller, from, to)
  return `select position, ordinal, subject_id, role, category, digest, content
    from ${rows} p full join ${contents} s using (position, ordinal) order by position, ordinal`
}

/** Reads the parts of some positions and, with `sealed`, hashes their contents. That needs the worker's role. */
export async function readParts(
  tx: PoolClient,
  controller: number,
  from: number,
  to: number,
  sealed: boolean,
  report: Report,
): Promise<Parts> {
  const ends = new Int32Array(to - from)
  const unsealed: { position: number; ordinal: number }[] = []
  const fields = binaryFields()
  const writer = byteWriter((to - from) * 512)
  let reached = from
  // The end of each position that has been passed is where the writer stands.
  const pass = (position: number) => {
    for (; reached < position; reached += 1) ends[reached - from] = writer.length
  }
  await copyOut(tx, partSelect(controller, from, to, sealed), (chunk, at) => {
    fields.on(chunk, at)
    const position = fields.int8()
    const ordinal = fields.int2()
    pass(position)
    const known = fields.next()
    const subject = fields.start
    fields.next()
    const { start: role, end: roleEnd } = fields
    fields.next()
    const { start: category, end: categoryEnd } = fields
    fields.next()
    const { start: digest, end: digestEnd } = fields
    if (known) {
      const first = writer.length === (position === from ? 0 : ends[position - from - 1])
      writer.put(first ? words.first : words.next)
      writer.copy(chunk, category, categoryEnd)
      writer.put(words.digest)
      writer.base64url(chunk, digest, digestEnd)
      writer.put(words.ordinal)
      writer.ascii(String(ordinal))
      writer.put(words.role)
      writer.copy(chunk, role, roleEnd)
      writer.put(words.subject)
      writer.uuid(chunk, subject)
      writer.put(words.end)
    }
    if (!sealed) return
    if (!fields.next()) unsealed.push({ position, ordinal })
    else if (!known)
      report('part-surplus', position, `sealed part ${ordinal} belongs to no part of the event`)
    else if (
      !sameDigest(
        hash('sha256', chunk.subarray(fields.start, fields.end), 'binary'),
        chunk,
        digest,
        digestEnd,
      )
    )
      report('part-altered', position, `sealed part ${ordinal} is not what the header commits to`)
  })
  pass(to)
  return { from, to, bytes: writer.bytes, ends, unsealed }
}

/**
 * A part without content is right exactly where an intent event condemned its object and was executed. Seen later than the
 * parts were: who deletes says so in the same transaction.
 */
export async function checkUnsealed(
  tx: PoolClient,
  controller: number,
  parts: Parts,
  report: Report,
): Promise<void> {
  if (parts.unsealed.length === 0) return
  const positions = [...new Set(parts.unsealed.map(({ position }) => position))]
  const { rows } = await tx.query<{ position: string }>(
    `select e.position from unnest($2::bigint[]) u(position)
       join ledger.event e on e.controller_id = $1 and e.position = u.position
       join ledger.condemned c on c.controller_id = $1 and c.object_id = e.stream_id and c.executed_at is not null
       join ledger.event i on i.controller_id = $1 and i.position = c.position and i.type = 'purge.intended'`,
    [controller, positions],
  )
  const purged = new Set(rows.map((row) => Number(row.position)))
  for (const { position, ordinal } of parts.unsealed) {
    if (!purged.has(position))
      report('part-missing', position, `sealed part ${ordinal} is gone and no purge took it`)
  }
}
