import type { Command } from 'commander'
import type { VerifyCommandOptions } from './verify-run.ts'

/** `liggare verify`: everything that can be recomputed, recomputed. */
export function verifyCommand(program: Command): void {
  program
    .command('verify')
    .description(
      'recompute the log, its tree, what was destroyed and the safeguards of both databases; exit code 1 where anything is not as it was written',
    )
    .option('--controller <slug>', 'only this controller')
    .option('--from <size>', 'begin at the signed checkpoint of this size instead of at the first event')
    .option(
      '--keys',
      'try the keys too: that each part has the key it was sealed with, and that of what was destroyed none is left',
    )
    .option('--projections', 'compare the read models with the log too, as rebuild --dry-run does')
    .option(
      '--no-sealed',
      'leave ciphertexts out: then it runs as the auditor, who may not read them, and not as the worker',
    )
    .option('--json', 'report as JSON, one line for each controller')
    .action(async (options: VerifyCommandOptions) => {
      const { verifyAll } = await import('./verify-run.ts')
      await verifyAll(options)
    })
}
