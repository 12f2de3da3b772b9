import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { AnswerFile } from './files.ts'

/** Writes the files of an answer one after the other into a folder that only its owner may read. Returns their names. */
export async function writeFiles(folder: string, files: readonly AnswerFile[]): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const { name, content } of files) {
    await pipeline(content(), createWriteStream(join(folder, name), { mode: 0o600 }))
  }
  return files.map(({ name }) => name)
}
