import type { Command } from 'commander'

/** `liggare trigger`: declares of many objects at once what starts a period. */
export function triggerCommand(program: Command): void {
  program
    .command('trigger')
    .description(
      'declare objects obsolete, closed, withdrawn or delivered to the archive, or a channel closed: what the period of some rules counts from',
    )
    .requiredOption('--controller <slug>', 'whose objects')
    .requiredOption(
      '--trigger <trigger>',
      'declaredObsolete, matterClosed, withdrawn, archiveDelivered, or channelClosed for the channel itself',
    )
    .option('--object <id...>', 'these objects, by their ids or those of their events')
    .option('--channel <id>', 'instead: all of this channel that are older than --before')
    .option('--before <day>', 'those that occurred before this day (YYYY-MM-DD); not with channelClosed')
    .option('--tag <tag>', 'only those that carry it')
    .option('--verb <verb>', 'only those that this act created')
    .option('--authority <name>', 'archiveDelivered: the archive authority')
    .option('--receipt <reference>', 'archiveDelivered: the reference of its receipt')
    .option('--day <day>', 'the day of it; today without')
    .option('--text <text>', 'why, in words; sealed')
    .option('--actor <id>', 'who declares it: an id, not a name', 'liggare trigger')
    .option('--json', 'report as JSON')
    .action(async (options: object) => {
      const { triggerMany } = await import('./trigger-run.ts')
      await triggerMany(options as Parameters<typeof triggerMany>[0])
    })
}
