import type { Command } from 'commander'

/** `liggare purge`: what is due today, destroyed by decision. */
export function purgeCommand(program: Command): void {
  program
    .command('purge')
    .description(
      'destroy what is due today under the rules in force; held objects wait. More than LIGGARE_APPROVAL_SIZE objects wait for --approve by another actor',
    )
    .option(
      '--controller <slug>',
      'only this controller; needed with --approve, --abort, --pause, --resume and --revoke',
    )
    .option(
      '--once',
      'order and execute once what is due now, as the worker does by the clock: what it does anyhow',
    )
    .option('--dry-run', 'say what is due, by which rules, and what is held; destroy nothing')
    .option('--approve <purge>', 'approve a purge that another has ordered, and execute it')
    .option('--abort <purge>', 'call a purge off: nothing more of it is condemned')
    .option('--pause <purge>', 'halt a purge for a while, --resume lets it go on')
    .option('--resume <purge>', 'let a paused purge go on, and execute it')
    .option('--revoke <purge>', 'revoke a purge in its waiting period, by the decision in --decision')
    .option('--decision <file>', 'JSON: body, reference, paragraph, date, wording of the decision to revoke')
    .option('--status', 'say where the purges that have not ended stand; change nothing')
    .option('--sweep', 'sweep the keyring afterwards, so that what was destroyed is irrecoverable at once')
    .option(
      '--actor <id>',
      'who orders, approves or calls off, as the log and the certificate have it: an id, not a name; needed with --approve',
    )
    .option('--json', 'report as JSON')
    .addHelpText(
      'after',
      '\nExit code 1 when a purge was ordered that now waits for approval. Whoever may run commands here answers for the --actor they state; over HTTP the token says who it is.',
    )
    .action(async (options: object) => {
      const { runPurges } = await import('./purge-run.ts')
      await runPurges(options)
    })
}

export function sweepCommand(program: Command): void {
  program
    .command('sweep')
    .description(
      're-wrap the surviving keys under a new epoch key and destroy the old one: what was purged is then irrecoverable',
    )
    .option('--actor <id>', 'who does it', 'liggare sweep')
    .option('--json', 'report as JSON')
    .action(async (options: { actor: string; json?: boolean }) => {
      const { sweepAll } = await import('./purge-run.ts')
      await sweepAll(options)
    })
}
