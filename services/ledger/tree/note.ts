import { DomainError } from '../../platform/errors.ts'
import { decodeBase64 } from './base64.ts'

/** One signature line (c2sp.org/signed-note, Format): who signed, with which key id (4 bytes), and the signature proper. */
export type NoteSignature = { readonly name: string; readonly keyId: Buffer; readonly signature: Buffer }

/** A text, ending in a newline, and the signatures below it. Nothing of it may be believed before `verifyNote`. */
export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] }

/** A key that can check signature lines of its own name and key id, of whatever type. */
export type NoteVerifier = {
  readonly name: string
  readonly keyId: Buffer
  readonly verify: (text: Buffer, signature: Buffer) => boolean
}

export type NoteSigner = {
  readonly name: string
  readonly keyId: Buffer
  readonly sign: (text: Buffer) => Buffer
}

// The specification asks for at least 16 signatures and for some limit: these keep a hostile note cheap to refuse.
const largestNote = 1 << 20
const mostSignatures = 100

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const signatureLine = /^— ([^\p{White_Space}+]+) (\S+)$/u

/** Reads a signed note strictly (c2sp.org/signed-note, Format): every byte of it is text, a signature line or refused. */
export function parseNote(bytes: Buffer): Note {
  const note = bytes.length > largestNote ? null : decodeUtf8(bytes)
  const split = note?.lastIndexOf('\n\n') ?? -1
  if (note === null || split < 0 || !note.endsWith('\n') || hasControls(note)) throw malformed()
  const lines = note.slice(split + 2, -1).split('\n')
  if (lines.length > mostSignatures) throw malformed()
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignatureLine) }
}

/** One line `— name base64(key id ‖ signature)`, without its newline. */
export function parseSignatureLine(line: string): NoteSignature {
  const [, name, encoded] = signatureLine.exec(line) ?? []
  const bytes = decodeBase64(encoded ?? '')
  if (name === undefined || bytes === null || bytes.length < 5) throw malformed()
  return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) }
}

export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`
}

export function formatNote(note: Note): Buffer {
  return Buffer.from(`${note.text}\n${note.signatures.map(formatSignatureLine).join('')}`)
}

/** Signs a text, which must end in a newline and hold no other control character, with every signer. */
export function signNote(text: string, signers: readonly NoteSigner[]): Note {
  const bytes = Buffer.from(text)
  if (!text.endsWith('\n') || hasControls(text) || decodeUtf8(bytes) !== text) throw malformed()
  const signatures = signers.map(({ name, keyId, sign }) => ({ name, keyId, signature: sign(bytes) }))
  return { text, signatures }
}

/**
 * The given keys that signed the note, each once however often it did. Lines of other keys are ignored; a line that bears
 * a given key's name and id but does not verify spoils the whole note (c2sp.org/signed-note, Signatures).
 */
export function knownSigners(note: Note, verifiers: readonly NoteVerifier[]): NoteVerifier[] {
  const text = Buffer.from(note.text)
  const known = new Map(verifiers.map((verifier) => [identity(verifier), verifier]))
  const signed = new Set<NoteVerifier>()
  for (const line of note.signatures) {
    const verifier = known.get(identity(line))
    if (verifier === undefined) continue
    if (!verifier.verify(text, line.signature)) {
      throw new DomainError('integrity-failed', `A signature in the name of ${verifier.name} does not verify`)
    }
    signed.add(verifier)
  }
  return [...signed]
}

/** The same, and a note that none of the keys signed is refused. */
export function verifyNote(note: Note, verifiers: readonly NoteVerifier[]): NoteVerifier[] {
  const signed = knownSigners(note, verifiers)
  if (signed.length === 0)
    throw new DomainError('integrity-failed', 'The note bears no signature of a known key')
  return signed
}

/** Name and key id together tell keys apart; a name holds no plus, so this is unambiguous. */
export function identity(key: { readonly name: string; readonly keyId: Buffer }): string {
  return `${key.name}+${key.keyId.toString('hex')}`
}

/** May this be a key's name? (c2sp.org/signed-note, Format: no Unicode spaces, no plus, not empty) */
export function isKeyName(name: string): boolean {
  return /^[^\p{White_Space}\p{Cc}+]+$/u.test(name)
}

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

function hasControls(text: string): boolean {
  return /[\0-\x09\x0b-\x1f]/.test(text)
}

function malformed(): DomainError {
  return new DomainError('integrity-failed', 'Not a well-formed signed note')
}
