import type { Command } from 'commander'
import type { OneDatabase } from './backup-run.ts'

/** `liggare backup` and `liggare restore`: for the embedded database, and for others that are small enough. */
export function backupCommands(program: Command): void {
  program
    .command('backup')
    .description(
      'write ledger and keyring, each as it stands at one moment, into <dir>/ledger and <dir>/keyring as checksummed JSON lines',
    )
    .requiredOption('--out <dir>', 'where to; it must not hold a backup yet')
    .option('--ledger-only', 'only the ledger')
    .option(
      '--keyring-only',
      'only the keyring: after every `liggare sweep`, for older ones open nothing any more',
    )
    .option('--json', 'report as JSON')
    .addHelpText(
      'after',
      `
Never in it: the key file with its epoch keys, and the erasure journal. Back both up apart from either database; whoever
holds ledger, keyring and key file together can read everything, so keep the two folders in different places as well.
The ledger is written first and the keyring after it: a restore is any ledger backup and the newest keyring backup.
For large databases use the server's own means (pg_basebackup, point-in-time recovery); a start compares and replays
what was erased since, whichever way they were restored. Needs the administrative URLs, as migrate does; the embedded
database must not be in use.`,
    )
    .action(async (options: { out: string; json?: boolean } & OneDatabase) => {
      const { backup } = await import('./backup-run.ts')
      await backup(options)
    })
  program
    .command('restore')
    .description(
      'read a backup into databases that only `liggare migrate` has touched; each wholly or not at all',
    )
    .requiredOption('--from <dir>', 'what `liggare backup` wrote')
    .option('--ledger-only', 'only the ledger: the keyring stays as it is')
    .option('--keyring-only', 'only the keyring: the ledger stays as it is')
    .option('--json', 'report as JSON')
    .addHelpText(
      'after',
      `
Put the key file, its epoch keys and the erasure journal in their places first. What was erased after the backup was
taken is erased again by the next start, before anything is served. A keyring from before the last sweep opens nothing.`,
    )
    .action(async (options: { from: string; json?: boolean } & OneDatabase) => {
      const { restore } = await import('./backup-run.ts')
      await restore(options)
    })
}
