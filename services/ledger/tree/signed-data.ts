import { createHash, verify, X509Certificate } from 'node:crypto'
import { DomainError } from '../../platform/errors.ts'
import { children, contentOf, type Der, oidOf, tags } from './der.ts'

const signedDataOid = '1.2.840.113549.1.7.2'
const contentTypeOid = '1.2.840.113549.1.9.3'
const messageDigestOid = '1.2.840.113549.1.9.4'
const signingCertificateOid = '1.2.840.113549.1.9.16.2.12'
const signingCertificateV2Oid = '1.2.840.113549.1.9.16.2.47'

const digests = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
])

/** Signature algorithms by the digest they name; plain rsaEncryption takes the signer's digest algorithm. */
const signatures = new Map([
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
])
const rsaEncryption = '1.2.840.113549.1.1.1'

/** The content that was signed, who signed it, and the certificates that came along (to be believed only through a chain). */
export type SignedContent = {
  readonly content: Buffer
  readonly signer: X509Certificate
  readonly certificates: readonly X509Certificate[]
}

/**
 * Opens CMS SignedData with one signer (RFC 5652 § 5) over content of the given type. The signature has been checked with
 * the certificate that the signed attributes name (RFC 5035, 5816); whether that certificate is trusted has not.
 */
export function openSignedData(
  contentInfo: Der,
  contentType: string,
  known: readonly X509Certificate[],
): SignedContent {
  const [type, wrapped] = children(contentInfo, tags.sequence)
  if (oidOf(type) !== signedDataOid) throw refused('It is no signed data')
  const parts = children(children(wrapped, tags.context0)[0], tags.sequence)
  const [innerType, innerWrapped] = children(parts[2], tags.sequence)
  if (oidOf(innerType) !== contentType) throw refused('It signs another kind of content')
  const content = contentOf(children(innerWrapped, tags.context0)[0], tags.octets)
  const carried = parts.find(({ tag }) => tag === tags.context0)
  const embedded =
    carried === undefined ? [] : children(carried, tags.context0).map(({ whole }) => readCertificate(whole))
  const [signerInfo, second] = children(parts.at(-1), tags.set)
  if (second !== undefined) throw refused('It has more than one signer')
  const certificates = [...known, ...embedded]
  return {
    content,
    signer: checkSigner(children(signerInfo, tags.sequence), content, contentType, certificates),
    certificates,
  }
}

/** RFC 5652 § 5.4 and 5.6: the signature is over the attributes, and they hold the content's digest and type. */
function checkSigner(
  [, , digestAlgorithm, attributes, signatureAlgorithm, signature]: readonly Der[],
  content: Buffer,
  contentType: string,
  certificates: readonly X509Certificate[],
): X509Certificate {
  const digest = digests.get(oidOf(children(digestAlgorithm, tags.sequence)[0]))
  const algorithm = oidOf(children(signatureAlgorithm, tags.sequence)[0])
  const signed = algorithm === rsaEncryption ? digest : signatures.get(algorithm)
  if (digest === undefined || signed === undefined) throw refused('Its algorithm is not one we accept')
  const values = new Map(children(attributes, tags.context0).map(readAttribute))
  const stated = contentOf(values.get(messageDigestOid), tags.octets)
  if (oidOf(values.get(contentTypeOid)) !== contentType) throw refused('It signs another kind of content')
  if (!createHash(digest).update(content).digest().equals(stated))
    throw refused('Its digest is of other content')
  const signer = namedCertificate(values, certificates)
  // Signed as a SET, transmitted under a context tag.
  const message = Buffer.from((attributes as Der).whole)
  message.writeUInt8(tags.set)
  if (!verify(signed, message, signer.publicKey, contentOf(signature, tags.octets)))
    throw refused('Its signature is false')
  return signer
}

function readAttribute(attribute: Der): [string, Der | undefined] {
  const [type, values] = children(attribute, tags.sequence)
  return [oidOf(type), children(values, tags.set)[0]]
}

/** The certificate whose hash stands first in the signing-certificate attribute: SHA-256 unless it says otherwise. */
function namedCertificate(
  values: ReadonlyMap<string, Der | undefined>,
  certificates: readonly X509Certificate[],
): X509Certificate {
  const second = values.get(signingCertificateV2Oid)
  const [list] = children(second ?? values.get(signingCertificateOid), tags.sequence)
  const parts = children(children(list, tags.sequence)[0], tags.sequence)
  const named =
    parts[0]?.tag === tags.sequence ? digests.get(oidOf(children(parts.shift(), tags.sequence)[0])) : 'sha256'
  const algorithm = second === undefined ? 'sha1' : named
  const hash = contentOf(parts[0], tags.octets)
  const found = certificates.find(
    ({ raw }) => algorithm && createHash(algorithm).update(raw).digest().equals(hash),
  )
  if (found === undefined) throw refused('The certificate it names is missing')
  return found
}

function readCertificate(bytes: Buffer): X509Certificate {
  try {
    return new X509Certificate(bytes)
  } catch (cause) {
    throw new DomainError('integrity-failed', 'A certificate in the time stamp cannot be read', { cause })
  }
}

function refused(why: string): DomainError {
  return new DomainError('integrity-failed', `The time stamp is refused. ${why}.`)
}
