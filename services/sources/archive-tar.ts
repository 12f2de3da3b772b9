import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DomainError } from '../platform/errors.ts'
import { type ByteReader, byteReader } from './archive-bytes.ts'
import {
  type Archive,
  type ArchiveLimits,
  type ArchiveMember,
  defaultLimits,
  limiter,
  malformed,
  type OpenMember,
  safePath,
  tooDense,
  unsafe,
} from './archive-files.ts'
import { blockSize, longName, readHeader, readPax } from './archive-tar-header.ts'

/** Headers about headers are held in memory; real ones have some hundred bytes. */
const maxMetaSize = 1024 ** 2

/**
 * A tar archive on disk, gzipped or not. It has no directory: the first pass unpacks all of it to list and check, and each
 * call of `files` unpacks it again. Ours rather than a library's, since those hold a header of any declared size in memory.
 */
export async function openTar(
  file: string,
  isGzip: boolean,
  limits: ArchiveLimits = defaultLimits,
): Promise<Archive> {
  const members: ArchiveMember[] = []
  for await (const { index, path, size } of walk(file, isGzip, limits)) members.push({ index, path, size })
  const files = (wanted: (path: string) => boolean) => filtered(walk(file, isGzip, limits), wanted)
  return { members, files, close: () => undefined }
}

async function* filtered(
  entries: AsyncIterable<OpenMember>,
  wanted: (path: string) => boolean,
): AsyncGenerator<OpenMember> {
  for await (const entry of entries) if (wanted(entry.path)) yield entry
}

async function* walk(file: string, isGzip: boolean, limits: ArchiveLimits): AsyncGenerator<OpenMember> {
  const reader = byteReader(unpacked(file, isGzip, limits))
  try {
    const limit = limiter(limits)
    for (let index = 0; ; index++) {
      limit.entry(index)
      const entry = await nextEntry(reader, index)
      if (entry === undefined) return await reader.drain()
      const path = safePath(index, entry.name)
      checkKind(index, entry.type)
      const padding = (blockSize - (entry.size % blockSize)) % blockSize
      if (entry.type !== '5' && !path.endsWith('/')) {
        limit.file(index, path, entry.size)
        const body = memberBody(reader, index, entry.size)
        yield { index, path, size: entry.size, open: () => body.bytes() }
        await reader.skip(body.left() + padding)
      } else await reader.skip(entry.size + padding)
    }
  } finally {
    await reader.close()
  }
}

function memberBody(reader: ByteReader, index: number, size: number) {
  let left = size
  async function* bytes(): AsyncGenerator<Uint8Array> {
    if (left !== size) throw malformed(`entry ${index} has been read already`)
    while (left > 0) {
      const chunk = await reader.some(left)
      left -= chunk.length
      yield chunk
    }
  }
  return { bytes, left: () => left }
}

type Entry = { readonly name: string; readonly size: number; readonly type: string }

/** The next real entry, with what the headers before it say of its name and size. */
async function nextEntry(reader: ByteReader, index: number): Promise<Entry | undefined> {
  let meta: { path?: string; size?: number } = {}
  for (let headers = 0; headers < 8; headers++) {
    const header = readHeader(index, await reader.exactly(blockSize))
    if (header === undefined) return undefined
    if (!'xgLK'.includes(header.type))
      return { name: meta.path ?? header.name, size: meta.size ?? header.size, type: header.type }
    if (header.size > maxMetaSize) throw unsafe(index, `header of more than ${maxMetaSize} bytes`)
    const data = await reader.exactly(Math.ceil(header.size / blockSize) * blockSize)
    if (header.type === 'L') meta = { ...meta, path: longName(data.subarray(0, header.size)) }
    if (header.type === 'x') meta = { ...meta, ...readPax(index, data.subarray(0, header.size)) }
  }
  throw unsafe(index, 'too many headers')
}

function checkKind(index: number, type: string): void {
  if (type === '1') throw unsafe(index, 'hard link')
  if (type === '2') throw unsafe(index, 'symbolic link')
  if (!'\u000005'.includes(type)) throw unsafe(index, 'neither file nor directory')
}

async function* unpacked(file: string, isGzip: boolean, limits: ArchiveLimits): AsyncGenerator<Uint8Array> {
  const packed = createReadStream(file, { highWaterMark: 256 * 1024 })
  // The callback takes errors that come after the reader has left; those before it reach the loop.
  const bytes = isGzip ? pipeline(packed, createGunzip(), () => undefined) : packed
  let total = 0
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      total += chunk.length
      if (isGzip && tooDense(limits, packed.bytesRead, total))
        throw new DomainError(
          'source-unsafe',
          `archive unpacks to more than ${limits.maxRatio} times its size`,
        )
      yield chunk
    }
  } catch (error) {
    throw error instanceof DomainError ? error : malformed('cannot be unpacked, or cut short', error)
  }
}
