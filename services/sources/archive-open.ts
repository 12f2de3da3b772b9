import { open } from 'node:fs/promises'
import { type Archive, type ArchiveLimits, defaultLimits, malformed } from './archive-files.ts'
import { openTar } from './archive-tar.ts'
import { openZip } from './archive-zip.ts'

/** A zip, tar.gz or tar archive, told apart by its first bytes: names of uploads say nothing. */
export async function openArchive(file: string, limits: ArchiveLimits = defaultLimits): Promise<Archive> {
  const head = await firstBytes(file, 512)
  if (head.readUInt16BE(0) === 0x504b) return openZip(file, limits)
  if (head.readUInt16BE(0) === 0x1f8b) return openTar(file, true, limits)
  if (head.toString('latin1', 257, 262) === 'ustar') return openTar(file, false, limits)
  throw malformed('neither zip nor tar')
}

/** Whether a file is an archive of files at all, by its first bytes. */
export async function isArchive(file: string): Promise<boolean> {
  const head = await firstBytes(file, 512)
  return (
    head.readUInt16BE(0) === 0x504b ||
    head.readUInt16BE(0) === 0x1f8b ||
    head.toString('latin1', 257, 262) === 'ustar'
  )
}

export async function firstBytes(file: string, size: number): Promise<Buffer> {
  const handle = await open(file)
  try {
    const bytes = Buffer.alloc(size)
    await handle.read(bytes, 0, size, 0)
    return bytes
  } finally {
    await handle.close()
  }
}
