import type { Command } from 'commander'

/** `liggare rules`: the examples to begin with, what a change would mean, and the consent it may need. */
export function rulesCommand(program: Command): void {
  const rules = program.command('rules').description('retention rules: load examples, preview, approve')
  rules
    .command('examples')
    .description('declare the example rules under a decision; names that stand are left alone')
    .requiredOption('--controller <slug>', 'whose rules')
    .requiredOption(
      '--decision <file>',
      'JSON of the decision: body, reference, paragraph, date, wording; - for standard input',
    )
    .option('--valid-from <day>', 'the first day on which they hold (YYYY-MM-DD); today without')
    .option('--dry-run', 'only say which stand already')
    .option('--actor <id>', 'who declares them: an id, not a name', 'liggare rules')
    .option('--json', 'report as JSON')
    .action(async (options: object) => {
      const { loadExampleRules } = await import('./rules-run.ts')
      await loadExampleRules(options as Parameters<typeof loadExampleRules>[0])
    })
  rules
    .command('preview')
    .description('what a rule, or another version of one, would change; records nothing')
    .requiredOption('--controller <slug>', 'whose rules')
    .requiredOption('--rule <file>', 'JSON of the rule; - for standard input')
    .option('--id <id>', 'the rule that is changed; a new one without')
    .option('--on <day>', 'the day to reckon on (YYYY-MM-DD); today or its first day without')
    .option('--json', 'report as JSON')
    .action(async (options: object) => {
      const { previewOne } = await import('./rules-run.ts')
      await previewOne(options as Parameters<typeof previewOne>[0])
    })
  rules
    .command('approve')
    .description('approve versions that make much due; without --rule list those that wait')
    .requiredOption('--controller <slug>', 'whose rules')
    .option('--rule <id>', 'the rule whose waiting version is approved')
    .option(
      '--actor <id>',
      'who approves, another than who declared it: an id, not a name; needed with --rule',
    )
    .option('--json', 'report as JSON')
    .action(async (options: object) => {
      const { approveOne } = await import('./rules-run.ts')
      await approveOne(options as Parameters<typeof approveOne>[0])
    })
}

/** `liggare tag`: what rules scoped by tags look at. */
export function tagCommand(program: Command): void {
  program
    .command('tag')
    .description('tag objects of a channel, or take tags away: rules may be scoped by them')
    .argument('<tags...>', 'lower-case words joined by hyphens: trifling, hate-speech')
    .requiredOption('--controller <slug>', 'whose objects')
    .requiredOption('--channel <id>', 'the channel')
    .requiredOption('--before <day>', 'those that occurred before this day (YYYY-MM-DD)')
    .option('--verb <verb>', 'only those that this act created')
    .option('--tagged <tag>', 'only those that carry this tag')
    .option('--remove', 'take the tags away')
    .option('--text <text>', 'why, in words; sealed')
    .option('--actor <id>', 'who tags: an id, not a name', 'liggare tag')
    .option('--json', 'report as JSON')
    .action(async (tags: string[], options: object) => {
      const { tagMany } = await import('./rules-run.ts')
      await tagMany(tags, options as Parameters<typeof tagMany>[1])
    })
}
