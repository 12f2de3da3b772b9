import type { Command } from 'commander'

type CheckpointOptions = { controller: string; key?: boolean }

/** `liggare checkpoint`: the newest signed note, for whoever keeps them. */
export function checkpointCommand(program: Command): void {
  program
    .command('checkpoint')
    .description('print the newest signed checkpoint of a log (c2sp.org/tlog-checkpoint)')
    .requiredOption('--controller <slug>', 'whose log')
    .option('--key', 'print the public key (vkey) that checkpoints are checked with instead')
    .action(async (options: CheckpointOptions) => {
      const { printCheckpoint } = await import('./checkpoint-run.ts')
      await printCheckpoint(options)
    })
}
