import { createPrivateKey } from 'node:crypto'
import { join } from 'node:path'
import type { KeyProvider } from './key-provider.ts'
import type { Log } from './ledger.ts'
import type { NoteSigner, NoteVerifier } from './tree/note.ts'
import {
  ed25519Type,
  formatVkey,
  logSigner,
  logVerifier,
  type NamedPrivateKey,
  publicPart,
} from './tree/note-key.ts'

/** Under which name and key a log is signed. The private key is derived when needed and stands nowhere. */
export type LogIdentity = {
  /** First line of every checkpoint: the installation (a name out of its key file) and the controller. */
  readonly origin: string
  readonly verifier: NoteVerifier
  /** The public key as strangers are given it (c2sp.org/signed-note, Verifier keys). */
  readonly vkey: string
  readonly signer: () => NoteSigner
}

export function logIdentity(provider: KeyProvider, log: Log): LogIdentity {
  // A label of its own: what is published tells nothing of any key.
  const installation = provider.derive('log-origin/v1').subarray(0, 8).toString('hex')
  const origin = `liggare/${installation}/${log.slug}`
  const key = (): NamedPrivateKey => ({
    name: origin,
    type: ed25519Type,
    privateKey: createPrivateKey({
      key: provider.derive(`log-key/v1/${log.controller}`),
      format: 'raw-private',
      asymmetricKeyType: 'ed25519',
    }),
  })
  const named = publicPart(key())
  return { origin, verifier: logVerifier(named), vkey: formatVkey(named), signer: () => logSigner(key()) }
}

/** Where a log's newest checkpoint is kept, outside the database and its backups: `folder` is beside the erasure journal. */
export function checkpointFile(folder: string, log: Log): string {
  return join(folder, log.slug)
}
