import { writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { Command } from 'commander'
import { type Cluster, startCluster } from './cluster.ts'
import { dcbEs } from './dcb-es.ts'
import { importing } from './import.ts'
import { liggare, variant } from './liggare.ts'
import { type LoadProcess, startLoad } from './load-process.ts'
import { measureAll } from './measure.ts'
import { messageDb } from './message-db.ts'
import { measurePurge, purgeTargets } from './purge.ts'
import { rawLimit } from './raw.ts'
import { legend, type Machine, machineOf, tableOf, targetsOf } from './report.ts'
import type { Opened } from './sample.ts'
import { compare, judge } from './targets.ts'
import { variants } from './variants.ts'

type Options = {
  readonly json?: string
  readonly quick?: boolean
  readonly only?: string[]
  readonly stored: string
  readonly due: string
}

const full = { rounds: 3, span: { warmUpMs: 1_000, ms: 3_000 }, trialMs: 1_000 }
const quick = { rounds: 1, span: { warmUpMs: 200, ms: 400 }, trialMs: 0 }

/** In this order they are measured, so that what is compared runs one after the other. */
const loads = ['1', '10', '64', '1000', 'batch', 'import']

const say = (text: string) => process.stderr.write(text)

/** Each contender by the beginning of its measurements' names. */
function contenders(
  cluster: Cluster,
  load: LoadProcess,
  trialMs: number,
): readonly (readonly [string, () => Promise<Opened>])[] {
  const prime = trialMs > 0
  return [
    ['liggare', () => liggare(cluster, load, prime)],
    ...variants.map((name) => [name, () => variant(cluster, load, name, prime)] as const),
    ['dcb-es', () => dcbEs(cluster, trialMs)],
    ['message-db, one category', () => messageDb(cluster, 1, trialMs)],
    ['message-db', () => messageDb(cluster, 50, trialMs)],
    ['raw', () => rawLimit(cluster, trialMs)],
    ['import', () => importing(cluster, !prime)],
  ]
}

async function machineNow(cluster: Cluster, isQuick: boolean): Promise<Machine> {
  const { rows } = await cluster.admin.query<{ postgres: string; fsync: string }>(
    "select current_setting('server_version') as postgres, current_setting('fsync') as fsync",
  )
  return {
    at: new Date().toISOString(),
    cores: availableParallelism(),
    loadAverage: loadavg(),
    node: process.versions.node,
    postgres: rows[0]?.postgres ?? '',
    fsync: rows[0]?.fsync ?? '',
    quick: isQuick,
  }
}

async function bench(options: Options): Promise<void> {
  const { rounds, span, trialMs } = options.quick === true ? quick : full
  const only = options.only ?? []
  const wanted = (name: string) => only.length === 0 || only.some((word) => name.startsWith(word))
  const needed = (name: string) => wanted(name) || only.some((word) => word.startsWith(`${name}/`))
  const opened: Opened[] = []
  let interrupted = false
  process.once('SIGINT', () => {
    interrupted = true
  })
  const cluster = await startCluster()
  const load = startLoad()
  try {
    const machine = await machineNow(cluster, options.quick === true)
    say(machineOf(machine))
    if (only.includes('purge')) {
      const sizes = { stored: Number(options.stored), due: Number(options.due) }
      const purged = await measurePurge(cluster, load, sizes, span, say)
      process.stdout.write(`\n${machineOf(machine)}\n${targetsOf(purgeTargets(purged))}`)
      if (options.json !== undefined) {
        writeFileSync(options.json, `${JSON.stringify({ machine, purged }, null, 2)}\n`)
      }
      return
    }
    for (const [name, open] of contenders(cluster, load, trialMs)) {
      if (!needed(name)) continue
      say(`preparing ${name}\n`)
      opened.push(await open())
    }
    const measurements = opened
      .flatMap((one) => one.measurements)
      .filter(({ name }) => wanted(name))
      .sort((a, b) => loads.indexOf(a.load) - loads.indexOf(b.load))
    if (measurements.length === 0) throw new Error(`nothing is called ${only.join(' or ')}`)
    const rows = compare(
      await measureAll(cluster, measurements, rounds, span, (name, round) => {
        if (interrupted) throw new Error('interrupted')
        say(`round ${round} of ${rounds}: ${name}\n`)
      }),
    )
    const targets = judge(rows)
    const notes = opened.flatMap(({ note }) => (note === '' ? [] : [note]))
    process.stdout.write(
      `\n${machineOf(machine)}${legend}${notes.join('; ')}\n\n${tableOf(rows)}\n${targetsOf(targets)}`,
    )
    if (options.json !== undefined) {
      writeFileSync(
        options.json,
        `${JSON.stringify({ machine, rounds, span, notes, rows, targets }, null, 2)}\n`,
      )
    }
  } finally {
    load.stop()
    await Promise.all(opened.map((one) => one.close()))
    await cluster.stop()
  }
}

await new Command('npm run bench --')
  .description('compare Liggare with other event stores and with the raw limit, on one server of its own')
  .option('--json <file>', 'write the results there as JSON')
  .option('--quick', 'less than a second each, once: shows that everything runs, not how fast')
  .option(
    '--only <name...>',
    'measurements whose names begin so: liggare, liggare/64, without, dcb-es, raw, import …; `purge` measures a purge instead, and what it costs those who append',
  )
  .option('--stored <records>', 'of --only purge: records in the log', '500000')
  .option('--due <records>', 'of --only purge: how many of them are due', '100000')
  .addHelpText(
    'after',
    '\nFull: some six minutes, on a machine that does nothing else. Exit codes: 0 measured · 1 failed.',
  )
  .action((options: Options) =>
    bench(options).catch((error: Error) => {
      say(`bench: ${error.message}\n`)
      process.exitCode = 1
    }),
  )
  .parseAsync()
