import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DomainError } from '../platform/errors.ts'

/** Sealed files on disk, one for each delivery that is too large for a row. Ids only; without the keyring they say nothing. */
export type FileStore = {
  /** Writes a file whole or not at all; durable when it resolves. */
  readonly put: (controller: number, id: string, pieces: AsyncIterable<Uint8Array>) => Promise<void>
  /** `not-found` where it has been removed, or lies on another machine. */
  readonly read: (controller: number, id: string) => Promise<AsyncIterable<Uint8Array>>
  readonly remove: (controller: number, id: string) => Promise<void>
  readonly list: (controller: number) => Promise<string[]>
}

const ending = '.sealed'

/** A store in a folder that nobody else may enter. */
export function fileStore(folder: string): FileStore {
  const folderOf = (controller: number) => join(folder, String(controller))
  const pathOf = (controller: number, id: string) => join(folderOf(controller), `${id}${ending}`)
  return {
    put: async (controller, id, pieces) => {
      await mkdir(folderOf(controller), { recursive: true, mode: 0o700 })
      const path = pathOf(controller, id)
      const unfinished = `${path}.unfinished`
      const file = await open(unfinished, 'w', 0o600)
      try {
        for await (const piece of pieces) await file.writeFile(piece)
        await file.sync()
      } catch (error) {
        await file.close()
        await rm(unfinished, { force: true })
        throw error
      }
      await file.close()
      await rename(unfinished, path)
      const directory = await open(folderOf(controller), 'r')
      await directory.sync().finally(() => directory.close())
    },
    read: async (controller, id) => {
      const file = await open(pathOf(controller, id), 'r').catch((cause: unknown) => {
        throw new DomainError('not-found', `The sealed file of delivery ${id} is not in this store.`, {
          cause,
        })
      })
      return createReadStream('', { fd: file }) as AsyncIterable<Uint8Array>
    },
    remove: async (controller, id) => {
      await rm(pathOf(controller, id), { force: true })
      await rm(`${pathOf(controller, id)}.unfinished`, { force: true })
    },
    list: async (controller) => {
      const names = await readdir(folderOf(controller)).catch(() => [])
      return names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length))
    },
  }
}
