import { DomainError } from '../platform/errors.ts'
import { type AuditReport, auditRetention } from '../retention/audit.ts'
import { print, progressLine } from './output.ts'
import { logsOf, withRuntime } from './runtime.ts'

type Options = { readonly controller?: string; readonly grace: string; readonly json?: boolean }

export async function auditAll(options: Options): Promise<void> {
  if (!/^\d{1,5}$/.test(options.grace))
    throw new DomainError('validation-failed', '--grace is a number of days')
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    for (const log of await logsOf(ledger, options.controller)) {
      const progress = progressLine(`${log.slug}: auditing`)
      const report = await auditRetention(runtime.databases.ledger('auditor'), log, {
        now: runtime.clock.now(),
        graceDays: Number(options.grace),
        onProgress: progress,
      })
      progress()
      if (report.count > 0) process.exitCode = 1
      print(options.json, report, sentence(report))
    }
  })
}

function sentence({ controller, objects, destroyed, size, count, findings }: AuditReport): string {
  const head = `${controller}: ${objects} objects, ${destroyed} destroyed, in ${size} events: ${count === 0 ? 'everything on its day' : `${count} findings`}`
  const lines = findings.map(
    (it) =>
      `  ${it.kind} at position ${it.position}${it.object === null ? '' : `: object ${it.object}`}${it.days === null ? '' : ` (${it.days} days)`}`,
  )
  return [head, ...lines].join('\n')
}
