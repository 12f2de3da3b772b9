import type { Command } from 'commander'
import type { RotateWrapOptions } from './keys-run.ts'

/** `liggare keys`: what concerns keys that live on; what is destroyed goes by `purge` and `sweep`. */
export function keysCommand(program: Command): void {
  program
    .command('keys')
    .description('rotate keys')
    .command('rotate-wrap')
    .description(
      'wrap the keys of all persons by new wrap keys, while the API and the worker go on; the log gets one event and is not touched otherwise',
    )
    .option('--dry-run', 'count the keys under each version of the wrap key; change nothing')
    .option('--actor <id>', 'who does it, as the log has it', 'liggare keys')
    .option('--json', 'report as JSON')
    .addHelpText(
      'after',
      '\nInterrupted, the next call goes on where it stopped. A backup of the keyring from before it still opens: each key says which version wraps it.',
    )
    .action(async (options: RotateWrapOptions) => {
      const { rotateWrapOf } = await import('./keys-run.ts')
      await rotateWrapOf(options)
    })
}
