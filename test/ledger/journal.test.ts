import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openJournal } from '../../services/ledger/journal.ts'
import { uuidv7 } from '../../services/platform/ids.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'liggare-journal-'))
  path = join(folder, 'erasure.journal')
})
afterEach(() => rmSync(folder, { recursive: true }))

const entry = (controller = 'namnd', objects = 2) => ({
  at: '2026-11-23T10:00:00.000Z',
  controller,
  purge: uuidv7(),
  intent: uuidv7(),
  objects: Array.from({ length: objects }, uuidv7),
  basis: { rules: [{ rule: uuidv7(), version: 1 }] },
  events: [uuidv7()],
  tombstones: [Buffer.alloc(32, 7).toString('base64url')],
})

it('gives back after opening again what was appended, by intent and controller', () => {
  const entries = [entry(), entry('annan'), entry('namnd', 0)]
  const journal = openJournal(path)
  for (const one of entries) journal.append(one)
  for (const opened of [journal, openJournal(path)]) {
    expect(opened.intents('namnd')).toEqual([entries[0]?.intent, entries[2]?.intent])
    expect(opened.controllers()).toEqual(['namnd', 'annan'])
    expect(entries.map((one) => opened.read(one.intent))).toMatchObject(entries)
    expect(opened.has(uuidv7())).toBe(false)
    expect(opened.head()).toEqual(journal.head())
  }
})

it('reads entries that are larger than what it reads at once', () => {
  const large = entry('namnd', 40_000)
  openJournal(path).append(large)
  openJournal(path).append(entry())
  const opened = openJournal(path)
  expect(opened.head().entries).toBe(2)
  expect(opened.read(large.intent)?.objects).toEqual(large.objects)
})

it('leaves out a line that a crash has cut off, and writes over it', () => {
  const first = entry()
  openJournal(path).append(first)
  appendFileSync(path, `{"v":1,"sequence":1,"previous":"${'x'.repeat(2_000)}`)
  const opened = openJournal(path)
  expect(opened.head().entries).toBe(1)
  const second = entry()
  opened.append(second)
  expect(openJournal(path).intents('namnd')).toEqual([first.intent, second.intent])
})

it('keeps what another process has appended meanwhile', () => {
  const [one, other] = [openJournal(path), openJournal(path)]
  one.append(entry())
  other.append(entry())
  one.append(entry())
  expect(openJournal(path).head().entries).toBe(3)
})

it.each([
  ['an altered byte', (text: string) => text.replace('"version":1', '"version":2')],
  ['a dropped line', (text: string) => text.split('\n').slice(1).join('\n')],
  ['lines in another order', (text: string) => `${text.trimEnd().split('\n').reverse().join('\n')}\n`],
  ['a foreign line', (text: string) => `{}\n${text}`],
])('refuses %s', (_, alter) => {
  const journal = openJournal(path)
  journal.append(entry())
  journal.append(entry())
  writeFileSync(path, alter(readFileSync(path, 'utf8')))
  expect(() => openJournal(path)).toThrow('altered')
})
