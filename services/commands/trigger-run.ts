import { closeChannel } from '../channels/close.ts'
import { Day } from '../events/vocabulary.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { TriggerRetention } from '../retention/schemas-scope.ts'
import { triggerRetention } from '../retention/triggers.ts'
import { print, progressLine } from './output.ts'
import { logsOf, withRuntime } from './runtime.ts'

type TriggerOptions = {
  readonly controller: string
  readonly trigger: string
  readonly channel: string
  readonly before?: string
  readonly tag?: string
  readonly verb?: string
  readonly day?: string
  readonly text?: string
  readonly actor: string
  readonly json?: boolean
}

export async function triggerMany(options: TriggerOptions): Promise<void> {
  await withRuntime({ logLevel: 'warn' }, async (runtime) => {
    const ledger = await runtime.ledger('worker')
    const [log] = await logsOf(ledger, options.controller)
    const { trigger, channel, verb, before, tag, text } = options
    const actor = { name: options.actor }
    if (trigger === 'channelClosed' && log !== undefined) {
      const day = Day.parse(options.day ?? localDay(ledger.clock.now()))
      const { version } = await closeChannel(ledger, log, actor, { id: channel, day })
      print(
        options.json,
        { controller: log.slug, channel, version, closedOn: day },
        `${log.slug}: channel ${channel} was closed on ${day}`,
      )
      return
    }
    const wish = TriggerRetention.safeParse({
      trigger,
      day: options.day ?? localDay(ledger.clock.now()),
      query: { channel, verb, before, tag },
      text,
    })
    if (log === undefined || !wish.success || wish.data.query === undefined) {
      const fields = wish.error?.issues.map((it) => it.path.join('.')).join(', ')
      throw new DomainError('validation-failed', `These options do not fit: ${fields}.`)
    }
    const { query, ...rest } = wish.data
    const progress = progressLine('declaring')
    const done = await triggerRetention(ledger, log, actor, { ...rest, scope: query }, (objects) =>
      progress(objects),
    )
    progress()
    print(
      options.json,
      { controller: log.slug, ...done },
      `${log.slug}: ${trigger} of ${done.objects} objects`,
    )
  })
}
