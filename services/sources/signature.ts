import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Delivery, Secrets } from './source.ts'

/** How a platform writes an HMAC over the raw body. */
export type SignatureScheme = {
  /** Header name in lower case. */
  readonly header: string
  readonly algorithm: 'sha256' | 'sha1'
  readonly encoding: 'hex' | 'base64'
  /** What stands before the digest in the header. */
  readonly prefix: string
  /** What is signed before the body (LinkedIn). */
  readonly signedPrefix?: string
}

/** Meta (Facebook, Instagram): the raw bytes, since Meta signs the `\uXXXX`-escaped form, which re-serialising loses. */
export const metaSignature: SignatureScheme = {
  header: 'x-hub-signature-256',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: 'sha256=',
}

/** Meta's older header; it says nothing where the newer one is present. */
export const metaLegacySignature: SignatureScheme = {
  header: 'x-hub-signature',
  algorithm: 'sha1',
  encoding: 'hex',
  prefix: 'sha1=',
}

export const xSignature: SignatureScheme = {
  header: 'x-twitter-webhooks-signature',
  algorithm: 'sha256',
  encoding: 'base64',
  prefix: 'sha256=',
}

export const linkedInSignature: SignatureScheme = {
  header: 'x-li-signature',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: '',
  signedPrefix: 'hmacsha256=',
}

/** WebSub's header with SHA-256: Mastodon's webhooks, and whoever posts to us on behalf of WordPress or YouTube. */
export const hubSignature: SignatureScheme = {
  header: 'x-hub-signature',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: 'sha256=',
}

/** The digest as the platform writes it, without prefix. */
export function sign(
  scheme: Pick<SignatureScheme, 'algorithm' | 'encoding' | 'signedPrefix'>,
  secret: Uint8Array,
  body: Uint8Array | string,
): string {
  const hmac = createHmac(scheme.algorithm, secret)
  if (scheme.signedPrefix !== undefined) hmac.update(scheme.signedPrefix)
  return hmac.update(body).digest(scheme.encoding)
}

/**
 * Whether the body is signed with one of the secrets in force. All are tried, whichever fits, and compared in constant time, so
 * that time tells neither the digest nor which secret is the old one. No secret, or an empty one, verifies nothing.
 */
export function isSigned(scheme: SignatureScheme, delivery: Delivery, secrets: Secrets): boolean {
  const header = delivery.headers[scheme.header]
  if (header === undefined) return false
  let found = false
  for (const secret of secrets) {
    if (secret.length === 0) continue
    const matches = sameText(header, scheme.prefix + sign(scheme, secret, delivery.body))
    found = matches || found
  }
  return found
}

/** Equality in a time that tells no more than the lengths. */
export function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
