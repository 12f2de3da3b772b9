import { createHash, timingSafeEqual } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Actor } from '../ledger/command.ts'
import { recordCommand } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { readEvents } from '../ledger/read.ts'
import { DomainError } from '../platform/errors.ts'
import { randomBytes, uuidv7 } from '../platform/ids.ts'
import type { Language } from './case-file.ts'
import { loadCase } from './case-steps.ts'
import { digestOf, filesOf, zipOf } from './files.ts'
import { compileCase } from './package.ts'

export type HandOutRequest = {
  readonly purpose: string
  /** To whom, in words; kept sealed. */
  readonly to: string
  readonly how: 'download' | 'post' | 'counter' | 'secureMail' | 'other'
  readonly language: Language
  /** Of a link, from now. */
  readonly validHours: number
}

export type HandedOut = {
  readonly id: string
  readonly case: string
  readonly how: HandOutRequest['how']
  /** Which answer: its place in the log. */
  readonly position: string
  readonly digest: string
  readonly expiresAt?: string
  /** What a link ends with: said once, and nowhere kept but as a digest. */
  readonly token?: string
}

/**
 * Hands the answer of a decided case out: an event with the digest of all that was handed out, to whom (sealed) and how.
 * A download gets a token that works once, until it expires.
 */
export async function handOut(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  caseId: string,
  request: HandOutRequest,
): Promise<HandedOut> {
  const { state } = await loadCase(ledger, log, caseId)
  if (state.status !== 'answered') {
    throw new DomainError('decision-missing', 'What has not been decided is not handed out')
  }
  const { purpose, to, how, language, validHours } = request
  const compiled = await compileCase(ledger, log, { actor, purpose }, caseId, language)
  const digest = await digestOf(filesOf(ledger, log, compiled))
  const id = uuidv7()
  const secret = randomBytes(32)
  const expiresAt = new Date(ledger.clock.now().getTime() + validHours * 3_600_000).toISOString()
  const { position } = compiled.answer.upTo
  const data = { case: caseId, how, language, position, digest }
  await recordCommand(ledger, log, {
    type: 'access.handed-out',
    streamId: id,
    expectedVersion: 0,
    actor,
    data: how === 'download' ? { ...data, expiresAt, secret: sha256(secret) } : data,
    sealed: { to, purpose },
  })
  const token = `${id}.${secret.toString('base64url')}`
  return { id, case: caseId, how, position, digest, ...(how === 'download' && { expiresAt, token }) }
}

type Link = {
  readonly id: string
  readonly caseId: string
  readonly language: Language
  readonly position: string
}

/** What a token leads to; `not-found` when it never did, has been used or has expired, and never which. */
export async function linkOf(ledger: Ledger, log: Log, token: string): Promise<Link> {
  const [id = '', secret = ''] = token.split('.')
  const events = /^[0-9a-f-]{36}$/.test(id)
    ? await reading(ledger, log, (tx) =>
        readEvents(tx, { controller: log.controller, streamId: id, limit: 2 }),
      )
    : []
  const [made, used] = events
  const {
    case: caseId,
    language,
    position,
    expiresAt,
    secret: wanted,
  } = made?.data ?? ({} as Readonly<Record<string, unknown>>)
  if (
    made?.type !== 'access.handed-out' ||
    used !== undefined ||
    typeof caseId !== 'string' ||
    typeof position !== 'string' ||
    typeof expiresAt !== 'string' ||
    typeof wanted !== 'string' ||
    !timingSafeEqual(Buffer.from(wanted), Buffer.from(sha256(Buffer.from(secret, 'base64url')))) ||
    Date.parse(expiresAt) <= ledger.clock.now().getTime()
  ) {
    throw new DomainError('not-found', 'The link is not valid, or no longer')
  }
  return { id, caseId, position, language: language === 'en' ? 'en' : 'sv' }
}

/** The package behind a token, and the token used up: before the first byte, and once however often it is tried at once. */
export async function fetchOnce(ledger: Ledger, log: Log, token: string): Promise<Readable> {
  const { id, caseId, language, position } = await linkOf(ledger, log, token)
  const { compiled } = await loadCase(ledger, log, caseId)
  if (compiled?.position !== position) {
    throw new DomainError('not-found', 'The link is not valid, or no longer')
  }
  const actor = { name: 'link' }
  const used = { type: 'access.fetched', streamId: id, expectedVersion: 1, actor, data: { case: caseId } }
  try {
    await recordCommand(ledger, log, used)
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'version-conflict') throw error
    throw new DomainError('not-found', 'The link is not valid, or no longer', { cause: error })
  }
  const purpose = 'Utlämnande av registerutdrag över länk / access answer fetched over its link'
  const answer = await compileCase(ledger, log, { actor, purpose }, caseId, language)
  return zipOf(filesOf(ledger, log, answer))
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
