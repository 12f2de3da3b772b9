import { countWrapped, rotateWrap } from '../ledger/rotate-wrap.ts'
import { print, progressLine } from './output.ts'
import { withRuntime } from './runtime.ts'

export type RotateWrapOptions = {
  readonly dryRun?: boolean
  readonly actor: string
  readonly json?: boolean
}

export async function rotateWrapOf(options: RotateWrapOptions): Promise<void> {
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    if (options.dryRun === true) {
      const counts = (await countWrapped(ledger)).map(({ log, keys }) => ({ controller: log.slug, keys }))
      const lines = counts.map(({ controller, keys }) => {
        const versions = Object.entries(keys).map(([version, count]) => `${count} under version ${version}`)
        return `${controller}: ${versions.join(', ') || 'no keys'}`
      })
      print(options.json, counts, lines.join('\n') || 'There is no log.')
      return
    }
    const progress = progressLine('wrapped')
    const done = await rotateWrap(ledger, options.actor, progress)
    progress()
    print(
      options.json,
      done,
      `Wrap keys are of version ${done.version}; ${done.rewrapped} keys were wrapped anew.`,
    )
  })
}
