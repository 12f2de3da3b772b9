import type { Command } from 'commander'
import type { AcceptRestoreOptions, RotateOptions } from './checkpoint-run.ts'

type CheckpointOptions = { controller: string; key?: boolean }

/** `liggare checkpoint`: the newest signed note, for whoever keeps them, and what concerns its signing. */
export function checkpointCommand(program: Command): void {
  const checkpoint = program
    .command('checkpoint')
    // Else what stands behind `accept-restore` would be taken for this command's own.
    .enablePositionalOptions()
    .description('print the newest signed checkpoint of a log (c2sp.org/tlog-checkpoint)')
    .option('--controller <slug>', 'whose log')
    .option(
      '--key',
      'print the public key (vkey) that checkpoints are checked with instead, earlier ones after it',
    )
    .action(async (options: Partial<CheckpointOptions>) => {
      const { printCheckpoint } = await import('./checkpoint-run.ts')
      await printCheckpoint(options)
    })
  checkpoint
    .command('page')
    .description(
      'write the newest time-stamped checkpoint (else the newest) as one page for the public diary, in Swedish and English',
    )
    .requiredOption('--controller <slug>', 'whose log')
    .requiredOption('--out <file>', 'where to: .pdf or .html')
    .action(async (options: { controller: string; out: string }) => {
      const { writePage } = await import('./checkpoint-run.ts')
      await writePage(options)
    })
  checkpoint
    .command('accept-restore')
    .description(
      'let a log that was restored from an older backup be signed again, under a new origin; one person reports it with --reason, another accepts it',
    )
    .requiredOption('--controller <slug>', 'whose log')
    .requiredOption('--actor <id>', 'who reports or accepts, as the log has it')
    .option('--reason <text>', 'why the log is older than its last checkpoint: reports it; sealed in the log')
    .option('--json', 'report as JSON')
    .addHelpText(
      'after',
      '\nWithout --reason it accepts what another has reported. The checkpoint that the log no longer continues is kept beside the new one, and its text stands in the log. See docs/evidence.md.',
    )
    .action(async (options: AcceptRestoreOptions) => {
      const { acceptRestoreOf } = await import('./checkpoint-run.ts')
      await acceptRestoreOf(options)
    })
  checkpoint
    .command('rotate-key')
    .description('sign a log with another key from its next checkpoint on, which the old key signs too')
    .requiredOption('--controller <slug>', 'whose log')
    .requiredOption('--actor <id>', 'who does it, as the log has it')
    .option('--json', 'report as JSON')
    .action(async (options: RotateOptions) => {
      const { rotateKeyOf } = await import('./checkpoint-run.ts')
      await rotateKeyOf(options)
    })
}
