import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { DomainError } from '../platform/errors.ts'
import type { OpenMember } from '../sources/archive-files.ts'
import { firstBytes, isArchive, openArchive } from '../sources/archive-open.ts'
import { archiveSource } from '../sources/list.ts'
import {
  type Account,
  type ArchiveFile,
  type ArchiveSource,
  type FileRole,
  type Translated,
  unrecognised,
} from '../sources/source.ts'

/** A download on disk whose maker is known. Its items may be read as often as need be, always in the same order. */
export type Download = {
  readonly source: ArchiveSource
  readonly account: Account | undefined
  readonly items: () => AsyncIterable<Translated>
  readonly close: () => void
}

export type DownloadHints = {
  /** What the file was called: a lone file is told by its name, or else by its first bytes. */
  readonly name: string
  /** Platforms to try, in order; undefined: any. */
  readonly platforms: readonly (string | undefined)[]
  /** RFC 3339: the time of what has none, where the download does not say when it was made. */
  readonly readAt: string
  /** Who may know the file; all that there are unless told. */
  readonly sources?: readonly ArchiveSource[]
}

type Members = {
  readonly paths: readonly string[]
  readonly files: (wanted: (path: string) => boolean) => AsyncIterable<Pick<OpenMember, 'path' | 'open'>>
  readonly close: () => void
}

/** Opens a zip, tar.gz, WXR, JSON, JSONL or CSV file. `source-malformed` where no platform's reader knows it. */
export async function openDownload(file: string, hints: DownloadHints): Promise<Download> {
  const members = (await isArchive(file)) ? await archiveMembers(file) : await loneFile(file, hints)
  try {
    const source = sourceOf(members.paths, hints)
    if (source === undefined)
      throw new DomainError(
        'source-malformed',
        'the file is no download that any platform here is known to make',
      )
    const madeAt = await firstAnswer(members, source, hints.readAt, source.madeAt)
    const observedAt = madeAt ?? hints.readAt
    const account = await firstAnswer(members, source, observedAt, source.account)
    return {
      source,
      account,
      items: () => itemsOf(members, source, account, observedAt),
      close: members.close,
    }
  } catch (error) {
    members.close()
    throw error
  }
}

/** SHA-256 in hexadecimal and size in bytes, read as a stream. */
export async function digestOf(file: string): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return { sha256: hash.digest('hex'), size: (await stat(file)).size }
}

function sourceOf(
  paths: readonly string[],
  { platforms, sources }: Pick<DownloadHints, 'platforms' | 'sources'>,
): ArchiveSource | undefined {
  for (const platform of platforms) {
    const source = archiveSource(paths, platform, sources)
    if (source !== undefined) return source
  }
  return undefined
}

async function archiveMembers(file: string): Promise<Members> {
  const archive = await openArchive(file)
  return {
    paths: archive.members.map((member) => member.path),
    files: archive.files,
    close: archive.close,
  }
}

async function loneFile(file: string, { name, sources }: DownloadHints): Promise<Members> {
  const given = basename(name)
  // A name that says nothing is replaced by what the first bytes say.
  const path =
    sourceOf([given], { platforms: [undefined], ...(sources && { sources }) }) === undefined
      ? sniffed(await firstBytes(file, 4096))
      : given
  return {
    paths: [path],
    files: async function* (wanted) {
      if (wanted(path)) yield { path, open: () => createReadStream(file) as AsyncIterable<Uint8Array> }
    },
    close: () => {},
  }
}

function sniffed(head: Buffer): string {
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
  if (text.startsWith('<')) return 'upload.xml'
  if (/^comment id,/i.test(text)) return 'youtube/comments.csv'
  if (/"specversion"\s*:/.test(text)) return 'upload.cloudevents.jsonl'
  if (/"@context"\s*:/.test(text)) return 'upload.jsonld'
  if (/^\{[^\n]*"action"\s*:[^\n]*\}\s*(\n|$)/.test(text)) return 'compliance.jsonl'
  return 'upload'
}

async function firstAnswer<T>(
  members: Members,
  source: ArchiveSource,
  observedAt: string,
  ask: ((file: ArchiveFile) => Promise<T | undefined>) | undefined,
): Promise<T | undefined> {
  if (ask === undefined) return undefined
  for await (const member of members.files((path) => source.role(path) === 'account')) {
    const answer = await ask({ path: member.path, bytes: member.open(), observedAt })
    if (answer !== undefined) return answer
  }
  return undefined
}

const told: ReadonlySet<FileRole> = new Set<FileRole>(['facts', 'unknown'])

async function* itemsOf(
  members: Members,
  source: ArchiveSource,
  account: Account | undefined,
  observedAt: string,
): AsyncGenerator<Translated> {
  for await (const member of members.files((path) => told.has(source.role(path)))) {
    if (source.role(member.path) === 'unknown') yield unrecognised('file', member.path, 'unknown file')
    else yield* source.translate({ path: member.path, bytes: member.open(), observedAt }, account)
  }
}
