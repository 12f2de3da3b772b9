import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { DomainError } from '../platform/errors.ts'
import {
  type Archive,
  type ArchiveLimits,
  type ArchiveMember,
  decodeName,
  defaultLimits,
  limiter,
  malformed,
  type OpenMember,
  safePath,
  tooDense,
  unsafe,
} from './archive-files.ts'

const localHeaderSize = 30
const [stored, deflated] = [0, 8]

/** A zip archive on disk, listed and checked as a whole; members are inflated one by one, never held. */
export async function openZip(file: string, limits: ArchiveLimits = defaultLimits): Promise<Archive> {
  const size = (await stat(file)).size
  const zip = await openPromise(file, { autoClose: false, decodeStrings: false }).catch((error: unknown) => {
    throw malformed('no zip archive, or cut short', error)
  })
  try {
    const entries = await listEntries(zip, size, limits)
    const members = entries.map(({ member }) => member)
    const files = (wanted: (path: string) => boolean) => openWanted(zip, entries, wanted)
    return { members, files, close: () => zip.close() }
  } catch (error) {
    zip.close()
    throw error instanceof DomainError ? error : malformed('its directory cannot be read', error)
  }
}

type Listed = { readonly entry: Entry; readonly member: ArchiveMember }

async function listEntries(
  zip: ZipFile,
  archiveSize: number,
  limits: ArchiveLimits,
): Promise<readonly Listed[]> {
  if (zip.entryCount > limits.maxEntries)
    throw unsafe(limits.maxEntries, `more than ${limits.maxEntries} entries`)
  const limit = limiter(limits)
  const listed: Listed[] = []
  const extents: { start: number; end: number; index: number }[] = []
  let index = -1
  for await (const entry of zip.eachEntry()) {
    index += 1
    limit.entry(index)
    const path = safePath(index, decodeName(entry.fileNameRaw))
    checkKind(index, entry)
    const start = entry.relativeOffsetOfLocalHeader
    const end = start + localHeaderSize + entry.fileNameLength + entry.compressedSize
    if (end > archiveSize) throw malformed(`entry ${index} ends beyond the archive`)
    extents.push({ start, end, index })
    if (path.endsWith('/')) continue
    if (tooDense(limits, entry.compressedSize, entry.uncompressedSize))
      throw unsafe(index, `unpacks to more than ${limits.maxRatio} times its size`)
    limit.file(index, path, entry.uncompressedSize)
    listed.push({ entry, member: { index, path, size: entry.uncompressedSize } })
  }
  checkOverlap(extents)
  return listed
}

function checkKind(index: number, entry: Entry): void {
  if (entry.isEncrypted()) throw unsafe(index, 'encrypted')
  if (entry.compressionMethod !== stored && entry.compressionMethod !== deflated)
    throw unsafe(index, `compression method ${entry.compressionMethod}`)
  // The upper half is the Unix mode, whatever system the maker claims to be: unpackers believe it.
  const kind = (entry.externalFileAttributes >>> 16) & 0o170000
  if (kind === 0o120000) throw unsafe(index, 'symbolic link')
  if (kind !== 0 && kind !== 0o100000 && kind !== 0o040000) throw unsafe(index, 'neither file nor directory')
}

/** Entries that share their packed bytes make a bomb out of ratios that are each allowed. */
function checkOverlap(extents: { start: number; end: number; index: number }[]): void {
  extents.sort((a, b) => a.start - b.start)
  let end = 0
  for (const extent of extents) {
    if (extent.start < end) throw unsafe(extent.index, 'overlaps another entry')
    end = extent.end
  }
}

async function* openWanted(
  zip: ZipFile,
  entries: readonly Listed[],
  wanted: (path: string) => boolean,
): AsyncGenerator<OpenMember> {
  for (const { entry, member } of entries)
    if (wanted(member.path)) yield { ...member, open: () => readEntry(zip, entry, member.index) }
}

/** The declared size was what the limits allowed: not a byte more comes out, and fewer or others are an error. */
async function* readEntry(zip: ZipFile, entry: Entry, index: number): AsyncGenerator<Uint8Array> {
  let left = entry.uncompressedSize
  let sum = 0
  try {
    const packed = await zip.openReadStreamPromise(entry, { decodeFileData: false })
    // The callback takes errors that come after the reader has left; those before it reach the loop.
    const bytes =
      entry.compressionMethod === stored
        ? packed
        : pipeline(packed, createInflateRaw({ chunkSize: 64 * 1024 }), () => undefined)
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      left -= chunk.length
      if (left < 0) throw unsafe(index, 'unpacks to more than it declares')
      sum = crc32(chunk, sum)
      yield chunk
    }
  } catch (error) {
    throw error instanceof DomainError ? error : malformed(`entry ${index} cannot be unpacked`, error)
  }
  if (left > 0) throw malformed(`entry ${index} is cut short`)
  if (sum !== entry.crc32) throw malformed(`entry ${index} has another checksum than declared`)
}
