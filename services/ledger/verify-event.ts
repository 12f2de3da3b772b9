import { hash } from 'node:crypto'
import { binaryFields } from './binary-fields.ts'
import { ascii, beginsWith, byteWriter, sameDigest } from './byte-writer.ts'
import { type Columns, capacityIn, nameDifferences } from './verify-columns.ts'
import type { Report } from './verify-finding.ts'
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

const interaction = ascii('interaction.')
const purge = ascii('purge.')
/** What stands between the values of a header. */
const words = {
  open: ascii('{'),
  channel: ascii('"channel":"'),
  between: ascii('",'),
  id: ascii(',"id":"'),
  occurredOn: ascii('","occurredOn":"'),
  parts: ascii('","parts":['),
  recordedAt: ascii('],"recordedAt":"'),
  salt: ascii('","salt":"'),
  stream: ascii('","stream":"'),
  thread: ascii('"thread":"'),
  type: ascii('"type":"'),
  end: ascii('","v":1}'),
}
const saltLength = 22

/** `after`: when the event before the first of these was recorded. */
export function eventChecker(slug: string, parts: Parts, after: number, report: Report): EventChecker {
  const fields = binaryFields()
  const expected = byteWriter()
  const controllerWord = ascii(`"controller":"${slug}","data":`)
  const dayOf = dayCache()
  const timeOf = timeCache()
  const noted: NotedEvent[] = []
  let last = after
  let entry: Buffer = Buffer.alloc(0)

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
      occurredOn: dayOf(fields.int4()),
      recordedAt: timeOf(fields.int8()),
    }
  }

  return {
    entry: () => entry,
    noted,
    last: () => last,
    check: (chunk, at) => {
      fields.on(chunk, at)
      const position = fields.int8()
      const version = fields.int4()
      fields.next()
      const id = fields.start
      fields.next()
      const stream = fields.start
      fields.next()
      const { start: type, end: typeEnd } = fields
      const channel = fields.next() ? fields.start : -1
      const thread = fields.next() ? fields.start : -1
      fields.next()
      const { start: capacity, end: capacityEnd } = fields
      const occurredOn = dayOf(fields.int4())
      const recorded = fields.int8()
      const recordedAt = timeOf(recorded)
      const labelled = fields.bytes()
      const { start: header, end } = fields
      entry = fields.bytes()
      const entryAt = fields.start
      const previous = fields.int8()
      if (!sameDigest(hash('sha256', labelled, 'binary'), chunk, entryAt, entryAt + entry.length)) {
        report('header-altered', position, 'the entry is not the hash of the header')
      }
      if (version > 1 && (previous < 0 || previous >= position)) {
        report('stream-broken', position, `version ${version - 1} of its stream does not stand before it`)
      }
      if (recorded < last) {
        report('time-backwards', position, `recorded at ${recordedAt}, before its predecessor`)
      }
      last = recorded

      // The header is put together again as `writeHeader` does it and compared as bytes: a tenth of the cost of parsing it.
      const begin = header + label.length
      expected.length = 0
      expected.put(words.open)
      if (channel >= 0) {
        expected.put(words.channel)
        expected.uuid(chunk, channel)
        expected.put(words.between)
      }
      expected.put(controllerWord)
      const data = begin + expected.length
      // How long the rest is is known once it is written; data and salt are taken over from the header into their places.
      const tailLength =
        words.stream.length +
        36 +
        words.between.length +
        (thread < 0 ? 0 : words.thread.length + 36 + words.between.length) +
        words.type.length +
        (typeEnd - type) +
        words.end.length
      const salt = end - tailLength - saltLength
      const index = position - parts.from
      const partsStart = index === 0 ? 0 : (parts.ends[index - 1] as number)
      const partsEnd = parts.ends[index] as number
      const middleLength =
        words.id.length +
        36 +
        words.occurredOn.length +
        occurredOn.length +
        words.parts.length +
        (partsEnd - partsStart) +
        words.recordedAt.length +
        recordedAt.length +
        words.salt.length
      const dataEnd = salt - middleLength
      let written = false
      if (dataEnd >= data) {
        expected.copy(chunk, data, dataEnd)
        expected.put(words.id)
        expected.uuid(chunk, id)
        expected.put(words.occurredOn)
        expected.ascii(occurredOn)
        expected.put(words.parts)
        expected.copy(parts.bytes, partsStart, partsEnd)
        expected.put(words.recordedAt)
        expected.ascii(recordedAt)
        expected.put(words.salt)
        expected.copy(chunk, salt, salt + saltLength)
        expected.put(words.stream)
        expected.uuid(chunk, stream)
        expected.put(words.between)
        if (thread >= 0) {
          expected.put(words.thread)
          expected.uuid(chunk, thread)
          expected.put(words.between)
        }
        expected.put(words.type)
        expected.copy(chunk, type, typeEnd)
        expected.put(words.end)
        written =
          expected.bytes.compare(chunk, begin, end, 0, expected.length) === 0 &&
          isBase64url(chunk, salt, salt + saltLength) &&
          holdsCapacity(chunk, data, dataEnd, capacity, capacityEnd, beginsWith(chunk, type, interaction))
      }
      if (!written) {
        const text = partsText(parts, index)
        nameDifferences(
          labelled.toString('utf8', label.length),
          slug,
          columnsOf(chunk, at),
          text,
          position,
          report,
        )
      }
      if (beginsWith(chunk, type, purge)) {
        const columns = columnsOf(chunk, at)
        noted.push({
          position,
          type: columns.type,
          streamId: columns.stream,
          header: labelled.toString('utf8', label.length),
        })
      }
      return position
    },
  }
}

function partsText({ bytes, ends }: Parts, index: number): string {
  return bytes.toString('utf8', index === 0 ? 0 : ends[index - 1], ends[index])
}

/** Of an interaction, the column has to be the data's capacity; of other events there is none. */
function holdsCapacity(
  chunk: Buffer,
  data: number,
  dataEnd: number,
  capacity: number,
  capacityEnd: number,
  ofInteraction: boolean,
): boolean {
  const stated = capacityIn(chunk.toString('utf8', data, dataEnd))
  if (stated === undefined) return false
  return (
    (ofInteraction ? stated : '') ===
    (capacity === capacityEnd ? '' : chunk.toString('utf8', capacity, capacityEnd))
  )
}

function isBase64url(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] as number
    const letter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
    if (!letter && !(byte >= 0x30 && byte <= 0x39) && byte !== 0x2d && byte !== 0x5f) return false
  }
  return true
}
