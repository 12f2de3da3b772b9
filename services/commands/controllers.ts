import type { Command } from 'commander'

/** `liggare controllers`: whose logs there are. */
export function controllersCommand(program: Command): void {
  program
    .command('controllers')
    .description('list the controllers: slug, name, events in the log')
    .option('--json', 'one JSON object a line')
    .action(async (options: { json?: boolean }) => {
      const { listControllers } = await import('./controllers-run.ts')
      await listControllers(options)
    })
}
