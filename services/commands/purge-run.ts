import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { abortPurge, approvePurge, orderPurge } from '../retention/order.ts'
import { type Preview, previewOf } from '../retention/preview.ts'
import { executePurge, type PurgeDeps } from '../retention/purge.ts'
import { purgeState, unfinishedPurges } from '../retention/purge-queries.ts'
import { type PurgeState, phaseOf } from '../retention/purge-state.ts'
import { sweep } from '../retention/sweep.ts'
import { print, progressLine } from './output.ts'
import { logsOf, type Runtime, withRuntime } from './runtime.ts'

type PurgeOptions = {
  readonly controller?: string
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly sweep?: boolean
  readonly approve?: string
  readonly abort?: string
  readonly actor?: string
}

/** Who executes on the command line: neither who orders nor who approves, but the program. */
const executor = 'liggare purge'

export async function runPurges(options: PurgeOptions): Promise<void> {
  const { approve, abort, dryRun, controller } = options
  if ([approve, abort, dryRun].filter((it) => it !== undefined).length > 1)
    throw new DomainError('misconfigured', 'Only one of --dry-run, --approve and --abort at a time.')
  if ((approve ?? abort) !== undefined && controller === undefined)
    throw new DomainError('misconfigured', '--approve and --abort need --controller.')
  if (approve !== undefined && options.actor === undefined)
    throw new DomainError('misconfigured', '--approve needs --actor: who approves.')
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    const deps = { ledger, purgePool: runtime.databases.ledger('purge'), journal: runtime.journal() }
    for (const log of await logsOf(ledger, controller)) {
      if (abort !== undefined) await callOff(ledger, log, abort, options)
      else if (approve !== undefined) await approveAndExecute(deps, log, approve, options)
      else await orderAndExecute(runtime, deps, log, options)
    }
    if (options.sweep === true && dryRun !== true)
      await sweepNow(ledger, options.actor ?? executor, options.json)
  })
}

async function orderAndExecute(runtime: Runtime, deps: PurgeDeps, log: Log, options: PurgeOptions) {
  const { ledger } = deps
  const today = localDay(ledger.clock.now())
  const [open] = await reading(ledger, log, (tx) => unfinishedPurges(tx, log.controller))
  if (open !== undefined && options.dryRun !== true) return goOn(deps, log, open, options)
  const preview = await reading(ledger, log, (tx) => previewOf(tx, log.controller, today))
  const unheld = preview.objects - preview.held
  if (options.dryRun === true || unheld === 0) {
    print(options.json, { controller: log.slug, ...preview }, previewText(log, preview))
    return
  }
  const actor = options.actor ?? 'liggare purge --order'
  const purge = await orderPurge(ledger, log, actor, today, runtime.config.approvalSize)
  const state = await reading(ledger, log, (tx) => purgeState(tx, log.controller, purge))
  await goOn(deps, log, state, options)
}

/** Executes what was ordered, now or before a crash, unless it waits for somebody. */
async function goOn(deps: PurgeDeps, log: Log, state: PurgeState, options: PurgeOptions) {
  if (phaseOf(state) !== 'waiting') return execute(deps, log, state.id, options)
  process.exitCode = 1
  print(
    options.json,
    { controller: log.slug, purge: state.id, phase: 'waiting', planned: state.planned },
    `${log.slug}: purge ${state.id} of ${state.planned} objects waits for another's approval:\n  liggare purge --controller ${log.slug} --approve ${state.id} --actor ANOTHER`,
  )
}

async function approveAndExecute(deps: PurgeDeps, log: Log, purge: string, options: PurgeOptions) {
  await approvePurge(deps.ledger, log, { name: options.actor as string }, purge)
  await execute(deps, log, purge, options)
}

async function execute(deps: PurgeDeps, log: Log, purge: string, { json }: PurgeOptions) {
  const { planned } = await reading(deps.ledger, log, (tx) => purgeState(tx, log.controller, purge))
  const progress = progressLine(`${log.slug}: purging`)
  const done = await executePurge(deps, log, purge, executor, (step) => progress(step.objects, planned))
  progress()
  const state = await reading(deps.ledger, log, (tx) => purgeState(tx, log.controller, purge))
  const phase = phaseOf(state)
  print(
    json,
    { controller: log.slug, purge, phase, ...done },
    `${log.slug}: purge ${purge} is ${phase}: ${done.objects} objects (${done.records} records); ${done.held} are held`,
  )
}

async function callOff(ledger: Ledger, log: Log, purge: string, options: PurgeOptions): Promise<void> {
  const state = await abortPurge(ledger, log, { name: options.actor ?? 'liggare purge --abort' }, purge)
  print(
    options.json,
    { controller: log.slug, purge, phase: phaseOf(state), objects: state.objects },
    `${log.slug}: purge ${purge} is called off; ${state.objects} objects were condemned before`,
  )
}

function previewText(log: Log, preview: Preview): string {
  const { objects, held, on, rules, classes } = preview
  const lines = rules.map((it) => `  ${String(it.objects).padStart(7)}  ${it.name} (version ${it.version})`)
  const holds = classes
    .flatMap((it) => it.holds)
    .map((it) => `  ${String(it.objects).padStart(7)}  held: ${it.ground}`)
  return [`${log.slug}: ${objects} objects are due on ${on}, ${held} of them held`, ...lines, ...holds].join(
    '\n',
  )
}

export async function sweepAll(options: { actor: string; json?: boolean }): Promise<void> {
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    await sweepNow(await runtime.ledger('worker'), options.actor, options.json)
  })
}

async function sweepNow(ledger: Ledger, actor: string, json: boolean | undefined): Promise<void> {
  const progress = progressLine('sweeping')
  const report = await sweep(ledger, actor, (moved) => progress(moved))
  progress()
  print(
    json,
    report,
    `keyring swept: ${report.survivors} keys live on, epochs ${report.destroyedEpochs.join(', ')} are destroyed`,
  )
}
