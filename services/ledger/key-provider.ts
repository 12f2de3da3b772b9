import { hkdfSync } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { DomainError } from '../platform/errors.ts'
import { randomBytes } from '../platform/ids.ts'

/**
 * Holds what no database may hold: the root from which all standing keys are derived, and the numbered epoch keys, which
 * alone can be destroyed. Called outside transactions only.
 */
export type KeyProvider = {
  readonly name: string
  /** A standing 32-byte key for one purpose (HKDF-SHA-256, RFC 5869). Never store it, never log it. */
  readonly derive: (label: string) => Buffer
  /** `destroyed` only where the key is gone: one that is merely disabled is `live`. */
  readonly epochState: (epoch: number) => Promise<'live' | 'destroyed' | 'absent'>
  readonly createEpoch: (epoch: number) => Promise<void>
  /** The epoch's 32-byte key; `key-destroyed` if it is gone. */
  readonly epochKey: (epoch: number) => Promise<Buffer>
  /** Afterwards nothing sealed under the epoch opens anywhere. Calling it again is harmless. */
  readonly destroyEpoch: (epoch: number) => Promise<void>
}

const KeyFile = z.strictObject({
  liggare: z.literal('key-file/v1'),
  root: z
    .base64()
    .refine((text) => Buffer.from(text, 'base64').length === 32, { error: 'must be 32 bytes' })
    .optional(),
  /** Encrypted by a transit engine, instead of `root`. */
  wrappedRoot: z.string().optional(),
})

export type RootInFile = { readonly root?: string | undefined; readonly wrappedRoot?: string | undefined }

function syncDirectory(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/**
 * Writes a secret that did not exist (mode 0600, never over another file) and has it on disk when it returns. It gets its
 * name when it is whole: neither a crash nor another process ever finds a part of it. Another's secret of that name stays.
 */
function writeSecret(path: string, content: string | Buffer): void {
  const draft = `${path}.${randomBytes(8).toString('hex')}.new`
  const fd = openSync(draft, 'wx', 0o600)
  try {
    writeSync(fd, Buffer.from(content))
    fsyncSync(fd)
    linkSync(draft, path)
  } finally {
    closeSync(fd)
    unlinkSync(draft)
  }
  syncDirectory(dirname(path))
}

/** The same, where another process may do so at the same moment: the first one's secret is everybody's. */
function writeSharedSecret(path: string, content: string | Buffer): void {
  try {
    writeSecret(path, content)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

/** Writes a new key file, never over another. */
export function writeKeyFile(path: string, root: RootInFile): void {
  // Only the last directory is closed to others: the database's lies below the same parent.
  mkdirSync(dirname(dirname(path)), { recursive: true })
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), { mode: 0o700 })
  writeSecret(path, `${JSON.stringify({ liggare: 'key-file/v1', ...root })}\n`)
}

/** Makes a new key file. Only for a keyring that has never been used: a second key makes the first one's data unreadable. */
export function createKeyFile(path: string): void {
  writeKeyFile(path, { root: randomBytes(32).toString('base64') })
}

export function keyFileExists(path: string): boolean {
  return existsSync(path)
}

/** What a key file holds: the root in the clear, or encrypted; `key-mismatch` if it is missing or none. */
export function readKeyFile(path: string): RootInFile {
  if (!existsSync(path)) {
    throw new DomainError(
      'key-mismatch',
      `The key file ${path} is missing. Put back the one this database was made with; a new one would make everything unreadable.`,
    )
  }
  const parsed = KeyFile.safeParse(parseJson(readFileSync(path, 'utf8')))
  if (!parsed.success || (parsed.data.root === undefined) === (parsed.data.wrappedRoot === undefined)) {
    throw new DomainError(
      'key-mismatch',
      `The key file ${path} is not a Liggare key file (key-file/v1). Restore it from its backup.`,
    )
  }
  return parsed.data
}

/** `derive` of a provider: HKDF-SHA-256 (RFC 5869) over the root, the label as its info. */
export function standingKeys(root: Buffer): KeyProvider['derive'] {
  return (label) => Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), `liggare/${label}`, 32))
}

/** The key provider over a key file and, beside it, a directory with one file for each epoch key. */
export function openKeyFile(path: string): KeyProvider {
  const inFile = readKeyFile(path)
  if (inFile.root === undefined) {
    throw new DomainError(
      'key-mismatch',
      `The root in the key file ${path} is encrypted by a transit engine: set LIGGARE_TRANSIT_URL.`,
    )
  }
  const directory = `${path}.epochs`
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const live = (epoch: number) => join(directory, `${epoch}.key`)
  const dead = (epoch: number) => join(directory, `${epoch}.destroyed`)

  const stateOf = (epoch: number) =>
    existsSync(live(epoch)) ? 'live' : existsSync(dead(epoch)) ? 'destroyed' : 'absent'
  return {
    name: 'key-file',
    derive: standingKeys(Buffer.from(inFile.root, 'base64')),
    epochState: async (epoch) => stateOf(epoch),
    createEpoch: async (epoch) => {
      if (stateOf(epoch) === 'destroyed') {
        throw new DomainError(
          'key-destroyed',
          `Epoch key ${epoch} has been destroyed and is never made again.`,
        )
      }
      if (stateOf(epoch) === 'absent') writeSharedSecret(live(epoch), randomBytes(32))
    },
    epochKey: async (epoch) => {
      const state = stateOf(epoch)
      const key = state === 'live' ? readFileSync(live(epoch)) : undefined
      if (key?.length === 32) return key
      throw state === 'destroyed'
        ? new DomainError('key-destroyed', `Epoch key ${epoch} has been destroyed.`)
        : new DomainError(
            'key-mismatch',
            `Epoch key ${epoch} is missing or broken beside ${path}. Restore it from the key backup.`,
          )
    },
    destroyEpoch: async (epoch) => {
      if (!existsSync(dead(epoch))) writeSharedSecret(dead(epoch), '')
      if (!existsSync(live(epoch))) return
      // Overwriting helps on a plain disk; on a copying or journalling medium the file must lie on an encrypted volume.
      const fd = openSync(live(epoch), 'r+')
      try {
        writeSync(fd, randomBytes(32), 0, 32, 0)
        fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
      unlinkSync(live(epoch))
      syncDirectory(directory)
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
