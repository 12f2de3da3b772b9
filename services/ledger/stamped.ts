import type { Pool } from 'pg'
import { type Clock, localDay } from '../platform/clock.ts'
import { uuidv7 } from '../platform/ids.ts'
import { canonicalJson, type JsonObject } from '../platform/json.ts'
import { entryOf, writeHeader } from './header.ts'
import type { Log } from './ledger.ts'

/** An event without parts as one of the purge's own functions takes it. */
export type Stamped = {
  readonly recordedAt: Date
  readonly eventId: string
  readonly occurredOn: string
  readonly header: string
  readonly entry: Buffer
}

type Deps = { readonly ledger: { readonly clock: Clock }; readonly purgePool: Pool }

/** Writes an event beside `ledger.append`, by a function of the purge role; where the log is ahead of the clock it follows the log. */
export async function writeAtLogTime<T>(
  { ledger, purgePool }: Deps,
  log: Log,
  event: {
    readonly streamId: string
    readonly type: string
    readonly data: JsonObject
    readonly eventId?: string
  },
  write: (it: Stamped) => Promise<T>,
): Promise<T> {
  const { streamId, type, data, eventId = uuidv7() } = event
  let recordedAt = ledger.clock.now()
  for (;;) {
    const occurredOn = localDay(recordedAt)
    const header = writeHeader({
      controller: log.slug,
      eventId,
      streamId,
      type,
      channelId: null,
      threadId: null,
      occurredOn,
      recordedAt: recordedAt.toISOString(),
      data: canonicalJson(data),
      parts: [],
    })
    try {
      return await write({ recordedAt, eventId, occurredOn, header, entry: entryOf(header) })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'LG002')) throw error
      const { rows } = await purgePool.query<{ last: Date }>('select ledger.last_recorded_at($1) as last', [
        log.controller,
      ])
      recordedAt = new Date((rows[0]?.last.getTime() ?? recordedAt.getTime()) + 1)
    }
  }
}
