import { createPrivateKey } from 'node:crypto'
import { join } from 'node:path'
import type { PoolClient } from 'pg'
import type { KeyProvider } from './key-provider.ts'
import type { Log } from './ledger.ts'
import { type Checkpoint, openCheckpoint, parseCheckpoint } from './tree/checkpoint.ts'
import { type NoteSigner, type NoteVerifier, parseNote } from './tree/note.ts'
import {
  ed25519Type,
  formatVkey,
  logSigner,
  logVerifier,
  type NamedPrivateKey,
  publicPart,
} from './tree/note-key.ts'

/** A name and a key under which a log is, or was, signed. The private key is derived when needed and stands nowhere. */
export type LogKey = {
  /** First line of a checkpoint: the installation (a name out of its key file), the controller, and the series from 2 on. */
  readonly origin: string
  readonly verifier: NoteVerifier
  /** The public key as strangers are given it (c2sp.org/signed-note, Verifier keys). */
  readonly vkey: string
  readonly signer: () => NoteSigner
  /**
   * Counts the restores of an older log that were accepted: within a series each checkpoint continues the one before, so a
   * log that lost entries it had signed goes on under another origin.
   */
  readonly series: number
}

/** Under which name and key a log is signed now, with those before it. */
export type LogIdentity = LogKey & { readonly earlier: readonly LogKey[] }

/** A restore that two persons have accepted, with the digest of the checkpoint it left behind; null where there was none. */
export type AcceptedRestore = { readonly kept: string | null }

/** Series and version of the key. Both begin with 1 and only grow. */
type Standing = { readonly series: number; readonly key: number }

const first: Standing = { series: 1, key: 1 }

/** The identity of a log that was neither restored nor given another key. */
export function logIdentity(provider: KeyProvider, log: Log): LogIdentity {
  return { ...keyOf(provider, log, first), earlier: [] }
}

/** Under which names and keys a log was and is signed, by its own events. */
export async function identityOf(
  tx: PoolClient,
  provider: KeyProvider,
  log: Log,
): Promise<LogIdentity & { readonly restore: AcceptedRestore | undefined }> {
  const { rows } = await tx.query<{ type: string; kept: string | null; series: string | null }>(
    `select type, header::jsonb -> 'data' ->> 'keptDigest' as kept, header::jsonb -> 'data' ->> 'series' as series
       from ledger.event
      where controller_id = $1 and type in ('checkpoint.restore-accepted', 'checkpoint.key-rotated') order by position`,
    [log.controller],
  )
  const standings: Standing[] = [first]
  let restore: AcceptedRestore | undefined
  for (const row of rows) {
    const { series, key } = standings.at(-1) as Standing
    if (row.type === 'checkpoint.key-rotated') {
      standings.push({ series, key: key + 1 })
    } else {
      standings.push({ series: Number(row.series), key })
      restore = { kept: row.kept }
    }
  }
  const keys = standings.map((standing) => keyOf(provider, log, standing)).reverse()
  const [current, ...earlier] = keys as [LogKey, ...LogKey[]]
  return { ...current, earlier, restore }
}

function keyOf(provider: KeyProvider, log: Log, { series, key: version }: Standing): LogKey {
  // A label of its own: what is published tells nothing of any key.
  const installation = provider.derive('log-origin/v1').subarray(0, 8).toString('hex')
  const origin = `liggare/${installation}/${log.slug}${series === 1 ? '' : `/${series}`}`
  const key = (): NamedPrivateKey => ({
    name: origin,
    type: ed25519Type,
    privateKey: createPrivateKey({
      key: provider.derive(`log-key/v${version}/${log.controller}`),
      format: 'raw-private',
      asymmetricKeyType: 'ed25519',
    }),
  })
  const named = publicPart(key())
  return {
    origin,
    verifier: logVerifier(named),
    vkey: formatVkey(named),
    signer: () => logSigner(key()),
    series,
  }
}

/** The keys of one origin, the newest first. */
export function keysOf({ earlier, ...current }: LogIdentity, origin: string): LogKey[] {
  return [current, ...earlier].filter((key) => key.origin === origin)
}

/** The checkpoint in a note that the log has signed, now or before; undefined if it has not. */
export function openOwn(note: Buffer, identity: LogIdentity): Checkpoint | undefined {
  try {
    const { origin } = parseCheckpoint(parseNote(note).text)
    const keys = keysOf(identity, origin).map(({ verifier }) => verifier)
    return openCheckpoint(note, origin, keys).checkpoint
  } catch {
    return undefined
  }
}

/** Where a log's newest checkpoint is kept, outside the database and its backups: `folder` is beside the erasure journal. */
export function checkpointFile(folder: string, log: Log): string {
  return join(folder, log.slug)
}
