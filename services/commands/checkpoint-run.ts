import { writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { pdfOf } from '../documents/pdf.ts'
import { checkpointFolder } from '../jobs/worker.ts'
import { identityOf } from '../ledger/checkpoints-key.ts'
import { newestCheckpoint } from '../ledger/checkpoints-read.ts'
import { acceptRestore, reportRestore, rotateLogKey } from '../ledger/checkpoints-restore.ts'
import type { Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { checkpointHtml, checkpointPage } from './checkpoint-page.ts'
import { print } from './output.ts'
import { logsOf, withRuntime } from './runtime.ts'
import { vouchersOf } from './vouchers.ts'

export type RotateOptions = { controller: string; actor: string; json?: boolean }
export type AcceptRestoreOptions = RotateOptions & { reason?: string }

export async function printCheckpoint(options: { controller?: string; key?: boolean }): Promise<void> {
  const { controller } = options
  if (controller === undefined)
    throw new DomainError('validation-failed', 'Whose log? Name it with --controller.')
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    const [log] = (await logsOf(ledger, controller)) as [Log]
    if (options.key === true) {
      const { vkey, earlier } = await reading(ledger, log, (tx) => identityOf(tx, runtime.provider, log))
      for (const line of [vkey, ...earlier.map((key) => key.vkey)]) process.stdout.write(`${line}\n`)
    } else {
      process.stdout.write((await reading(ledger, log, (tx) => newestCheckpoint(tx, log.controller))).note)
    }
  })
}

/** Reports a restore if it is given a reason, else accepts what another has reported. */
export async function acceptRestoreOf(options: AcceptRestoreOptions): Promise<void> {
  const { controller, actor, reason } = options
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    const [log] = (await logsOf(ledger, controller)) as [Log]
    const folder = checkpointFolder(runtime.config.journalFile)
    const done =
      reason === undefined
        ? await acceptRestore(ledger, log, folder, { name: actor })
        : await reportRestore(ledger, log, folder, { name: actor }, reason)
    const lost = `${done.keptSize ?? 'an unknown number of'} events had been signed, the log has ${done.size}`
    print(
      options.json,
      done,
      done.step === 'reported'
        ? `${log.slug}: reported. ${lost}. It waits for another to accept it`
        : `${log.slug}: accepted. ${lost}. The worker signs it as series ${done.series}: publish its new key`,
    )
  })
}

export async function rotateKeyOf({ controller, actor, json }: RotateOptions): Promise<void> {
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    const [log] = (await logsOf(ledger, controller)) as [Log]
    const vkey = await rotateLogKey(ledger, log, { name: actor })
    print(
      json,
      { controller: log.slug, vkey },
      `${log.slug}: from the next checkpoint on signed with ${vkey}`,
    )
  })
}

/** `--out x.pdf` or `x.html`; with `x.tsr` beside it if there is a time stamp, and the checkpoint itself as `x.txt`. */
export async function writePage({ controller, out }: { controller: string; out: string }): Promise<void> {
  const format = extname(out)
  if (format !== '.pdf' && format !== '.html') {
    throw new DomainError('validation-failed', '--out ends in .pdf or .html')
  }
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    const [log] = (await logsOf(ledger, controller)) as [Log]
    const page = await checkpointPage(ledger, log, vouchersOf(runtime.config).authority)
    const beside = (extension: string) => `${out.slice(0, -format.length)}${extension}`
    await writeFile(
      out,
      format === '.html' ? checkpointHtml(page) : await Array.fromAsync(pdfOf(page.info, page.blocks)),
    )
    await writeFile(beside('.txt'), page.note)
    if (page.stamp !== undefined) await writeFile(beside('.tsr'), page.stamp)
  })
}
