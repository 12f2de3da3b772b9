import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bringIn } from '../demo/bring-in.ts'
import { type DemoChannels, declareMunicipality } from '../demo/declared.ts'
import type { Log } from '../ledger/ledger.ts'
import { localDay } from '../platform/clock.ts'
import { orderPurge } from '../retention/order.ts'
import { executePurge } from '../retention/purge.ts'
import { sweep } from '../retention/sweep.ts'
import { backUp } from './backup-run.ts'
import { type Contents, contentsOf } from './drill-search.ts'
import { openRuntime, type Runtime } from './runtime.ts'

/** A folder of the drill's own that the database's user can enter. */
export function drillFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'liggare-drill-'))
  chmodSync(folder, 0o711)
  return folder
}

/** Liggare on a database of its own below `folder`. */
export function openWorld(folder: string): Promise<Runtime> {
  const env = { LIGGARE_DATA_DIR: join(folder, 'database'), LIGGARE_LOG_LEVEL: 'fatal' }
  return openRuntime({ mayCreateKey: true, env })
}

/** The drill approves of its purge itself, however large. */
const alone = 1_000_000

/** The sample data and the backups that all cases begin with. */
export type Source = {
  readonly folder: string
  readonly board: Log
  readonly committee: Log
  readonly channels: DemoChannels
  /** Folders of backups: before the purge, after it, after the sweep. */
  readonly before: string
  readonly after: string
  readonly swept: string
  /** Ids of the events that the purge destroyed, and digests of what the others hold. */
  readonly destroyed: readonly string[]
  readonly survivors: Contents
}

/** Sample data, backup, purge, backup, sweep, backup. Key files and journal are kept as they were at each backup. */
export async function makeSource(folder: string): Promise<Source> {
  chmodSync(mkdirOf(folder), 0o711)
  const runtime = await openWorld(folder)
  try {
    await runtime.databases.migrate()
    await runtime.databases.assertReady('worker')
    const ledger = await runtime.ledger('worker')
    const { board, committee, channels } = await declareMunicipality(ledger)
    await bringIn(ledger, board, committee, channels)
    const before = await takeBackup(runtime, folder, 'before')
    const logs = [board, committee]
    const all = await contentsOf(ledger, logs)
    const purge = await orderPurge(ledger, board, 'drill', localDay(runtime.clock.now()), alone)
    const deps = { ledger, purgePool: runtime.databases.ledger('purge'), journal: runtime.journal() }
    await executePurge(deps, board, purge, 'drill')
    const survivors = await contentsOf(ledger, logs)
    const after = await takeBackup(runtime, folder, 'after')
    await sweep(ledger, 'drill')
    const swept = await takeBackup(runtime, folder, 'swept')
    const destroyed = [...all.keys()].filter((id) => !survivors.has(id))
    return { folder, board, committee, channels, before, after, swept, destroyed, survivors }
  } finally {
    await runtime.close()
  }
}

async function takeBackup(runtime: Runtime, folder: string, name: string): Promise<string> {
  const out = join(folder, 'backups', name)
  await backUp(runtime, out, ['ledger', 'keyring'])
  cpSync(dirname(runtime.config.keyFile), join(out, 'keys'), { recursive: true })
  cpSync(dirname(runtime.config.journalFile), join(out, 'journal'), { recursive: true })
  return out
}

/** Puts key file and journal, as they were at a backup, in the place where a new world looks for them. */
export function bringKeys(backup: string, folder: string, journal: boolean): void {
  chmodSync(mkdirOf(folder), 0o711)
  cpSync(join(backup, 'keys'), join(folder, 'database.keys'), { recursive: true })
  if (journal) cpSync(join(backup, 'journal'), join(folder, 'database.journal'), { recursive: true })
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

function mkdirOf(folder: string): string {
  mkdirSync(folder, { recursive: true })
  return folder
}
