import { checkpointFolder } from '../jobs/worker.ts'
import { checkEvidence } from '../ledger/checkpoints-evidence.ts'
import { identityOf } from '../ledger/checkpoints-key.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { compareReadModels, dropOwnTables } from '../ledger/rebuild.ts'
import { type VerifyReport, verifyLog } from '../ledger/verify.ts'
import { type Finding, findings, type Report } from '../ledger/verify-finding.ts'
import { checkKeys, checkMemories } from '../ledger/verify-keys.ts'
import { keptCheckpoint } from '../ledger/verify-resume.ts'
import { checkSafeguards } from '../ledger/verify-safeguards.ts'
import { DomainError } from '../platform/errors.ts'
import { print, progressLine } from './output.ts'
import { logsOf, type Runtime, withRuntime } from './runtime.ts'
import { vouchersOf } from './vouchers.ts'

export type VerifyCommandOptions = {
  controller?: string
  from?: string
  projections?: boolean
  keys?: boolean
  sealed: boolean
  json?: boolean
}

export async function verifyAll(options: VerifyCommandOptions): Promise<void> {
  const from = sizeOf(options.from)
  if (from > 0 && options.controller === undefined) {
    throw new DomainError('validation-failed', '--from is a size of one log: name it with --controller')
  }
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    let count = await safeguards(runtime, options)
    for (const log of await logsOf(ledger, options.controller)) {
      const report = await verifyOne(runtime, ledger, log, from, options)
      const more = findings()
      await vouched(runtime, ledger, log, more.report)
      if (options.keys === true) await keys(runtime, ledger, log, from, report.size, more.report)
      if (options.projections === true) await models(runtime, log, more.report)
      const all = {
        ...report,
        findings: [...report.findings, ...more.list],
        count: report.count + more.count(),
      }
      count += all.count
      print(options.json, all, sentence(all))
    }
    if (count > 0) process.exitCode = 1
  })
}

async function verifyOne(
  runtime: Runtime,
  ledger: Ledger,
  log: Log,
  from: number,
  options: VerifyCommandOptions,
): Promise<VerifyReport> {
  const identity = await reading(ledger, log, (tx) => identityOf(tx, ledger.provider, log))
  const folder = checkpointFolder(runtime.config.journalFile)
  const kept = await keptCheckpoint(folder, log, identity)
  const progress = progressLine(`${log.slug}: verifying`)
  const report = await verifyLog(runtime.databases.ledger(roleOf(options)), log, identity, {
    from,
    sealed: options.sealed,
    outside: kept === undefined ? [] : [kept],
    onProgress: progress,
  })
  progress()
  return report
}

const roleOf = (options: VerifyCommandOptions) => (options.sealed ? 'worker' : 'auditor')

async function safeguards(runtime: Runtime, options: VerifyCommandOptions): Promise<number> {
  const found = findings()
  await checkSafeguards(runtime.databases.ledger(roleOf(options)), 'ledger', found.report)
  await checkSafeguards(runtime.databases.keyring(), 'keyring', found.report)
  print(
    options.json,
    { safeguards: found.list },
    found.count() === 0
      ? 'functions, triggers and row-level security of both databases are those shipped'
      : ['functions, triggers and row-level security:', ...found.list.map(line)].join('\n'),
  )
  return found.count()
}

/** What witnesses and the time-stamping authority said, as far as they are configured. */
async function vouched(runtime: Runtime, ledger: Ledger, log: Log, report: Report): Promise<void> {
  const { witnesses, authority } = vouchersOf(runtime.config)
  const keys = witnesses.map(({ key }) => key)
  await reading(ledger, log, (tx) =>
    checkEvidence(tx, log.controller, keys, authority?.certificates ?? [], report),
  )
}

async function keys(
  runtime: Runtime,
  ledger: Ledger,
  log: Log,
  from: number,
  size: number,
  report: Report,
): Promise<void> {
  const progress = progressLine(`${log.slug}: trying keys`)
  const pool = runtime.databases.ledger('worker')
  await checkKeys(pool, ledger.keyring, log, report, { from, size, onProgress: progress })
  await checkMemories(pool, runtime.databases.keyring(), runtime.journal(), log, report)
  progress()
}

async function models(runtime: Runtime, log: Log, report: Report): Promise<void> {
  const client = await runtime.databases.ledger('worker').connect()
  const progress = progressLine(`${log.slug}: projecting`)
  try {
    const { tables } = await compareReadModels(client, log, progress)
    for (const it of tables) {
      if (it.missing + it.surplus + it.different === 0) continue
      const counts = `${it.missing} missing, ${it.surplus} surplus, ${it.different} different rows`
      report('read-model-differs', null, `${it.table}: ${counts}; such as ${it.examples.join(', ')}`)
    }
  } finally {
    progress()
    await dropOwnTables(client)
    client.release()
  }
}

function sentence(report: VerifyReport): string {
  const read = report.from === 0 ? `${report.size} events` : `events ${report.from} to ${report.size}`
  if (report.count === 0) return `${report.controller}: ${read}, everything is as it was written`
  const more =
    report.count > report.findings.length ? [`  … and ${report.count - report.findings.length} more`] : []
  return [
    `${report.controller}: ${read}, ${report.count} findings`,
    ...report.findings.map(line),
    ...more,
  ].join('\n')
}

const line = ({ kind, position, what }: Finding) =>
  `  ${position === null ? '' : `position ${position}: `}${what} (${kind})`

function sizeOf(text: string | undefined): number {
  if (text === undefined) return 0
  if (!/^(0|[1-9]\d{0,14})$/.test(text)) {
    throw new DomainError('validation-failed', '--from is the size of a checkpoint: a whole number')
  }
  return Number(text)
}
