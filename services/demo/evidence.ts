import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { recordContext } from '../ledger/keyring.ts'
import { unwrapKey } from '../ledger/seal.ts'
import { uuidBytes } from '../platform/ids.ts'

/** Every regular file below a directory. Files that vanish meanwhile (WAL is recycled) are left out. */
function* filesBelow(directory: string): Generator<Buffer> {
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    try {
      yield readFileSync(join(entry.parentPath, entry.name))
    } catch {}
  }
}

/** A text in the encodings in which a leak would show: plain, base64 at each offset, hexadecimal, UTF-16. */
export function formsOf(text: string): Buffer[] {
  const plain = Buffer.from(text)
  const inner = [0, 1, 2].map((shift) => {
    // Base64 of the text inside something longer: cut what depends on the neighbours.
    const encoded = Buffer.concat([Buffer.alloc(shift), plain]).toString('base64')
    return Buffer.from(encoded.slice(shift === 0 ? 0 : 4, Math.floor(encoded.length / 4) * 4 - 4))
  })
  return [plain, ...inner, Buffer.from(plain.toString('hex')), Buffer.from(text, 'utf16le')]
}

/** In how many files below the directories a text stands, in any of its forms. */
export function filesWith(directories: readonly string[], text: string): { files: number; hits: number } {
  const forms = formsOf(text)
  let files = 0
  let hits = 0
  for (const directory of directories) {
    for (const content of filesBelow(directory)) {
      files += 1
      if (forms.some((form) => content.includes(form))) hits += 1
    }
  }
  return { files, hits }
}

export type KeyCopies = {
  /** Copies of wrapped record keys of the events found in heap pages and WAL segments. */
  readonly found: number
  /** Of these, how many open with a key that is left. */
  readonly opened: number
}

/**
 * Looks for what is physically left of destroyed record keys: the rows' bytes (event id, epoch, wrapped secrets) in any
 * file of the directories, tried with every epoch key that is still there.
 */
export function keyCopies(
  directories: readonly string[],
  controller: number,
  eventIds: readonly string[],
  epochKeys: ReadonlyMap<number, Buffer>,
): KeyCopies {
  const wanted = new Map(eventIds.map((id) => [uuidBytes(id).toString('latin1'), id]))
  const prefix = commonPrefix([...wanted.keys()])
  let found = 0
  let opened = 0
  for (const directory of directories) {
    for (const content of filesBelow(directory)) {
      for (let at = content.indexOf(prefix); at >= 0; at = content.indexOf(prefix, at + 1)) {
        const id = wanted.get(content.toString('latin1', at, at + 16))
        const row = id === undefined ? undefined : rowAt(content, at + 16)
        if (id === undefined || row === undefined) continue
        found += 1
        if (opens(row, controller, id, epochKeys)) opened += 1
      }
    }
  }
  return { found, opened }
}

/** Ids made close in time begin alike (RFC 9562 § 5.7): one pass over a file finds them all. */
function commonPrefix(texts: readonly string[]): Buffer {
  const [first = ''] = texts
  let length = first.length
  for (const text of texts) while (!text.startsWith(first.slice(0, length))) length -= 1
  return Buffer.from(first.slice(0, Math.max(length, 1)), 'latin1')
}

type KeyRow = { readonly epoch: number; readonly wrapped: Buffer }

/** The rest of a `keyring.record_key` tuple after its event id: epoch (int4), then a short or long varlena. */
function rowAt(content: Buffer, at: number): KeyRow | undefined {
  if (at + 8 > content.length) return undefined
  const epoch = content.readInt32LE(at)
  const head = content.readUInt8(at + 4)
  const short = (head & 1) === 1
  const length = short ? (head >> 1) - 1 : (content.readUInt32LE(at + 4) >>> 2) - 4
  const from = at + 4 + (short ? 1 : 4)
  // nonce 12 + tag 16 + at least one secret of 32 bytes
  if (
    epoch < 1 ||
    epoch > 1_000_000 ||
    length < 60 ||
    (length - 28) % 32 !== 0 ||
    from + length > content.length
  )
    return undefined
  return { epoch, wrapped: content.subarray(from, from + length) }
}

function opens(
  row: KeyRow,
  controller: number,
  eventId: string,
  epochKeys: ReadonlyMap<number, Buffer>,
): boolean {
  for (const key of epochKeys.values()) {
    try {
      unwrapKey(key, row.wrapped, recordContext(controller, eventId, row.epoch))
      return true
    } catch {}
  }
  return false
}
