import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** An upload on disk, in a folder that nobody else may enter. */
export type Upload = {
  readonly file: string
  readonly sha256: string
  readonly size: number
  readonly remove: () => Promise<void>
}

/** Writes a stream to a private file as it comes; undefined where it is longer than `maxSize`. A broken one leaves nothing. */
export async function storeUpload(body: Readable, maxSize: number): Promise<Upload | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'liggare-upload-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const file = join(folder, 'upload')
  const hash = createHash('sha256')
  let size = 0
  let isTooLong = false
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length
      isTooLong = size > maxSize
      if (isTooLong) return done(new Error('too long'))
      hash.update(chunk)
      done(null, chunk)
    },
  })
  try {
    await pipeline(body, measure, createWriteStream(file, { mode: 0o600 }))
  } catch (error) {
    await remove()
    if (isTooLong) return undefined
    throw error
  }
  return { file, sha256: hash.digest('hex'), size, remove }
}
