import type { Command } from 'commander'

type RegisterOptions = { controller?: string; json?: boolean }

/** `liggare register`: the record of processing activities, declared beside observed. */
export function registerCommand(program: Command): void {
  program
    .command('register')
    .description('the register of processing (art. 30): declared beside observed, with findings')
    .option('--controller <slug>', 'only this controller')
    .option('--json', 'one JSON object for each controller')
    .action(async (options: RegisterOptions) => {
      const { showRegister } = await import('./register-run.ts')
      await showRegister(options)
    })
}
