import { openRuntime } from '../../services/commands/runtime.ts'
import { importFile } from '../../services/deliveries/import.ts'

/** What is imported, into which of the house's controllers, and the environment of the house. */
export type ImportJob = {
  readonly file: string
  readonly slug: string
  readonly channel: string
  readonly environment: Readonly<Record<string, string>>
}
/** `peakMb`: the most memory that the process ever held; `cpuSeconds`: its own processor time, the database's apart. */
export type ImportDone = {
  readonly recorded: number
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMb: number
}

// A process of its own, so that the memory is that of one import.
process.once('message', (job: ImportJob) => {
  void run(job).then((done) => {
    process.send?.(done)
    process.disconnect?.()
  })
})

async function run({ file, slug, channel, environment }: ImportJob): Promise<ImportDone> {
  const runtime = await openRuntime({ env: environment, logLevel: 'warn' })
  try {
    const ledger = await runtime.ledger('api')
    const log = await ledger.find(slug)
    if (log === undefined) throw new Error(`there is no ${slug}`)
    const begun = performance.now()
    const before = process.cpuUsage()
    const report = await importFile(ledger, log, {
      file,
      fileName: 'x.zip',
      channel,
      actor: { name: 'bench' },
    })
    const { user, system } = process.cpuUsage(before)
    return {
      recorded: report.counts.recorded,
      seconds: (performance.now() - begun) / 1000,
      cpuSeconds: (user + system) / 1e6,
      peakMb: process.resourceUsage().maxRSS / 1024,
    }
  } finally {
    await runtime.close()
  }
}
