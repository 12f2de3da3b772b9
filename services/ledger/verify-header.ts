import { ascii, beginsWith, byteWriter } from './byte-writer.ts'
import { capacityIn } from './verify-columns.ts'
import type { Parts } from './verify-parts.ts'

/** Where the values of an event lie in its row, and those that are written otherwise there as text; -1: there is none. */
export type EventRow = {
  position: number
  version: number
  id: number
  stream: number
  type: number
  typeEnd: number
  channel: number
  thread: number
  capacity: number
  capacityEnd: number
  occurredOn: string
  /** Microseconds since 2000, and the same as the header has it. */
  recorded: number
  recordedAt: string
  header: number
  headerEnd: number
  /** Position of the version before in its stream. */
  previous: number
}

export function emptyRow(): EventRow {
  return {
    position: 0,
    version: 0,
    id: 0,
    stream: 0,
    type: 0,
    typeEnd: 0,
    channel: -1,
    thread: -1,
    capacity: 0,
    capacityEnd: 0,
    occurredOn: '',
    recorded: 0,
    recordedAt: '',
    header: 0,
    headerEnd: 0,
    previous: -1,
  }
}

const interaction = ascii('interaction.')
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

/**
 * Is an event's header the one that `writeHeader` makes of its row and its parts, with some data and some salt? The header is
 * put together again here and compared as bytes: a tenth of the cost of parsing it.
 */
export function headerMatcher(slug: string, parts: Parts): (chunk: Buffer, row: EventRow) => boolean {
  const expected = byteWriter()
  const controller = ascii(`"controller":"${slug}","data":`)

  const named = (word: Uint8Array, chunk: Buffer, at: number) => {
    if (at < 0) return
    expected.put(word)
    expected.uuid(chunk, at)
    expected.put(words.between)
  }
  const writeHead = (chunk: Buffer, row: EventRow) => {
    expected.put(words.open)
    named(words.channel, chunk, row.channel)
    expected.put(controller)
  }
  const writeMiddle = (chunk: Buffer, row: EventRow) => {
    const index = row.position - parts.from
    expected.put(words.id)
    expected.uuid(chunk, row.id)
    expected.put(words.occurredOn)
    expected.ascii(row.occurredOn)
    expected.put(words.parts)
    expected.copy(
      parts.bytes,
      index === 0 ? 0 : (parts.ends[index - 1] as number),
      parts.ends[index] as number,
    )
    expected.put(words.recordedAt)
    expected.ascii(row.recordedAt)
    expected.put(words.salt)
  }
  const writeTail = (chunk: Buffer, row: EventRow) => {
    named(words.stream, chunk, row.stream)
    named(words.thread, chunk, row.thread)
    expected.put(words.type)
    expected.copy(chunk, row.type, row.typeEnd)
    expected.put(words.end)
  }

  return (chunk, row) => {
    expected.length = 0
    writeHead(chunk, row)
    const head = expected.length
    writeMiddle(chunk, row)
    const middle = expected.length
    writeTail(chunk, row)
    const { bytes, length } = expected
    // Data stands between head and middle, the salt between middle and tail.
    const salt = row.headerEnd - (length - middle) - saltLength
    const data = row.header + head
    const dataEnd = salt - (middle - head)
    return (
      dataEnd >= data &&
      bytes.compare(chunk, row.header, data, 0, head) === 0 &&
      bytes.compare(chunk, dataEnd, salt, head, middle) === 0 &&
      bytes.compare(chunk, salt + saltLength, row.headerEnd, middle, length) === 0 &&
      isBase64url(chunk, salt, salt + saltLength) &&
      holdsCapacity(chunk, row, data, dataEnd)
    )
  }
}

/** Of an interaction, the column has to be the data's capacity; of other events there is none. */
function holdsCapacity(chunk: Buffer, row: EventRow, data: number, dataEnd: number): boolean {
  const stated = capacityIn(chunk.toString('utf8', data, dataEnd))
  if (stated === undefined) return false
  const column = row.capacity === row.capacityEnd ? '' : chunk.toString('utf8', row.capacity, row.capacityEnd)
  return (beginsWith(chunk, row.type, interaction) ? stated : '') === column
}

function isBase64url(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] as number
    const letter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
    if (!letter && !(byte >= 0x30 && byte <= 0x39) && byte !== 0x2d && byte !== 0x5f) return false
  }
  return true
}
