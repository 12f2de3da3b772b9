import type { PoolClient } from 'pg'
import { withController } from '../db/transaction.ts'
import { DomainError } from '../platform/errors.ts'
import type { JsonObject } from '../platform/json.ts'
import { type Actor, recordCommand } from './command.ts'
import type { Ledger, Log } from './ledger.ts'
import { openPart, secretLength } from './seal.ts'

/** Why somebody looks at personal data (G10). `scope` says what is looked at, without naming anybody in clear. */
export type LookUp = {
  readonly actor: Actor
  readonly kind: 'shown' | 'exported' | 'machine-scan'
  /** In words; kept sealed. Never empty. */
  readonly purpose: string
  readonly scope: JsonObject
  /**
   * Restricted parts (art. 18) are opened for nobody but who has to answer the person themselves, or to settle a legal
   * claim: only that look-up says so.
   */
  readonly restricted?: 'included'
}

/** A part of an event as its reader sees it. `content` is undefined when it has been destroyed. */
export type OpenedPart = {
  readonly position: string
  readonly ordinal: number
  readonly subjectId: string
  readonly role: string
  readonly category: string
  readonly content: JsonObject | undefined
  /** It is there, and not shown: its person or its object is under a restriction. */
  readonly restricted?: true
}

/** Opens the parts of the events at some positions of the log. */
export type OpenParts = (tx: PoolClient, positions: readonly string[]) => Promise<OpenedPart[]>

/**
 * The only way to the content of sealed parts: first the look-up is an event, durable, then its holder may open. One
 * event per operation, however many parts it opens.
 */
export async function lookUp<T>(
  ledger: Ledger,
  log: Log,
  look: LookUp,
  read: (open: OpenParts, position: string) => Promise<T>,
): Promise<T> {
  if (look.purpose.trim() === '') {
    throw new DomainError('validation-failed', 'Personal data is opened for a stated purpose only.', {
      violations: [{ pointer: '/purpose', reason: 'must say why the data is looked at' }],
    })
  }
  const recorded = await recordCommand(ledger, log, {
    type: 'lookup.recorded',
    actor: look.actor,
    data: { kind: look.kind, scope: look.scope },
    sealed: { purpose: look.purpose },
  })
  const included = look.restricted === 'included'
  return read(
    (tx, positions) => openParts(ledger, log, tx, positions, { included }),
    recorded.position as string,
  )
}

/**
 * Opens what machines prove themselves with (parts of category `secret`, sealed for the controller itself) and nothing else.
 * No look-up is recorded: a secret of a channel tells nothing of any person, and is needed at every delivery.
 */
export async function openSecrets(
  ledger: Ledger,
  log: Log,
  positions: readonly string[],
): Promise<OpenedPart[]> {
  return reading(ledger, log, (tx) => openParts(ledger, log, tx, positions, { category: 'secret' }))
}

type PartRow = {
  position: string
  event_id: string
  ordinal: number
  subject_id: string
  role: string
  category: string
  ciphertext: Buffer | null
  commitment: Buffer | null
  restricted: boolean
}

/** The one place where a restriction (art. 18) takes effect: of a part p of an event e, by its person or its object. */
const restricted = `(exists (select from model.hold h where h.controller_id = $1 and h.lifted_position is null
    and h.kind = 'subject' and h.target_id = p.subject_id and h.ground = 'restriction')
  or exists (select from model.hold h where h.controller_id = $1 and h.lifted_position is null
    and h.kind = 'object' and h.target_id = e.stream_id and h.ground = 'restriction'))`

async function openParts(
  ledger: Ledger,
  log: Log,
  tx: PoolClient,
  positions: readonly string[],
  { category, included = false }: { readonly category?: string; readonly included?: boolean },
): Promise<OpenedPart[]> {
  if (positions.length === 0) return []
  const { rows } = await tx.query<PartRow>(
    `select p.position, e.event_id, p.ordinal, p.subject_id, p.role, p.category, s.ciphertext, s.commitment, not $4 and ${restricted} as restricted
       from ledger.event_part p
       join ledger.event e on e.controller_id = $1 and e.position = p.position
       left join ledger.sealed_part s on s.controller_id = $1 and s.position = p.position and s.ordinal = p.ordinal
      where p.controller_id = $1 and p.position = any ($2::bigint[]) and ($3::text is null or p.category = $3)
      order by p.position, p.ordinal`,
    [log.controller, positions, category ?? null, included],
  )
  const sealed = rows.filter((row) => row.ciphertext !== null && !row.restricted)
  const secrets = await ledger.keyring.recordSecrets(log.controller, [
    ...new Set(sealed.map((row) => row.event_id)),
  ])
  const keys = await ledger.keyring.subjectKeys(log.controller, [
    ...new Set(sealed.map((row) => row.subject_id)),
  ])
  return rows.map((row) => ({
    position: row.position,
    ordinal: row.ordinal,
    subjectId: row.subject_id,
    role: row.role,
    category: row.category,
    content: row.restricted
      ? undefined
      : openRow(log.controller, row, keys.get(row.subject_id), secrets.get(row.event_id)),
    ...(row.restricted && row.ciphertext !== null ? { restricted: true as const } : {}),
  }))
}

function openRow(
  controller: number,
  row: PartRow,
  subjectKey: Buffer | undefined,
  secrets: Buffer | undefined,
): JsonObject | undefined {
  if (row.ciphertext === null || row.commitment === null || subjectKey === undefined || secrets === undefined)
    return undefined
  const address = {
    controller,
    eventId: row.event_id,
    ordinal: row.ordinal,
    subjectId: row.subject_id,
    category: row.category,
  }
  const secret = secrets.subarray(row.ordinal * secretLength, (row.ordinal + 1) * secretLength)
  const plaintext = openPart(address, subjectKey, secret, {
    ciphertext: row.ciphertext,
    commitment: row.commitment,
  })
  return JSON.parse(plaintext.toString()) as JsonObject
}

/** A read-only transaction of the log's controller. */
export function reading<T>(ledger: Ledger, log: Log, fn: (tx: PoolClient) => Promise<T>): Promise<T> {
  return withController(ledger.pool, log.controller, fn)
}
