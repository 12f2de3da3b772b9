import { accessSync, constants } from 'node:fs'
import { basename } from 'node:path'
import { z } from 'zod'
import { importFile } from '../deliveries/import.ts'
import { importText } from '../deliveries/import-text.ts'
import type { ImportProgress } from '../deliveries/import-types.ts'
import { DomainError } from '../platform/errors.ts'
import { deliveryStoreOf } from './delivery-store.ts'
import { print, progressLine } from './output.ts'
import { logsOf, withRuntime } from './runtime.ts'

export type ImportRunOptions = {
  readonly controller: string
  readonly channel: string
  readonly platform?: string
  readonly dryRun?: boolean
  readonly resume?: boolean
  readonly json?: boolean
  readonly actor: string
}

export async function runImport(file: string, options: ImportRunOptions): Promise<void> {
  const channel = channelIdOf(options.channel)
  assertReadable(file)
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    const [log] = await logsOf(ledger, options.controller)
    if (log === undefined) return
    const stopping = new AbortController()
    const stop = () => stopping.abort()
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    const line = progressLine('import')
    try {
      const report = await importFile(ledger, log, {
        file,
        fileName: basename(file),
        channel,
        actor: { name: options.actor },
        signal: stopping.signal,
        ...storeOf(runtime.config),
        onProgress: progressTo(line),
        ...(options.platform === undefined ? {} : { platform: options.platform }),
        ...(options.dryRun === undefined ? {} : { dryRun: options.dryRun }),
        ...(options.resume === undefined ? {} : { resume: options.resume }),
      })
      line()
      print(options.json, { controller: log.slug, channel, ...report }, importText(report))
    } finally {
      line()
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    }
  })
}

function storeOf(config: Parameters<typeof deliveryStoreOf>[0]) {
  const { deliveries } = deliveryStoreOf(config)
  return deliveries === undefined ? {} : { store: deliveries }
}

/** Not oftener than people read. */
function progressTo(line: ReturnType<typeof progressLine>): (progress: ImportProgress) => void {
  let shown = 0
  return ({ done, of }) => {
    if (performance.now() - shown < 100) return
    shown = performance.now()
    line(done, of)
  }
}

function channelIdOf(text: string): string {
  const parsed = z.uuid().safeParse(text)
  if (parsed.success) return parsed.data.toLowerCase()
  throw new DomainError('validation-failed', '--channel is the id of a channel (a UUID)')
}

function assertReadable(file: string): void {
  try {
    accessSync(file, constants.R_OK)
  } catch (cause) {
    throw new DomainError('not-found', 'the file is not there or cannot be read', { cause })
  }
}
