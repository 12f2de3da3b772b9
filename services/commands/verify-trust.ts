import type { X509Certificate } from 'node:crypto'
import { witnessVerifier } from '../ledger/tree/cosignature.ts'
import type { NoteVerifier } from '../ledger/tree/note.ts'
import { cosignatureType, logVerifier, parseVkey } from '../ledger/tree/note-key.ts'
import { DomainError } from '../platform/errors.ts'
import { certificatesIn } from './vouchers.ts'

/** Whom the person at the keyboard believes. Nothing of it is taken from what is checked. */
export type Trust = {
  readonly logKeys: readonly NoteVerifier[]
  readonly witnesses: readonly NoteVerifier[]
  /** How many of the witnesses must have cosigned. */
  readonly quorum: number
  readonly authorities: readonly X509Certificate[]
}

export type OfflineReport = {
  readonly kind: 'access-answer' | 'checkpoint' | 'proof'
  /** What was checked and found right, or else stands among the findings. */
  readonly checked: readonly string[]
  readonly findings: readonly string[]
}

export type OfflineOptions = {
  readonly key?: readonly string[]
  readonly witness?: readonly string[]
  readonly quorum?: string
  readonly timestamp?: string
  readonly authority?: readonly string[]
  readonly entry?: string
  readonly json?: boolean
}

export function trustOf(options: OfflineOptions): Trust {
  const keys = (options.key ?? []).map((text) => parseVkey(text))
  const witnesses = (options.witness ?? []).map((text) => parseVkey(text))
  const authorities = (options.authority ?? []).flatMap(certificatesIn)
  const quorum = options.quorum === undefined ? witnesses.length : Number(options.quorum)
  if (!Number.isInteger(quorum) || quorum < 0 || quorum > witnesses.length) {
    throw new DomainError('validation-failed', '--quorum is a number of the witnesses given')
  }
  if (witnesses.some(({ type }) => type !== cosignatureType)) {
    throw new DomainError('validation-failed', '--witness is the key of a witness, for cosignatures')
  }
  return { logKeys: keys.map(logVerifier), witnesses: witnesses.map(witnessVerifier), quorum, authorities }
}
