import { controllerStream } from '../declarations/kinds.ts'
import { currentDeclaration } from '../declarations/queries.ts'
import { reading } from '../ledger/open.ts'
import { logSize } from '../ledger/read.ts'
import { print } from './output.ts'
import { withRuntime } from './runtime.ts'

export async function listControllers(options: { json?: boolean }): Promise<void> {
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    for (const log of await ledger.list()) {
      const { declared, size } = await reading(ledger, log, async (tx) => ({
        declared: await currentDeclaration(tx, log.controller, 'controller', controllerStream),
        size: await logSize(tx, log.controller),
      }))
      const name = declared?.document['name'] ?? 'MISSING'
      print(
        options.json,
        { controller: log.slug, name, version: declared?.version ?? null, size },
        `${log.slug}\t${name}\t${size}`,
      )
    }
  })
}
