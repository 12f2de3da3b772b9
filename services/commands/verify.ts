import type { Command } from 'commander'
import type { VerifyCommandOptions } from './verify-run.ts'
import type { OfflineOptions } from './verify-trust.ts'

const several = (value: string, before: string[] = []) => [...before, value]

type Options = VerifyCommandOptions & OfflineOptions & { readonly offline?: string }

/** `liggare verify`: everything that can be recomputed, recomputed. */
export function verifyCommand(program: Command): void {
  program
    .command('verify')
    .description(
      'recompute the log, its tree, what was destroyed and the safeguards of both databases; exit code 1 where anything is not as it was written',
    )
    .option('--controller <slug>', 'only this controller')
    .option('--from <size>', 'begin at the signed checkpoint of this size instead of at the first event')
    .option(
      '--keys',
      'try the keys too: that each part has the key it was sealed with, and that of what was destroyed none is left',
    )
    .option('--projections', 'compare the read models with the log too, as rebuild --dry-run does')
    .option(
      '--no-sealed',
      'leave ciphertexts out: then it runs as the auditor, who may not read them, and not as the worker',
    )
    .option('--json', 'report as JSON, one line for each controller')
    .option(
      '--offline <file>',
      'check an access answer (zip or folder), a checkpoint or a tlog-proof instead, with no database and no network',
    )
    .option('--key <vkey>', 'offline: a key of the log, from the public diary; may be given again', several)
    .option('--witness <vkey>', 'offline: the key of a witness; may be given again', several)
    .option('--quorum <n>', 'offline: how many of the witnesses must have cosigned; all by default')
    .option('--timestamp <file>', "offline: the time stamp (RFC 3161) of a checkpoint's text")
    .option('--authority <pem>', 'offline: whose time stamps are believed; may be given again', several)
    .option('--entry <hex>', 'offline: the 32 bytes that a tlog-proof is about')
    .action(async (options: Options) => {
      if (options.offline !== undefined) {
        const { verifyOffline } = await import('./verify-offline.ts')
        await verifyOffline(options.offline, options)
        return
      }
      const { verifyAll } = await import('./verify-run.ts')
      await verifyAll(options)
    })
}
