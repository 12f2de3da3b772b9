import type { Command } from 'commander'

type PurgeOptions = { controller?: string; dryRun?: boolean; json?: boolean; sweep?: boolean; actor: string }

/** `liggare purge`: what is due today, destroyed by decision. */
export function purgeCommand(program: Command): void {
  program
    .command('purge')
    .description('destroy what is due today under the rules in force; held objects wait')
    .option('--controller <slug>', 'only this controller')
    .option('--dry-run', 'say what is due and destroy nothing')
    .option('--sweep', 'sweep the keyring afterwards, so that what was destroyed is irrecoverable at once')
    .option(
      '--actor <id>',
      'who orders it, as the log and the certificate have it: an id, not a name',
      'liggare purge',
    )
    .option('--json', 'report as JSON')
    .action(async (options: PurgeOptions) => {
      const { purgeDue } = await import('./purge-run.ts')
      await purgeDue(options)
    })
}

export function sweepCommand(program: Command): void {
  program
    .command('sweep')
    .description(
      're-wrap the surviving keys under a new epoch key and destroy the old one: what was purged is then irrecoverable',
    )
    .option('--actor <id>', 'who does it', 'liggare sweep')
    .option('--json', 'report as JSON')
    .action(async (options: { actor: string; json?: boolean }) => {
      const { sweepAll } = await import('./purge-run.ts')
      await sweepAll(options)
    })
}
