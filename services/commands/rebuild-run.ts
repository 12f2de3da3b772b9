import { isExact, type RebuildReport, rebuild } from '../ledger/rebuild.ts'
import { print, progressLine } from './output.ts'
import { logsOf, withRuntime } from './runtime.ts'

type RebuildOptions = { controller?: string; dryRun?: boolean; json?: boolean }

export async function rebuildAll(options: RebuildOptions): Promise<void> {
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const logs = await logsOf(await runtime.ledger('worker'), options.controller)
    const client = await runtime.databases.admin('ledger')
    try {
      await client.query(`set temp_buffers = '128MB'`)
      await client.query('set role liggare_owner')
      for (const log of logs) {
        const progress = progressLine(`${log.slug}: rebuilding`)
        const report = await rebuild(client, log, {
          dryRun: options.dryRun === true,
          onProgress: progress,
        })
        progress()
        print(options.json, report, sentence(report))
        if (options.dryRun === true && !isExact(report)) process.exitCode = 1
      }
    } finally {
      await client.end()
    }
  })
}

function sentence(report: RebuildReport): string {
  const head = `${report.controller}: ${report.size} events`
  if (isExact(report)) return `${head}, every read model is exactly what the log says`
  const lines = report.tables
    .filter((it) => it.missing + it.surplus + it.different > 0)
    .map(
      (it) =>
        `  ${it.table}: ${it.missing} missing, ${it.surplus} surplus, ${it.different} different of ${it.rows}; such as ${it.examples.join(', ')}`,
    )
  return [`${head}, ${report.replaced ? 'replaced' : 'differing'}:`, ...lines].join('\n')
}
