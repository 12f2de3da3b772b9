import type { Command } from 'commander'

/** `liggare audit retention`: was everything destroyed on its day, by a decision, and nothing else? */
export function auditCommand(program: Command): void {
  const audit = program
    .command('audit')
    .description('recompute from the events alone what should have been done')
  audit
    .command('retention')
    .description(
      'every due day and every destruction, without a read model: kept too long, destroyed too early, without decision, order or approval, while held; due and not destroyed. Exit code 1 on findings',
    )
    .option('--controller <slug>', 'only this controller')
    .option(
      '--grace <days>',
      'how many days after its day an object may stand: the interval of the purge',
      '1',
    )
    .option('--json', 'report as JSON')
    .action(async (options: { controller?: string; grace: string; json?: boolean }) => {
      const { auditAll } = await import('./audit-run.ts')
      await auditAll(options)
    })
}
