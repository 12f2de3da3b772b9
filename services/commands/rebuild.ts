import type { Command } from 'commander'

type RebuildOptions = { controller?: string; dryRun?: boolean; json?: boolean }

/** `liggare rebuild`: the read models again, from the log alone. */
export function rebuildCommand(program: Command): void {
  program
    .command('rebuild')
    .description(
      'compute the read models anew from the log and replace what differs; needs DATABASE_URL, as migrate does',
    )
    .option('--controller <slug>', 'only this controller')
    .option('--dry-run', 'compare and change nothing; exit code 1 where something differs')
    .option('--json', 'report as JSON')
    .action(async (options: RebuildOptions) => {
      const { rebuildAll } = await import('./rebuild-run.ts')
      await rebuildAll(options)
    })
}
