import { type Command, Option } from 'commander'
import type { RegisterWish } from './register-run.ts'

/** `liggare register`: the record of processing activities, declared beside observed. */
export function registerCommand(program: Command): void {
  program
    .command('register')
    .description('the register of processing (art. 30): declared beside observed, with findings')
    .option('--controller <slug>', 'only this controller')
    .addOption(
      new Option('--format <format>', 'text for a terminal, or a file in this format')
        .choices(['text', 'json', 'jsonld', 'csv', 'xlsx', 'html', 'pdf'])
        .default('text'),
    )
    .addOption(
      new Option('--language <language>', 'of words, not of data').choices(['sv', 'en']).default('sv'),
    )
    .option('--valid-on <day>', 'what held on that day (YYYY-MM-DD); today without')
    .option('--known-at <moment>', 'what was known then: an instant with an offset, or a position of the log')
    .option('--out <file>', 'write to this file; {controller} in it becomes the slug. Else standard output')
    .option('--json', 'the same as --format json')
    .action(async (options: RegisterWish) => {
      const { showRegister } = await import('./register-run.ts')
      await showRegister(options)
    })
}
