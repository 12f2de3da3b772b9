import { DomainError } from '../platform/errors.ts'
import { jsonArrayItems } from './archive-json-array.ts'
import { type Json, parseLossless } from './lossless.ts'
import type { ArchiveFile } from './source.ts'
import { nameOf } from './x-archive-files.ts'

/** One element of a file: parsed, or why it could not be. */
export type Item = { readonly value: Json } | { readonly head: string; readonly reason: string }

/** One bad element is an unrecognised item; a file that is no list at all is refused. */
export async function* itemsOf(file: ArchiveFile): AsyncGenerator<Item> {
  const where = `${nameOf(file.path) ?? 'file'}.js`
  for await (const { text, whole, index, size } of jsonArrayItems(file.bytes, { where })) {
    if (!whole) yield { head: text, reason: `item ${index} has ${size} bytes, which is too many` }
    else yield parsed(text, `${where}: item ${index}`)
  }
}

function parsed(text: string, where: string): Item {
  try {
    return { value: parseLossless(text, where) }
  } catch (error) {
    if (error instanceof DomainError) return { head: text, reason: error.message }
    throw error
  }
}
