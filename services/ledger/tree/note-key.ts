import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { DomainError } from '../../platform/errors.ts'
import { decodeBase64 } from './base64.ts'
import { sha256 } from './hash.ts'
import { isKeyName, type NoteSigner, type NoteVerifier } from './note.ts'

/** Signature types of c2sp.org/signed-note: plain Ed25519 for logs, timestamped Ed25519 cosignatures for witnesses. */
export const ed25519Type = 0x01
export const cosignatureType = 0x04
export type SignatureType = typeof ed25519Type | typeof cosignatureType

/** A public key under a name, bound to one signature type: what a vkey says. */
export type NamedPublicKey = {
  readonly name: string
  readonly type: SignatureType
  readonly publicKey: KeyObject
}

/** The same with the private key: what an skey says. Never logged, never in an error. */
export type NamedPrivateKey = {
  readonly name: string
  readonly type: SignatureType
  readonly privateKey: KeyObject
}

/** SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4] (c2sp.org/signed-note, Signatures). */
export function keyId({ name, type, publicKey }: NamedPublicKey): Buffer {
  const raw = publicKey.export({ format: 'raw-public' })
  return sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), raw])).subarray(0, 4)
}

/** `name+hex(key id)+base64(type ‖ public key)` (c2sp.org/signed-note, Verifier keys). */
export function formatVkey(key: NamedPublicKey): string {
  const raw = key.publicKey.export({ format: 'raw-public' })
  return `${key.name}+${keyId(key).toString('hex')}+${Buffer.concat([Buffer.of(key.type), raw]).toString('base64')}`
}

/** Reads a vkey strictly: type, length and key id have to fit each other. */
export function parseVkey(text: string): NamedPublicKey {
  const { name, type, id, material } = parseKey(text.split('+'))
  const publicKey = createPublicKey({ key: material, format: 'raw-public', asymmetricKeyType: 'ed25519' })
  const key = { name, type, publicKey }
  if (!keyId(key).equals(id)) throw unreadable()
  return key
}

/** `PRIVATE+KEY+name+hex(key id)+base64(type ‖ seed)`: the form of golang.org/x/mod/sumdb/note, which others' tools read. */
export function formatSkey(key: NamedPrivateKey): string {
  const seed = key.privateKey.export({ format: 'raw-private' })
  const encoded = Buffer.concat([Buffer.of(key.type), seed]).toString('base64')
  return `PRIVATE+KEY+${key.name}+${keyId(publicPart(key)).toString('hex')}+${encoded}`
}

export function parseSkey(text: string): NamedPrivateKey {
  const [first, second, ...rest] = text.split('+')
  if (first !== 'PRIVATE' || second !== 'KEY') throw unreadable()
  const { name, type, id, material } = parseKey(rest)
  const privateKey = createPrivateKey({ key: material, format: 'raw-private', asymmetricKeyType: 'ed25519' })
  const key = { name, type, privateKey }
  if (!keyId(publicPart(key)).equals(id)) throw unreadable()
  return key
}

export function publicPart({ name, type, privateKey }: NamedPrivateKey): NamedPublicKey {
  return { name, type, publicKey: createPublicKey(privateKey) }
}

/** Checks plain Ed25519 signatures over the note's text (RFC 8032): the log's own. */
export function logVerifier(key: NamedPublicKey): NoteVerifier {
  requireType(key, ed25519Type)
  return {
    name: key.name,
    keyId: keyId(key),
    verify: (text, signature) => verify(null, text, key.publicKey, signature),
  }
}

export function logSigner(key: NamedPrivateKey): NoteSigner {
  requireType(key, ed25519Type)
  return { name: key.name, keyId: keyId(publicPart(key)), sign: (text) => sign(null, text, key.privateKey) }
}

/** A key made for one type of signature must not be used for another: a signature could then be read two ways. */
export function requireType(
  key: { readonly name: string; readonly type: SignatureType },
  type: SignatureType,
): void {
  if (key.type !== type)
    throw new DomainError('misconfigured', `The key ${key.name} is for another type of signature`)
}

function parseKey(parts: readonly string[]): {
  name: string
  type: SignatureType
  id: Buffer
  material: Buffer
} {
  const [name = '', id = '', encoded = ''] = parts
  const bytes = decodeBase64(parts.slice(2).join('+'))
  const type = bytes?.[0]
  const known = type === ed25519Type || type === cosignatureType
  if (!known || bytes?.length !== 33 || !/^[0-9a-f]{8}$/.test(id) || !isKeyName(name) || encoded === '')
    throw unreadable()
  return { name, type, id: Buffer.from(id, 'hex'), material: bytes.subarray(1) }
}

// The text itself stays out of the message: it may be a private key.
function unreadable(): DomainError {
  return new DomainError('misconfigured', 'Not a readable Ed25519 note key')
}
