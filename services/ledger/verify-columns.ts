import type { Report } from './verify-finding.ts'

/** The typed columns of an event as text; '' where there is none. */
export type Columns = {
  readonly id: string
  readonly stream: string
  readonly type: string
  readonly channel: string
  readonly thread: string
  readonly capacity: string
  readonly occurredOn: string
  readonly recordedAt: string
}

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

/** A part's row as the header writes it (`writeHeader`). */
function partText(category: string, digest: string, ordinal: number, role: string, subject: string): string {
  return `{"category":"${category}","digest":"${digest}","ordinal":${ordinal},"role":"${role}","subject":"${subject}"}`
}

const known = new Map<string, string | undefined>()

/** The capacity that an event's data states, '' if none; undefined if that is no data. Much data is the same. */
export function capacityIn(data: string): string | undefined {
  if (!known.has(data)) {
    if (known.size > 10_000) known.clear()
    known.set(data, parsedCapacity(data))
  }
  return known.get(data)
}

function parsedCapacity(data: string): string | undefined {
  const value = parsed(data)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { capacity } = value as { capacity?: unknown }
  return typeof capacity === 'string' ? capacity : ''
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The data of an event's header; undefined if that cannot be read. */
export function dataOf(header: string): Header['data'] | undefined {
  return headerOf(header)?.data
}

function headerOf(text: string): Header | undefined {
  const header = parsed(text) as Header | null | undefined
  const sound = Array.isArray(header?.parts) && typeof header.data === 'object' && header.data !== null
  return sound ? header : undefined
}

/** Names what of a header is not what stands beside it in the row, or among the parts' rows. */
export function nameDifferences(
  text: string,
  slug: string,
  columns: Columns,
  parts: string,
  position: number,
  report: Report,
): void {
  const header = headerOf(text)
  if (header === undefined) {
    report('header-unreadable', position, 'the header is not what Liggare writes')
    return
  }
  const expected = {
    event_id: header.id,
    stream_id: header.stream,
    type: header.type,
    channel_id: header.channel ?? '',
    thread_id: header.thread ?? '',
    capacity: header.type.startsWith('interaction.') ? (header.data.capacity ?? '') : '',
    occurred_on: header.occurredOn,
    recorded_at: header.recordedAt,
  }
  const stored: typeof expected = {
    event_id: columns.id,
    stream_id: columns.stream,
    type: columns.type,
    channel_id: columns.channel,
    thread_id: columns.thread,
    capacity: columns.capacity,
    occurred_on: columns.occurredOn,
    recorded_at: columns.recordedAt,
  }
  let named = 0
  const name: Report = (...finding) => {
    named += 1
    report(...finding)
  }
  for (const column of Object.keys(expected) as (keyof typeof expected)[]) {
    if (stored[column] !== expected[column]) name('column-altered', position, `${column} is not the header's`)
  }
  if (header.controller !== slug) name('column-altered', position, 'the header is of another controller')
  const wanted = header.parts.map((it) => partText(it.category, it.digest, it.ordinal, it.role, it.subject))
  if (wanted.join(',') !== parts) nameParts(header, parts, position, name)
  // The same in meaning, but other bytes than Liggare would have written.
  if (named === 0) report('header-unreadable', position, 'the header is not written as Liggare writes it')
}

function nameParts(header: Header, stored: string, position: number, report: Report): void {
  const rows = (parsed(`[${stored}]`) ?? []) as Header['parts']
  const text = (it: Header['parts'][number]) =>
    partText(it.category, it.digest, it.ordinal, it.role, it.subject)
  const found = new Map(rows.map((it) => [it.ordinal, text(it)]))
  for (const it of header.parts) {
    const other = found.get(it.ordinal)
    if (other === undefined) report('part-row-altered', position, `the row of part ${it.ordinal} is missing`)
    else if (other !== text(it))
      report('part-row-altered', position, `the row of part ${it.ordinal} is not the header's`)
    found.delete(it.ordinal)
  }
  for (const ordinal of found.keys()) {
    report('part-row-altered', position, `part ${ordinal} is not in the header`)
  }
}
