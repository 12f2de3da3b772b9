import { hash } from 'node:crypto'
import { binaryFields } from './binary-fields.ts'
import { ascii, beginsWith, sameDigest } from './byte-writer.ts'
import { type Columns, nameDifferences } from './verify-columns.ts'
import type { Report } from './verify-finding.ts'
import { emptyRow, headerMatcher } from './verify-header.ts'
import type { Parts } from './verify-parts.ts'
import { dayCache, timeCache } from './verify-times.ts'

const label = 'liggare/header/v1'

/**
 * The rows at [from, to) for `copyOut`, in the order of the log. The label stands before the header, so that both are hashed
 * where they lie.
 */
export function eventSelect(controller: number, from: number, to: number): string {
  return `select e.position, e.stream_version, e.event_id, e.stream_id, e.type, e.channel_id, e.thread_id, e.capacity,
      e.occurred_on, e.recorded_at, convert_to('${label}' || e.header, 'UTF8'), e.entry,
      case when e.stream_version > 1 then
        (select v.position from ledger.event v where v.controller_id = ${controller} and v.stream_id = e.stream_id and v.stream_version = e.stream_version - 1) end
    from ledger.event e
    where e.controller_id = ${controller} and e.position >= ${from} and e.position < ${to}
    order by e.position`
}

/** An event of a purge, with what its header says. */
export type NotedEvent = {
  readonly position: number
  readonly type: string
  readonly streamId: string
  readonly header: string
}

export type EventChecker = {
  /** Checks the next row: what an event says of itself, and its place after the last. Answers its position. */
  readonly check: (chunk: Buffer, at: number) => number
  /** The entry of the event checked last: a view, gone with its row. */
  readonly entry: () => Buffer
  /** The events of purges among those checked. */
  readonly noted: readonly NotedEvent[]
  /** When the event checked last was recorded, in microseconds. */
  readonly last: () => number
}

const purge = ascii('purge.')

/** `after`: when the event before the first of these was recorded. */
export function eventChecker(slug: string, parts: Parts, after: number, report: Report): EventChecker {
  const fields = binaryFields()
  const matches = headerMatcher(slug, parts)
  const dayOf = dayCache()
  const timeOf = timeCache()
  const noted: NotedEvent[] = []
  const row = emptyRow()
  let last = after
  let labelled: Buffer = Buffer.alloc(0)
  let entry: Buffer = Buffer.alloc(0)

  const met = () => {
    fields.next()
    return fields.start
  }
  const metOrNone = () => (fields.next() ? fields.start : -1)

  /** The same object for every row: a million events make no garbage. */
  function read(chunk: Buffer, at: number) {
    fields.on(chunk, at)
    row.position = fields.int8()
    row.version = fields.int4()
    row.id = met()
    row.stream = met()
    row.type = met()
    row.typeEnd = fields.end
    row.channel = metOrNone()
    row.thread = metOrNone()
    row.capacity = met()
    row.capacityEnd = fields.end
    row.occurredOn = dayOf(fields.int4())
    row.recorded = fields.int8()
    row.recordedAt = timeOf(row.recorded)
    labelled = fields.bytes()
    row.header = fields.start + label.length
    row.headerEnd = fields.end
    entry = fields.bytes()
    row.previous = fields.int8()
  }

  function columnsOf(chunk: Buffer, at: number): Columns {
    fields.on(chunk, at)
    fields.next()
    fields.next()
    return {
      id: fields.uuid(),
      stream: fields.uuid(),
      type: fields.text(),
      channel: fields.uuid(),
      thread: fields.uuid(),
      capacity: fields.text(),
      occurredOn: row.occurredOn,
      recordedAt: row.recordedAt,
    }
  }

  return {
    entry: () => entry,
    noted,
    last: () => last,
    check: (chunk, at) => {
      read(chunk, at)
      const { position, version, previous } = row
      if (!sameDigest(hash('sha256', labelled, 'binary'), entry, 0, entry.length)) {
        report('header-altered', position, 'the entry is not the hash of the header')
      }
      if (version > 1 && (previous < 0 || previous >= position)) {
        report('stream-broken', position, `version ${version - 1} of its stream does not stand before it`)
      }
      if (row.recorded < last) {
        report('time-backwards', position, `recorded at ${row.recordedAt}, before its predecessor`)
      }
      last = row.recorded
      if (!matches(chunk, row)) {
        const header = labelled.toString('utf8', label.length)
        nameDifferences(header, slug, columnsOf(chunk, at), partsText(parts, position), position, report)
      }
      if (beginsWith(chunk, row.type, purge)) {
        const { type, stream: streamId } = columnsOf(chunk, at)
        noted.push({ position, type, streamId, header: labelled.toString('utf8', label.length) })
      }
      return position
    },
  }
}

function partsText({ bytes, ends, from }: Parts, position: number): string {
  const index = position - from
  return bytes.toString('utf8', index === 0 ? 0 : ends[index - 1], ends[index])
}
