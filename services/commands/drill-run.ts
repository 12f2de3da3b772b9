import { join } from 'node:path'
import { bringIn } from '../demo/bring-in.ts'
import { DomainError } from '../platform/errors.ts'
import { sweep } from '../retention/sweep.ts'
import { restoreOne } from './backup-run.ts'
import { contentsOf, keysThatOpen, plaintextIn, rowsLeft } from './drill-search.ts'
import { bringKeys, drillFolder, makeSource, openWorld, removeFolder, type Source } from './drill-world.ts'
import { print, progressLine } from './output.ts'
import { recoverRuntime } from './recover-runtime.ts'
import type { Runtime } from './runtime.ts'

type Moment = 'before' | 'after' | 'swept'

/** Which backups are restored, with the key file and journal as they stood when the disaster came. */
type Case = {
  readonly name: string
  readonly ledger: Moment
  readonly keyring: Moment
  readonly present: Moment
  readonly journal: boolean
  readonly refused?: boolean
}

const cases: readonly Case[] = [
  { name: 'old ledger', ledger: 'before', keyring: 'after', present: 'after', journal: true },
  { name: 'old ledger, swept', ledger: 'before', keyring: 'swept', present: 'swept', journal: true },
  { name: 'old keyring', ledger: 'after', keyring: 'before', present: 'after', journal: true },
  { name: 'both old', ledger: 'before', keyring: 'before', present: 'after', journal: true },
  { name: 'old ledger, no journal', ledger: 'before', keyring: 'after', present: 'after', journal: false },
  {
    name: 'keyring before sweep',
    ledger: 'after',
    keyring: 'before',
    present: 'swept',
    journal: true,
    refused: true,
  },
]

/** What a case has shown. All but `survivors` must be 0, and every survivor must open to what it was. */
type Outcome = {
  readonly case: string
  readonly ok: boolean
  readonly replayed: number
  readonly rows: number
  readonly tables: number
  readonly files: number
  readonly imported: number
  readonly opening: number
  readonly survivors: string
  readonly note: string
}

export async function drillRestore(options: { json?: boolean }): Promise<void> {
  const folder = drillFolder()
  const progress = progressLine('drill:')
  try {
    progress(0, cases.length)
    const source = await makeSource(join(folder, 'source'))
    const outcomes: Outcome[] = []
    for (const [index, it] of cases.entries()) {
      outcomes.push(await play(source, join(folder, `case-${index}`), it))
      progress(index + 1, cases.length)
    }
    progress()
    report(options.json, source, outcomes)
    if (outcomes.some(({ ok }) => !ok)) process.exitCode = 1
  } finally {
    removeFolder(folder)
  }
}

async function play(source: Source, folder: string, it: Case): Promise<Outcome> {
  bringKeys(source[it.present], folder, it.journal)
  const runtime = await openWorld(folder)
  try {
    await runtime.databases.migrate()
    await restoreOne(runtime, 'ledger', join(source[it.ledger], 'ledger'))
    await restoreOne(runtime, 'keyring', join(source[it.keyring], 'keyring'))
    await runtime.databases.assertReady('worker')
    return it.refused === true ? await refusal(runtime, it) : await judge(runtime, source, folder, it)
  } finally {
    await runtime.close()
    removeFolder(folder)
  }
}

const clean = { replayed: 0, rows: 0, tables: 0, files: 0, imported: 0, opening: 0, survivors: '-' }

async function refusal(runtime: Runtime, it: Case): Promise<Outcome> {
  try {
    await recoverRuntime(runtime, { starting: true })
  } catch (error) {
    if (error instanceof DomainError && error.code === 'key-destroyed') {
      return { case: it.name, ok: true, ...clean, note: 'refused, as it must be' }
    }
    throw error
  }
  return { case: it.name, ok: false, ...clean, note: 'was not refused' }
}

async function judge(runtime: Runtime, source: Source, folder: string, it: Case): Promise<Outcome> {
  const { board, committee, channels, destroyed } = source
  const recovered = await recoverRuntime(runtime, { starting: true })
  const replayed = (recovered?.intents ?? 0) + (recovered?.keys ?? 0)
  const ledger = await runtime.ledger('worker')
  const rows = await rowsLeft(runtime, destroyed)
  const contents = await contentsOf(ledger, [board, committee])
  const opened = [...source.survivors].filter(([id, digest]) => contents.get(id) === digest).length
  const back = destroyed.filter((id) => contents.has(id)).length
  const tally = await bringIn(ledger, board, committee, channels)
  const imported = tally.reduce((sum, { counts }) => sum + counts.recorded, 0)
  const { tables, files } = await plaintextIn(runtime, [folder, join(source.folder, 'backups')])
  await sweep(ledger, 'drill')
  const { opened: opening } = await keysThatOpen(runtime, [folder], board, destroyed)
  const ok =
    replayed > 0 &&
    [rows, tables, files, imported, opening, back].every((count) => count === 0) &&
    opened === source.survivors.size
  return {
    case: it.name,
    ok,
    replayed,
    rows,
    tables,
    files,
    imported,
    opening,
    survivors: `${opened}/${source.survivors.size}`,
    note: back === 0 ? '' : `${back} purged records open`,
  }
}

function report(json: boolean | undefined, source: Source, outcomes: readonly Outcome[]): void {
  if (json === true) {
    for (const outcome of outcomes) print(true, outcome, '')
    return
  }
  const columns = ['case', 'replayed', 'rows', 'tables', 'files', 'imported', 'opening', 'survivors'] as const
  const line = (cells: readonly (string | number)[]) =>
    cells.map((cell, index) => (index === 0 ? String(cell).padEnd(24) : String(cell).padStart(10))).join('')
  const text = [
    `${source.destroyed.length} records purged, ${source.survivors.size} kept. Left of the purged after each restore and start:`,
    line([...columns]),
    ...outcomes.map(
      (it) => `${line(columns.map((column) => it[column]))}  ${it.ok ? 'ok' : 'FAILED'} ${it.note}`,
    ),
    'replayed: intents · rows: sealed parts, digests, keys of purged records · tables, files: with the purged sentence',
    'imported: records stored by importing everything again · opening: copies of purged keys that open after the sweep',
  ]
  process.stdout.write(`${text.join('\n')}\n`)
}
