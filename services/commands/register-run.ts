import type { AsOf } from '../declarations/as-of.ts'
import { readRegister } from '../register/read.ts'
import { registerText } from '../register/text.ts'
import { retentionFigures } from '../retention/register-view.ts'
import { print } from './output.ts'
import { logsOf, withRuntime } from './runtime.ts'

export async function showRegister(options: { controller?: string; json?: boolean } & AsOf): Promise<void> {
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    for (const log of await logsOf(ledger, options.controller)) {
      const register = await readRegister(ledger, log, options, retentionFigures)
      print(options.json, register, registerText(register))
    }
  })
}
