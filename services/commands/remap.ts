import type { Command } from 'commander'

/** `liggare remap` and `liggare coverage`: what deliveries brought, and what a newer mapper makes of them. */
export function deliveryCommands(program: Command): void {
  program
    .command('remap')
    .description(
      'read kept deliveries again by newer versions of their mappers: what was unrecognised becomes new events, what is read otherwise is kept beside what was there; repeating it is safe, and goes on where it was broken off',
    )
    .requiredOption('--since <day>', 'deliveries received on this day or later (YYYY-MM-DD)')
    .option('--controller <slug>', 'only of this controller')
    .option('--channel <id>', 'only of this channel')
    .option('--dry-run', 'say what it would bring and write nothing but the look-up')
    .option('--actor <id>', 'who does it, as the log has it: an id, not a name', 'liggare remap')
    .option('--json', 'report as JSON')
    .action(async (options: object) => {
      const { runRemap } = await import('./remap-run.ts')
      await runRemap(options as Parameters<typeof runRemap>[0])
    })
  program
    .command('coverage')
    .description(
      'what came in of each channel: last delivery, longest gap, wrong signatures, challenges, and what nobody understood, by kind',
    )
    .option('--controller <slug>', 'only of this controller')
    .option('--channel <id>', 'only of this channel')
    .option('--json', 'one JSON object for each controller')
    .action(async (options: object) => {
      const { showCoverage } = await import('./remap-run.ts')
      await showCoverage(options as Parameters<typeof showCoverage>[0])
    })
}
