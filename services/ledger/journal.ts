import { hash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { DomainError } from '../platform/errors.ts'
import type { JsonObject } from '../platform/json.ts'

/**
 * What was condemned, outside both databases and both their backups: the third copy of the erasure journal. Ids and keyed
 * digests only: `basis` is what the intent says of class and rules. With `events`, whose record keys go (deliveries among them), a restored keyring is brought up to date by itself; with
 * `tombstones` (base64url, under the tombstone key) a restored log refuses what it has never seen.
 */
const JournalEntry = z.strictObject({
  v: z.literal(1),
  sequence: z.int(),
  previous: z.string(),
  at: z.iso.datetime({ offset: true }),
  controller: z.string(),
  purge: z.uuid(),
  intent: z.uuid(),
  objects: z.array(z.uuid()),
  basis: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null),
  events: z.array(z.uuid()),
  tombstones: z.array(z.base64url()),
})
export type JournalEntry = z.infer<typeof JournalEntry>

/** The members before the long lists, in the order in which `append` writes them: all that an index needs of a line. */
const head =
  /^\{"v":1,"sequence":(\d+),"previous":"([0-9a-f]{64})","at":"[^"]+","controller":"([^"]+)","purge":"[0-9a-f-]{36}","intent":"([0-9a-f-]{36})","objects":\[/
const headLength = 512

/** An append-only file of JSON lines, each carrying the SHA-256 of the one before; on disk when `append` returns. */
export type Journal = {
  readonly append: (entry: Omit<JournalEntry, 'v' | 'sequence' | 'previous'>) => void
  readonly has: (intent: string) => boolean
  /** The intents of a controller (its slug) in the order in which they were written. */
  readonly intents: (controller: string) => readonly string[]
  /** The slugs of the controllers that have entries. */
  readonly controllers: () => readonly string[]
  /** The whole entry of an intent, read from the file. */
  readonly read: (intent: string) => JournalEntry | undefined
  /** How many entries there are and the SHA-256 of the last: what a backup's manifest notes. */
  readonly head: () => { readonly entries: number; readonly last: string }
}

type Place = { readonly at: number; readonly length: number; readonly controller: string }

const start = ''.padEnd(64, '0')
const chunkSize = 1 << 20

/** Opens or begins the journal. `integrity-failed` if its chain is broken; a last line cut off by a crash is left out. */
export function openJournal(path: string): Journal {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const places = new Map<string, Place>()
  let entries = 0
  let previous = start
  let size = 0

  const take = (line: Buffer, at: number) => {
    const match = head.exec(line.toString('latin1', 0, headLength))
    if (match === null || match[2] !== previous || Number(match[1]) !== entries) {
      throw new DomainError(
        'integrity-failed',
        `The erasure journal ${path} is altered at entry ${entries}. Restore it before serving: erased data could come back.`,
      )
    }
    places.set(match[4] as string, { at, length: line.length, controller: match[3] as string })
    entries += 1
    previous = hash('sha256', line)
    size = at + line.length + 1
  }
  const catchUp = () => {
    if (!existsSync(path)) return
    const fd = openSync(path, 'r')
    try {
      for (const { line, at } of linesFrom(fd, size)) take(line, at)
    } finally {
      closeSync(fd)
    }
  }
  catchUp()
  return {
    has: (intent) => places.has(intent),
    head: () => ({ entries, last: previous }),
    intents: (controller) =>
      [...places].flatMap(([intent, place]) => (place.controller === controller ? [intent] : [])),
    controllers: () => [...new Set([...places.values()].map((place) => place.controller))],
    read: (intent) => {
      const place = places.get(intent)
      if (place === undefined) return undefined
      const fd = openSync(path, 'r')
      try {
        return parsed(path, exactly(fd, place.at, place.length).toString())
      } finally {
        closeSync(fd)
      }
    },
    append: (entry) => {
      // Another process may have written since; what it wrote is checked and kept.
      catchUp()
      const { at, controller, purge, intent, objects, basis, events, tombstones } = entry
      const ids = { at, controller, purge, intent, objects, basis, events, tombstones }
      const line = Buffer.from(JSON.stringify({ v: 1, sequence: entries, previous, ...ids }))
      const fresh = !existsSync(path)
      const fd = openSync(path, fresh ? 'wx+' : 'r+', 0o600)
      try {
        ftruncateSync(fd, size) // what a crash has cut off is no entry
        writeFully(fd, Buffer.concat([line, Buffer.from('\n')]), size)
        fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
      if (fresh) syncDirectory(dirname(path))
      take(line, size)
    },
  }
}

function parsed(path: string, line: string): JournalEntry {
  try {
    return JournalEntry.parse(JSON.parse(line))
  } catch (cause) {
    throw new DomainError('integrity-failed', `An entry of the erasure journal ${path} cannot be read.`, {
      cause,
    })
  }
}

/** The complete lines from a place on; what stands after the last line feed is none. */
function* linesFrom(fd: number, from: number): Generator<{ line: Buffer; at: number }> {
  const end = fstatSync(fd).size
  let rest = Buffer.alloc(0)
  let at = from
  for (let read = from; read < end; ) {
    const chunk = exactly(fd, read, Math.min(chunkSize, end - read))
    read += chunk.length
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let feed = rest.indexOf(0x0a); feed >= 0; feed = rest.indexOf(0x0a)) {
      yield { line: rest.subarray(0, feed), at }
      at += feed + 1
      rest = rest.subarray(feed + 1)
    }
  }
}

function exactly(fd: number, from: number, length: number): Buffer<ArrayBuffer> {
  const buffer = Buffer.alloc(length)
  for (let done = 0; done < length; ) {
    const read = readSync(fd, buffer, done, length - done, from + done)
    if (read === 0) return buffer.subarray(0, done)
    done += read
  }
  return buffer
}

function writeFully(fd: number, content: Buffer, from: number): void {
  for (let done = 0; done < content.length; ) {
    done += writeSync(fd, content, done, content.length - done, from + done)
  }
}

function syncDirectory(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
