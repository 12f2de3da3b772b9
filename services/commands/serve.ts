import type { Command } from 'commander'

/** `start` (everything in one process), `api`, `worker`. */
export function serveCommands(program: Command): void {
  program
    .command('start')
    .description(
      'migrate, then serve the API and run the jobs in one process (embedded database unless DATABASE_URL is set)',
    )
    .action(async () => {
      const { serve } = await import('./server.ts')
      await serve({ migrate: true, api: true, worker: true })
    })
  program
    .command('api')
    .description('serve the HTTP API; the database must be migrated')
    .action(async () => {
      const { serve } = await import('./server.ts')
      await serve({ migrate: false, api: true, worker: false })
    })
  program
    .command('worker')
    .description('run the jobs: ordered purges, the keyring sweep')
    .action(async () => {
      const { serve } = await import('./server.ts')
      await serve({ migrate: false, api: false, worker: true })
    })
}

export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description(
      'create or update roles and tables of both databases; the only command that connects as their administrator',
    )
    .option('--json', 'report as JSON')
    .action(async (options: { json?: boolean }) => {
      const { openRuntime } = await import('./runtime.ts')
      const runtime = await openRuntime({ mayCreateKey: true })
      try {
        const report = await runtime.databases.migrate()
        if (options.json === true) process.stdout.write(`${JSON.stringify(report)}\n`)
      } finally {
        await runtime.close()
      }
    })
}
