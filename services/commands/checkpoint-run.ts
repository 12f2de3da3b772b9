import { logIdentity } from '../ledger/checkpoints-key.ts'
import { newestCheckpoint } from '../ledger/checkpoints-read.ts'
import type { Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { logsOf, withRuntime } from './runtime.ts'

export async function printCheckpoint(options: { controller: string; key?: boolean }): Promise<void> {
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    const [log] = (await logsOf(ledger, options.controller)) as [Log]
    if (options.key === true) {
      process.stdout.write(`${logIdentity(runtime.provider, log).vkey}\n`)
    } else {
      process.stdout.write((await reading(ledger, log, (tx) => newestCheckpoint(tx, log.controller))).note)
    }
  })
}
