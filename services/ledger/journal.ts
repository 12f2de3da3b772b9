import { hash } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { DomainError } from '../platform/errors.ts'

/**
 * What was condemned, outside both databases and both their backups: the third copy of the erasure journal. Ids only.
 * `events` are the ids whose record keys go; with them a restored keyring can be brought up to date by itself.
 */
export const JournalEntry = z.strictObject({
  v: z.literal(1),
  sequence: z.int(),
  previous: z.string(),
  at: z.iso.datetime({ offset: true }),
  controller: z.string(),
  purge: z.uuid(),
  intent: z.uuid(),
  objects: z.array(z.uuid()),
  events: z.array(z.uuid()),
})
export type JournalEntry = z.infer<typeof JournalEntry>

/** An append-only file of JSON lines, each carrying the SHA-256 of the one before; on disk when `append` returns. */
export type Journal = {
  readonly append: (entry: Omit<JournalEntry, 'v' | 'sequence' | 'previous'>) => void
  readonly entries: () => readonly JournalEntry[]
}

const start = ''.padEnd(64, '0')

/** Opens or begins the journal. `integrity-failed` if its chain is broken; a last line cut off by a crash is left out. */
export function openJournal(path: string): Journal {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const { entries, last, end } = readChain(path)
  let previous = last
  let size = end
  return {
    entries: () => entries,
    append: (entry) => {
      const whole: JournalEntry = { v: 1, sequence: entries.length, previous, ...entry }
      const line = JSON.stringify(whole)
      const fd = openSync(path, existsSync(path) ? 'r+' : 'wx+', 0o600)
      try {
        size += writeSync(fd, Buffer.from(`${line}\n`), 0, undefined, size)
        fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
      entries.push(whole)
      previous = hash('sha256', line)
    },
  }
}

function readChain(path: string): { entries: JournalEntry[]; last: string; end: number } {
  const entries: JournalEntry[] = []
  if (!existsSync(path)) return { entries, last: start, end: 0 }
  const content = readFileSync(path)
  const end = content.lastIndexOf(0x0a) + 1
  let last = start
  for (const line of content.subarray(0, end).toString().split('\n')) {
    if (line === '') continue
    const parsed = JournalEntry.safeParse(jsonOf(line))
    if (!parsed.success || parsed.data.previous !== last || parsed.data.sequence !== entries.length) {
      throw new DomainError(
        'integrity-failed',
        `The erasure journal ${path} is altered at entry ${entries.length}. Restore it before serving: erased data could come back.`,
      )
    }
    entries.push(parsed.data)
    last = hash('sha256', line)
  }
  return { entries, last, end }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
