import { hash } from 'node:crypto'
import type { Log } from './ledger.ts'
import type { Report } from './verify-finding.ts'

/** A row of the log as text, in the order of `eventSelect`: no value is parsed that is only compared. */
export type EventText = readonly [
  position: string,
  version: number,
  columns: string,
  recordedAt: string,
  header: string,
  entry: string,
  parts: string | null,
  previous: string | null,
]

const between = '\u001f'
const columnNames = ['event_id', 'stream_id', 'type', 'channel_id', 'thread_id', 'capacity', 'occurred_on']

/** $1 = controller, [$2, $3) = positions. Parts come as one text, so that an event is one row. */
export const eventSelect = `
  select e.position, e.stream_version,
    concat_ws(E'\\x1f', e.event_id, e.stream_id, e.type, coalesce(e.channel_id::text, ''), coalesce(e.thread_id::text, ''),
      coalesce(e.capacity, ''), to_char(e.occurred_on, 'YYYY-MM-DD')),
    to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    e.header, encode(e.entry, 'hex'),
    (select string_agg(concat_ws(' ', p.ordinal, p.subject_id, p.role, p.category, encode(p.digest, 'base64')), E'\\n' order by p.ordinal)
       from ledger.event_part p where p.controller_id = $1 and p.position = e.position),
    case when e.stream_version > 1 then
      (select v.position from ledger.event v where v.controller_id = $1 and v.stream_id = e.stream_id and v.stream_version = e.stream_version - 1) end
  from ledger.event e
  where e.controller_id = $1 and e.position >= $2 and e.position < $3
  order by e.position`

type Header = {
  controller: string
  id: string
  stream: string
  type: string
  channel?: string
  thread?: string
  occurredOn: string
  recordedAt: string
  data: { capacity?: string; objects?: string[]; positions?: string }
  parts: { ordinal: number; subject: string; role: string; category: string; digest: string }[]
}

/** What later checks need of an event whose header could be read. */
export type CheckedEvent = { readonly type: string; readonly streamId: string; readonly data: Header['data'] }

export type EventChecker = (row: EventText) => CheckedEvent | undefined

/** Checks rows one after the other, in the order of the log: what an event says of itself, and its place after the last. */
export function eventChecker(log: Log, report: Report): EventChecker {
  let last = ''
  return (row) => {
    const [position, version, columns, recordedAt, text, entry, parts, previous] = row
    if (hash('sha256', `liggare/header/v1${text}`) !== entry) {
      report('header-altered', position, 'the entry is not the hash of the header')
    }
    if (version > 1 && (previous === null || Number(previous) >= Number(position))) {
      report('stream-broken', position, `version ${version - 1} of its stream does not stand before it`)
    }
    if (recordedAt < last)
      report('time-backwards', position, `recorded at ${recordedAt}, before its predecessor`)
    last = recordedAt
    const header = headerOf(text)
    if (header === undefined) {
      report('header-unreadable', position, 'the header is not what Liggare writes')
      return undefined
    }
    compareColumns(header, columns, recordedAt, position, report)
    if (header.controller !== log.slug)
      report('column-altered', position, 'the header is of another controller')
    const expected = header.parts.map(partText).join('\n')
    if ((parts ?? '') !== expected) nameParts(expected, parts ?? '', position, report)
    return { type: header.type, streamId: header.stream, data: header.data }
  }
}

function compareColumns(
  header: Header,
  columns: string,
  recordedAt: string,
  position: string,
  report: Report,
): void {
  const expected = [
    header.id,
    header.stream,
    header.type,
    header.channel ?? '',
    header.thread ?? '',
    header.type.startsWith('interaction.') ? (header.data.capacity ?? '') : '',
    header.occurredOn,
  ]
  if (columns !== expected.join(between)) {
    const stored = columns.split(between)
    for (const [index, name] of columnNames.entries()) {
      if (stored[index] !== expected[index]) report('column-altered', position, `${name} is not the header's`)
    }
  }
  // The header has milliseconds and the zone; the column comes in microseconds.
  if (`${recordedAt.slice(0, -3)}Z` !== header.recordedAt || !recordedAt.endsWith('000')) {
    report('column-altered', position, "recorded_at is not the header's")
  }
}

const partText = ({ ordinal, subject, role, category, digest }: Header['parts'][number]) =>
  `${ordinal} ${subject} ${role} ${category} ${digest.replaceAll('-', '+').replaceAll('_', '/')}=`

function nameParts(expected: string, stored: string, position: string, report: Report): void {
  const byOrdinal = (text: string) =>
    new Map(text === '' ? [] : text.split('\n').map((line) => [line.slice(0, line.indexOf(' ')), line]))
  const wanted = byOrdinal(expected)
  const found = byOrdinal(stored)
  for (const [ordinal, line] of wanted) {
    const other = found.get(ordinal)
    if (other === undefined) report('part-row-altered', position, `the row of part ${ordinal} is missing`)
    else if (other !== line)
      report('part-row-altered', position, `the row of part ${ordinal} is not the header's`)
  }
  for (const ordinal of found.keys()) {
    if (!wanted.has(ordinal)) report('part-row-altered', position, `part ${ordinal} is not in the header`)
  }
}

function headerOf(text: string): Header | undefined {
  try {
    const header = JSON.parse(text) as Header
    return Array.isArray(header.parts) && typeof header.data === 'object' && header.data !== null
      ? header
      : undefined
  } catch {
    return undefined
  }
}
