import { randomBytes } from '../platform/ids.ts'
import { sha256 } from './tree/hash.ts'

/**
 * The header of an event, version 1: canonical JSON (RFC 8785) without anything a person wrote or is called.
 * Its members are written in the order of their names and hold only strings, integers and canonical `data`, so that
 * `JSON.stringify` is the canonical form (proved against a foreign canonicaliser in `test/ledger/vectors.test.ts`).
 */
export type HeaderPart = {
  readonly subjectId: string
  readonly role: string
  readonly category: string
  readonly digest: Buffer
}

export type HeaderInput = {
  readonly controller: string
  readonly eventId: string
  readonly streamId: string
  readonly type: string
  readonly channelId: string | null
  readonly threadId: string | null
  readonly occurredOn: string
  readonly recordedAt: string
  /** Canonical JSON of the open payload. */
  readonly data: string
  readonly parts: readonly HeaderPart[]
}

const saltLength = 16
const entryLabel = Buffer.from('liggare/header/v1')

/** The header's text. The 16 random bytes keep anybody from guessing it from its digest. */
export function writeHeader(input: HeaderInput, salt: Buffer = randomBytes(saltLength)): string {
  let parts = ''
  for (const [ordinal, part] of input.parts.entries()) {
    parts += `${ordinal === 0 ? '' : ','}{"category":"${part.category}","digest":"${part.digest.toString('base64url')}","ordinal":${ordinal},"role":"${part.role}","subject":"${part.subjectId}"}`
  }
  const channel = input.channelId === null ? '' : `"channel":"${input.channelId}",`
  const thread = input.threadId === null ? '' : `"thread":"${input.threadId}",`
  return `{${channel}"controller":"${input.controller}","data":${input.data},"id":"${input.eventId}","occurredOn":"${input.occurredOn}","parts":[${parts}],"recordedAt":"${input.recordedAt}","salt":"${salt.toString('base64url')}","stream":"${input.streamId}",${thread}"type":"${input.type}","v":1}`
}

/** The 32 bytes that the tree logs: entry = SHA-256("liggare/header/v1" ‖ header). */
export function entryOf(header: string): Buffer {
  return sha256(Buffer.concat([entryLabel, Buffer.from(header)]))
}
