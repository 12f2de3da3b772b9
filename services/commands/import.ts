import type { Command } from 'commander'

type ImportOptions = {
  controller: string
  channel: string
  platform?: string
  dryRun?: boolean
  resume?: boolean
  json?: boolean
  actor: string
}

/** `liggare import FILE`: a platform's download, into a channel. */
export function importCommand(program: Command): void {
  program
    .command('import')
    .description(
      "import a platform's download (zip, tar.gz, WXR, JSON, JSONL, CSV) into a channel; what is there already is found again, so repeating it is safe",
    )
    .argument('<file>', 'the file as the platform gave it')
    .requiredOption('--controller <slug>', 'whose channel it is')
    .requiredOption('--channel <id>', 'the channel; a download of another account is refused')
    .option(
      '--platform <name>',
      'the format, where the file does not tell: a platform, activitystreams, cloudevents',
    )
    .option('--dry-run', 'say what it would bring and write nothing')
    .option('--resume', 'go on after the last checkpoint of an earlier import of the same file')
    .option('--actor <id>', 'who imports, as the log has it: an id, not a name', 'liggare import')
    .option('--json', 'report as JSON')
    .action(async (file: string, options: ImportOptions) => {
      const { runImport } = await import('./import-run.ts')
      await runImport(file, options)
    })
}
