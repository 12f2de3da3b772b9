import type { X509Certificate } from 'node:crypto'
import { DomainError } from '../../platform/errors.ts'
import {
  children,
  contentOf,
  type Der,
  integerOf,
  oidOf,
  readDer,
  tags,
  writeDer,
  writeInteger,
} from './der.ts'
import { openSignedData } from './signed-data.ts'

const tstInfoOid = '1.2.840.113549.1.9.16.1.4'
const sha256Oid = '2.16.840.1.101.3.4.2.1'
const sha256OidBytes = Buffer.from('608648016503040201', 'hex')
const timeStampingUsage = '1.3.6.1.5.5.7.3.8'
const longestChain = 5

/** What a time-stamping authority vouches for: the digest existed at `time` (its clock, accuracy as its policy says). */
export type Timestamp = { readonly time: Date; readonly serial: bigint; readonly policy: string }

export type TimestampExpectation = {
  /** SHA-256 of what was stamped. */
  readonly digest: Buffer
  /** The nonce of our request; null when a stored response is checked again and the request is gone. */
  readonly nonce: bigint | null
  /** The authority's own certificate or a CA above it, as configured: the only ones believed without a chain. */
  readonly authorities: readonly X509Certificate[]
}

/** A TimeStampReq for a SHA-256 digest that asks for the certificate too (RFC 3161 § 2.4.1). The nonce: 64 random bits. */
export function timestampRequest(digest: Buffer, nonce: bigint): Buffer {
  const algorithm = writeDer(tags.sequence, writeDer(tags.oid, sha256OidBytes), writeDer(tags.null))
  const imprint = writeDer(tags.sequence, algorithm, writeDer(tags.octets, digest))
  const wantCertificate = writeDer(tags.boolean, Buffer.of(0xff))
  return writeDer(tags.sequence, writeInteger(1n), imprint, writeInteger(nonce), wantCertificate)
}

/** Checks that a TimeStampResp grants a time to this digest, signed by a trusted authority (RFC 3161 § 2.4.2, 2.3). */
export function verifyTimestamp(response: Buffer, expected: TimestampExpectation): Timestamp {
  const [statusInfo, token] = children(readDer(response), tags.sequence)
  const status = integerOf(children(statusInfo, tags.sequence)[0])
  if (status > 1n || token === undefined) throw refused(`The authority answered with status ${status}`)
  const { content, signer, certificates } = openSignedData(token, tstInfoOid, expected.authorities)
  const [version, policy, imprint, serial, time, ...optional] = children(readDer(content), tags.sequence)
  const [algorithm, digest] = children(imprint, tags.sequence)
  const nonce = optional.find(({ tag }) => tag === tags.integer)
  if (integerOf(version) !== 1n) throw refused('It is of another version')
  if (oidOf(children(algorithm, tags.sequence)[0]) !== sha256Oid)
    throw refused('It covers another kind of digest')
  if (!contentOf(digest, tags.octets).equals(expected.digest)) throw refused('It covers something else')
  if (expected.nonce !== null && (nonce === undefined || integerOf(nonce) !== expected.nonce)) {
    throw refused('It answers another request')
  }
  const stamped = readTime(time)
  requireTrusted(signer, certificates, expected.authorities, stamped)
  return { time: stamped, serial: integerOf(serial), policy: oidOf(policy) }
}

/** GeneralizedTime in UTC with seconds, fractions allowed (RFC 3161 § 2.4.2, genTime). */
function readTime(element: Der | undefined): Date {
  const text = contentOf(element, tags.time).toString('latin1')
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d*[1-9])?Z$/.exec(text)
  const [, year, month, day, hour, minute, second, fraction = ''] = parts ?? []
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction.slice(0, 4)}Z`)
  if (parts === null || Number.isNaN(time.getTime())) throw refused('Its time cannot be read')
  return time
}

/** The signer must be made for time stamping, and it or a CA above it be configured; all of them valid at that time. */
function requireTrusted(
  signer: X509Certificate,
  certificates: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  at: Date,
): void {
  const usages: readonly string[] = signer.keyUsage ?? []
  if (usages.length !== 1 || usages[0] !== timeStampingUsage)
    throw refused('Its signer is not made for time stamping')
  let link: X509Certificate | undefined = signer
  for (let depth = 0; link !== undefined && depth < longestChain; depth += 1) {
    const current: X509Certificate = link
    if (at < current.validFromDate || at > current.validToDate)
      throw refused('A certificate was not valid at that time')
    if (authorities.some(({ raw }) => raw.equals(current.raw))) return
    link = certificates.find(
      (above) => above.ca && current.checkIssued(above) && current.verify(above.publicKey),
    )
  }
  throw refused('Its signer is not of a configured authority')
}

function refused(why: string): DomainError {
  return new DomainError('integrity-failed', `The time stamp is refused. ${why}.`)
}
