import { DomainError } from '../platform/errors.ts'

/** What an archive may be at most; above it the archive is refused, before or while it is read. Sizes in bytes. */
export type ArchiveLimits = {
  readonly maxEntries: number
  readonly maxTotalSize: number
  readonly maxEntrySize: number
  /** Unpacked over packed size. Counted only above `ratioFloor`, since small repetitive files pack very well. */
  readonly maxRatio: number
  readonly ratioFloor: number
}

/** Room for a municipality's largest download with its films (50 GB parts), not for a bomb (deflate reaches 1:1,032). */
export const defaultLimits: ArchiveLimits = {
  maxEntries: 500_000,
  maxTotalSize: 128 * 1024 ** 3,
  maxEntrySize: 64 * 1024 ** 3,
  maxRatio: 250,
  ratioFloor: 16 * 1024 ** 2,
}

/** A plain file in an archive. `path` is safe: relative, forward slashes, no `..`; it may name people, so keep it out of logs. */
export type ArchiveMember = {
  /** Place in the archive from 0, directories counted: what errors name. */
  readonly index: number
  readonly path: string
  readonly size: number
}

/** A member that can be read. In a tar archive only until the next one is asked for. */
export type OpenMember = ArchiveMember & { readonly open: () => AsyncIterable<Uint8Array> }

/** An archive on disk whose names, kinds, sizes and count have been checked as a whole before the first byte is handed out. */
export type Archive = {
  readonly members: readonly ArchiveMember[]
  /** The members that are wanted, in the archive's order; may be called again for another pass. */
  readonly files: (wanted: (path: string) => boolean) => AsyncIterable<OpenMember>
  readonly close: () => void
}

/** The refusal names the entry by its place: its name may be a person's. */
export function unsafe(index: number, reason: string): DomainError {
  return new DomainError('source-unsafe', `archive entry ${index}: ${reason}`)
}

export function malformed(reason: string, cause?: unknown): DomainError {
  return new DomainError('source-malformed', `archive: ${reason}`, cause === undefined ? {} : { cause })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A name's bytes as UTF-8; what is not UTF-8 is old and taken as Latin-1, so that a picture's name stops no import. */
export function decodeName(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    return Buffer.from(bytes).toString('latin1')
  }
}

/** The name as a safe relative path, or `source-unsafe`. A directory's path keeps its last slash. */
export function safePath(index: number, name: string): string {
  if (name.length > 4096) throw unsafe(index, 'name too long')
  if (/[\u0000-\u001f\u007f]/.test(name)) throw unsafe(index, 'control character in its name')
  const path = name.replaceAll('\\', '/')
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) throw unsafe(index, 'absolute name')
  const segments = path.split('/')
  if (segments.includes('..')) throw unsafe(index, 'name leads out of the archive')
  const isDirectory = segments.at(-1) === '' || segments.at(-1) === '.'
  const kept = segments.filter((segment) => segment !== '' && segment !== '.').join('/')
  if (kept === '' && !isDirectory) throw unsafe(index, 'no name')
  return isDirectory ? `${kept}/` : kept
}

/** Counts what an archive holds against the limits while it is listed. */
export function limiter(limits: ArchiveLimits): {
  entry: (index: number) => void
  file: (index: number, path: string, size: number) => void
} {
  const seen = new Set<string>()
  let total = 0
  return {
    entry(index) {
      if (index >= limits.maxEntries) throw unsafe(index, `more than ${limits.maxEntries} entries`)
    },
    file(index, path, size) {
      // Two members of one name: which one is meant depends on the reader, so a checked one could hide an unchecked one.
      if (seen.has(path)) throw unsafe(index, 'a name that an earlier entry has')
      seen.add(path)
      if (size > limits.maxEntrySize) throw unsafe(index, `larger than ${limits.maxEntrySize} bytes`)
      total += size
      if (total > limits.maxTotalSize) throw unsafe(index, `archive larger than ${limits.maxTotalSize} bytes`)
    },
  }
}

export function tooDense(limits: ArchiveLimits, packed: number, unpacked: number): boolean {
  return unpacked > limits.ratioFloor && unpacked > packed * limits.maxRatio
}
