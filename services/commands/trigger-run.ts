import { z } from 'zod'
import { closeChannel } from '../channels/close.ts'
import { Day } from '../events/vocabulary.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { localDay } from '../platform/clock.ts'
import { recordDelivery } from '../retention/archive.ts'
import { RecordArchiveDelivery, scopeOf, TriggerRetention } from '../retention/schemas-scope.ts'
import { type Named, triggerRetention } from '../retention/triggers.ts'
import { fitting } from './fitting.ts'
import { print, progressLine } from './output.ts'
import { logsOf, withRuntime } from './runtime.ts'

type TriggerOptions = {
  readonly controller: string
  readonly trigger: string
  readonly object?: readonly string[]
  readonly channel?: string
  readonly before?: string
  readonly tag?: string
  readonly verb?: string
  readonly authority?: string
  readonly receipt?: string
  readonly day?: string
  readonly text?: string
  readonly actor: string
  readonly json?: boolean
}

export async function triggerMany(options: TriggerOptions): Promise<void> {
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    for (const log of await logsOf(ledger, options.controller)) {
      if (options.trigger === 'channelClosed') await closeOne(ledger, log, options)
      else await declareMany(ledger, log, options)
    }
  })
}

async function closeOne(ledger: Ledger, log: Log, options: TriggerOptions): Promise<void> {
  const day = fitting(Day, options.day ?? localDay(ledger.clock.now()), 'day')
  const id = fitting(z.uuid().toLowerCase(), options.channel, 'channel')
  const { version } = await closeChannel(ledger, log, { name: options.actor }, { id, day })
  print(
    options.json,
    { controller: log.slug, channel: id, version, closedOn: day },
    `${log.slug}: channel ${id} was closed on ${day}`,
  )
}

async function declareMany(ledger: Ledger, log: Log, options: TriggerOptions): Promise<void> {
  const progress = progressLine('declaring')
  const done = await declared(ledger, log, options, (objects) => progress(objects))
  progress()
  print(
    options.json,
    { controller: log.slug, ...done },
    `${log.slug}: ${options.trigger} of ${done.objects} objects`,
  )
}

function declared(
  ledger: Ledger,
  log: Log,
  options: TriggerOptions,
  onProgress: (objects: number) => void,
): Promise<Named> {
  const { trigger, object: objects, channel, verb, before, tag, authority, receipt, text } = options
  const actor = { name: options.actor }
  const which = objects === undefined ? { query: { channel, verb, before, tag } } : { objects }
  const common = { day: options.day ?? localDay(ledger.clock.now()), text, ...which }
  if (trigger === 'archiveDelivered') {
    const wish = fitting(RecordArchiveDelivery, { ...common, authority, receipt }, 'wish')
    return recordDelivery(ledger, log, actor, { ...wish, scope: scopeOf(wish) }, onProgress)
  }
  const wish = fitting(TriggerRetention, { ...common, trigger }, 'wish')
  return triggerRetention(ledger, log, actor, { ...wish, scope: scopeOf(wish) }, onProgress)
}
