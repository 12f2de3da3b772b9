import { randomBytes, type X509Certificate } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { withController } from '../db/transaction.ts'
import type { Clock } from '../platform/clock.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { identityOf, openOwn } from './checkpoints-key.ts'
import { storedTiles } from './checkpoints-tiles.ts'
import type { KeyProvider } from './key-provider.ts'
import type { Log } from './ledger.ts'
import { decodeDecimal } from './tree/base64.ts'
import { witnessVerifier } from './tree/cosignature.ts'
import { sha256 } from './tree/hash.ts'
import { consistencyPath } from './tree/merkle.ts'
import {
  formatNote,
  formatSignatureLine,
  knownSigners,
  type NoteVerifier,
  parseNote,
  parseSignatureLine,
} from './tree/note.ts'
import { parseVkey } from './tree/note-key.ts'
import { nodesFromTiles } from './tree/tile-tree.ts'
import { type Timestamp, timestampRequest, verifyTimestamp } from './tree/timestamp.ts'
import { addCosignatures, formatAddCheckpoint } from './tree/witness.ts'
import type { Report } from './verify-finding.ts'

/** Somebody who looks after logs: says of a checkpoint that it continues the one before (c2sp.org/tlog-witness). */
export type Witness = { readonly key: NoteVerifier; readonly url: string }

/** A time-stamping authority (RFC 3161) and whose certificates are believed of it. */
export type Authority = { readonly url: string; readonly certificates: readonly X509Certificate[] }

export type EvidenceDeps = {
  /** The worker's pool. */
  readonly pool: Pool
  readonly provider: KeyProvider
  readonly clock: Clock
}

const patienceMs = 15_000
const largestAnswer = 1 << 20

/** Witnesses as the configuration has them: `VKEY URL`, one after the other, between commas. */
export function witnessesOf(text: string): Witness[] {
  return text.split(',').map((one) => {
    const [vkey = '', url = '', ...rest] = one.trim().split(/\s+/)
    if (rest.length > 0 || !/^https?:\/\//.test(url)) {
      throw new DomainError(
        'misconfigured',
        'A witness is its vkey and its URL, with a space between; witnesses stand between commas.',
      )
    }
    return { key: witnessVerifier(parseVkey(vkey)), url: url.replace(/\/+$/, '') }
  })
}

type Newest = { readonly size: number; readonly note: Buffer }

async function newestOf(tx: PoolClient, controller: number): Promise<Newest | undefined> {
  const { rows } = await tx.query<{ size: string; note: Buffer }>(
    'select size, note from ledger.checkpoint where controller_id = $1 order by size desc limit 1',
    [controller],
  )
  return rows[0] && { size: Number(rows[0].size), note: rows[0].note }
}

/**
 * Asks a witness to cosign the newest checkpoint, if it has not. Answers the size it cosigned now, undefined if there was
 * nothing to do. A witness that knows the log at another size than we think says so, and is asked once more from there.
 */
export async function askWitness(
  deps: EvidenceDeps,
  log: Log,
  witness: Witness,
): Promise<number | undefined> {
  const { pool, provider } = deps
  const { controller } = log
  const { newest, cosigned } = await withController(pool, controller, async (tx) => {
    const found = await newestOf(tx, controller)
    return {
      newest: found,
      cosigned: found === undefined ? 0 : await cosignedSize(tx, provider, log, witness, found.note),
    }
  })
  if (newest === undefined || newest.size === cosigned) return undefined
  let answer = await addCheckpoint(deps, log, witness, newest, cosigned)
  if (answer.status === 409) {
    const known = decodeDecimal(answer.body.toString('latin1').trim())
    // More than we have ever published: then this is not the log that it knows.
    if (known === null || known > newest.size) throw refused(witness, 'knows more of the log than there is')
    answer = await addCheckpoint(deps, log, witness, newest, known)
  }
  if (answer.status !== 200) throw refused(witness, `answered ${answer.status}`)
  const cosignedNote = parseNote(addCosignatures(newest.note, answer.body, [witness.key]))
  const line = cosignedNote.signatures.find(
    (it) => it.name === witness.key.name && it.keyId.equals(witness.key.keyId),
  )
  if (line === undefined) throw refused(witness, 'left no signature of its own')
  await store(deps, log, newest.size, 'cosignature', witness.key.name, Buffer.from(formatSignatureLine(line)))
  return newest.size
}

/** The size that it has last cosigned of this series; a series is a log of its own to a witness. */
async function cosignedSize(
  tx: PoolClient,
  provider: KeyProvider,
  log: Log,
  witness: Witness,
  newest: Buffer,
): Promise<number> {
  const { rows } = await tx.query<{ size: string; note: Buffer }>(
    `select e.size, c.note from ledger.checkpoint_evidence e join ledger.checkpoint c using (controller_id, size)
      where e.controller_id = $1 and e.kind = 'cosignature' and e.name = $2 order by e.size desc limit 1`,
    [log.controller, witness.key.name],
  )
  const [row] = rows
  if (row === undefined) return 0
  const identity = await identityOf(tx, provider, log)
  return openOwn(row.note, identity)?.origin === openOwn(newest, identity)?.origin ? Number(row.size) : 0
}

async function addCheckpoint(deps: EvidenceDeps, log: Log, witness: Witness, newest: Newest, from: number) {
  const path = await withController(deps.pool, log.controller, (tx) =>
    consistencyPath(nodesFromTiles(storedTiles(tx, log.controller), newest.size), from, newest.size),
  )
  return post(`${witness.url}/add-checkpoint`, 'text/plain', formatAddCheckpoint(from, path, newest.note))
}

