import type { Command } from 'commander'

/** `liggare drill restore`: does what was purged stay away, whichever backup is restored? */
export function drillCommand(program: Command): void {
  const drill = program
    .command('drill')
    .description('play a disaster on temporary embedded databases and judge what is left')
  drill
    .command('restore')
    .description(
      'back up, purge, restore an old ledger, an old keyring, both, lose the journal, restore a keyring from before a sweep: nothing purged comes back, every survivor opens',
    )
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      '\nTouches no database but its own, in the temporary directory. Exit code 1 if any case fails.',
    )
    .action(async (options: { json?: boolean }) => {
      const { drillRestore } = await import('./drill-run.ts')
      await drillRestore(options)
    })
}
