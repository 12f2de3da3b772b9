import { readFileSync } from 'node:fs'
import { Decision } from '../events/vocabulary.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { abortPurge, approvePurge, orderPurge } from '../retention/order.ts'
import { type Preview, previewOf } from '../retention/preview.ts'
import { executePurge, type PurgeDeps } from '../retention/purge.ts'
import { purgeState, unfinishedPurges } from '../retention/purge-queries.ts'
import { type PurgeState, phaseOf } from '../retention/purge-state.ts'
import { pausePurge, resumePurge, revokePurge } from '../retention/purge-steps.ts'
import { purgeView } from '../retention/purge-view.ts'
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
  readonly pause?: string
  readonly resume?: string
  readonly revoke?: string
  readonly decision?: string
  readonly status?: boolean
  readonly actor?: string
}

/** Who executes on the command line: neither who orders nor who approves, but the program. */
const executor = 'liggare purge'

export async function runPurges(options: PurgeOptions): Promise<void> {
  const { approve, abort, dryRun, controller, pause, resume, revoke, status } = options
  const steps = [approve, abort, pause, resume, revoke].filter((it) => it !== undefined)
  if (steps.length + [dryRun, status].filter((it) => it === true).length > 1)
    throw new DomainError('misconfigured', 'Only one step, --dry-run or --status at a time.')
  if (steps.length > 0 && controller === undefined)
    throw new DomainError('misconfigured', 'A step of one purge needs --controller.')
  if ((revoke === undefined) !== (options.decision === undefined))
    throw new DomainError('misconfigured', '--revoke and --decision belong together.')
  if (approve !== undefined && options.actor === undefined)
    throw new DomainError('misconfigured', '--approve needs --actor: who approves.')
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    const deps = {
      ledger,
      purgePool: runtime.databases.ledger('purge'),
      journal: runtime.journal(),
      recordsPerSecond: runtime.config.purgeRate,
    }
    for (const log of await logsOf(ledger, controller)) {
      if (status === true) await tellStatus(ledger, log, options)
      else if (pause !== undefined) await halt(ledger, log, pause, options)
      else if (revoke !== undefined) await takeBack(deps, log, revoke, options)
      else if (resume !== undefined) await goOnAfterPause(deps, log, resume, options)
      else if (abort !== undefined) await callOff(ledger, log, abort, options)
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
  const purge = await orderPurge(
    ledger,
    log,
    actor,
    today,
    runtime.config.approvalSize,
    runtime.config.purgeWaitHours,
  )
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

const actorOf = (options: PurgeOptions, step: string) => ({
  name: options.actor ?? `liggare purge --${step}`,
})

async function halt(ledger: Ledger, log: Log, purge: string, options: PurgeOptions): Promise<void> {
  const state = await pausePurge(ledger, log, actorOf(options, 'pause'), purge)
  const text = `${log.slug}: purge ${purge} is paused; ${state.objects} objects are condemned`
  print(options.json, { controller: log.slug, purge, phase: phaseOf(state), objects: state.objects }, text)
}

async function goOnAfterPause(deps: PurgeDeps, log: Log, purge: string, options: PurgeOptions) {
  const state = await resumePurge(deps.ledger, log, actorOf(options, 'resume'), purge)
  await goOn(deps, log, state, options)
}

/** Records the decision and gives back at once what was condemned; a crash leaves that to the worker, or the next call. */
async function takeBack(deps: PurgeDeps, log: Log, purge: string, options: PurgeOptions): Promise<void> {
  const given: unknown = JSON.parse(readFileSync(options.decision as string, 'utf8'))
  const decision = Decision.safeParse(given)
  if (!decision.success) throw new DomainError('misconfigured', 'The file of --decision holds no decision.')
  await revokePurge(deps.ledger, log, actorOf(options, 'revoke'), purge, decision.data)
  await execute(deps, log, purge, options)
}

async function tellStatus(ledger: Ledger, log: Log, { json }: PurgeOptions): Promise<void> {
  const open = await reading(ledger, log, (tx) => unfinishedPurges(tx, log.controller))
  for (const state of open) {
    const view = await reading(ledger, log, (tx) => purgeView(tx, log.controller, state))
    const until = view.revocableUntil === null ? '' : `, not executed before ${view.revocableUntil}`
    const text = `${log.slug}: purge ${view.id} is ${view.phase}: ${view.objects} of ${view.planned} condemned, ${view.destroyed} destroyed${until}`
    print(json, { controller: log.slug, ...view }, text)
  }
  if (open.length === 0 && json !== true) print(false, {}, `${log.slug}: no purge is under way`)
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