/**
 * Has the newest checkpoint stamped, once a day in Swedish time. Answers the time that the authority vouches for, undefined if
 * today's is there. What is stamped is the signed text, so that the stamp fits whoever's signatures stand below.
 */
export async function askAuthority(
  deps: EvidenceDeps,
  log: Log,
  authority: Authority,
): Promise<Timestamp | undefined> {
  const { pool, clock } = deps
  const { newest, last } = await withController(pool, log.controller, async (tx) => {
    const { rows } = await tx.query<{ size: string; added_at: Date }>(
      `select size, added_at from ledger.checkpoint_evidence
        where controller_id = $1 and kind = 'timestamp' order by added_at desc limit 1`,
      [log.controller],
    )
    return { newest: await newestOf(tx, log.controller), last: rows[0] }
  })
  if (newest === undefined || Number(last?.size ?? -1) === newest.size) return undefined
  if (last !== undefined && localDay(last.added_at) === localDay(clock.now())) return undefined
  const digest = sha256(stampedText(newest.note))
  const nonce = randomBytes(8).readBigUInt64BE()
  const request = timestampRequest(digest, nonce)
  const { status, body } = await post(authority.url, 'application/timestamp-query', request)
  if (status !== 200)
    throw new DomainError('integrity-failed', `The time-stamping authority answered ${status}.`)
  const stamp = verifyTimestamp(body, { digest, nonce, authorities: authority.certificates })
  await store(deps, log, newest.size, 'timestamp', new URL(authority.url).host, body)
  return stamp
}

/** What a time stamp is over: the text that the log signed, without the signatures. */
export function stampedText(note: Buffer): Buffer {
  return Buffer.from(parseNote(note).text)
}

/** The checkpoint of a size with the witnesses' signatures below the log's own. */
export async function withCosignatures(
  tx: PoolClient,
  controller: number,
  { size, note }: Newest,
): Promise<Buffer> {
  const { rows } = await tx.query<{ content: Buffer }>(
    `select content from ledger.checkpoint_evidence where controller_id = $1 and size = $2 and kind = 'cosignature' order by name`,
    [controller, size],
  )
  if (rows.length === 0) return note
  const { text, signatures } = parseNote(note)
  const lines = rows.map(({ content }) => parseSignatureLine(content.toString().trimEnd()))
  return formatNote({ text, signatures: [...signatures, ...lines] })
}

/** The newest checkpoint that somebody has stamped, with the answer of the authority. */
export async function newestStamped(
  tx: PoolClient,
  controller: number,
): Promise<(Newest & { readonly stamp: Buffer; readonly authority: string }) | undefined> {
  const { rows } = await tx.query<{ size: string; note: Buffer; content: Buffer; name: string }>(
    `select c.size, c.note, e.content, e.name from ledger.checkpoint_evidence e join ledger.checkpoint c using (controller_id, size)
      where e.controller_id = $1 and e.kind = 'timestamp' order by e.size desc limit 1`,
    [controller],
  )
  const [row] = rows
  return row && { size: Number(row.size), note: row.note, stamp: row.content, authority: row.name }
}

/** Checks what is stored of witnesses and authorities against those that are configured; others' words are left alone. */
export async function checkEvidence(
  tx: PoolClient,
  controller: number,
  witnesses: readonly NoteVerifier[],
  authorities: readonly X509Certificate[],
  report: Report,
): Promise<void> {
  const { rows } = await tx.query<{
    size: string
    kind: string
    name: string
    content: Buffer
    note: Buffer
  }>(
    `select e.size, e.kind, e.name, e.content, c.note from ledger.checkpoint_evidence e
       join ledger.checkpoint c using (controller_id, size) where e.controller_id = $1 order by e.size`,
    [controller],
  )
  for (const { size, kind, name, content, note } of rows) {
    try {
      const { text } = parseNote(note)
      if (kind === 'cosignature') {
        knownSigners({ text, signatures: [parseSignatureLine(content.toString().trimEnd())] }, witnesses)
      } else if (authorities.length > 0) {
        verifyTimestamp(content, { digest: sha256(Buffer.from(text)), nonce: null, authorities })
      }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      report(
        'evidence-altered',
        Number(size) - 1,
        `the ${kind} of ${name} at size ${size} is refused: ${error.message}`,
      )
    }
  }
}

async function store(
  { pool, clock }: EvidenceDeps,
  log: Log,
  size: number,
  kind: 'cosignature' | 'timestamp',
  name: string,
  content: Buffer,
): Promise<void> {
  await pool.query('select ledger.store_checkpoint_evidence($1, $2, $3, $4, $5, $6)', [
    log.controller,
    size,
    kind,
    name,
    content,
    clock.now(),
  ])
}

async function post(url: string, type: string, body: Buffer): Promise<{ status: number; body: Buffer }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': type },
    body: new Uint8Array(body),
    redirect: 'error',
    signal: AbortSignal.timeout(patienceMs),
  })
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of response.body ?? []) {
    size += piece.length
    if (size > largestAnswer)
      throw new DomainError('integrity-failed', 'The answer is larger than any of its kind.')
    pieces.push(piece)
  }
  return { status: response.status, body: Buffer.concat(pieces) }
}

function refused({ key }: Witness, why: string): DomainError {
  return new DomainError('integrity-failed', `The witness ${key.name} ${why}.`)
}
