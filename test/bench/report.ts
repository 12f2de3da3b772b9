import type { Compared, Target } from './targets.ts'

export type Machine = {
  readonly at: string
  readonly cores: number
  readonly loadAverage: readonly number[]
  readonly node: string
  readonly postgres: string
  readonly fsync: string
  readonly quick: boolean
}

const whole = (value: number) => (Number.isFinite(value) ? Math.round(value).toLocaleString('en-US') : '–')
const fixed = (value: number | undefined, digits: number) =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits)

const columns: readonly (readonly [string, (row: Compared) => string])[] = [
  ['events/s', (row) => whole(row.eventsPerSecond)],
  ['p50 ms', (row) => fixed(row.p50, 2)],
  ['p99 ms', (row) => fixed(row.p99, 2)],
  ['WAL B/ev', (row) => whole(row.walPerEvent)],
  ['disk B/ev', (row) => whole(row.diskPerEvent)],
  ['× peer', (row) => fixed(row.toPeer, 2)],
  ['× raw', (row) => fixed(row.toRaw, 3)],
  ['× all on', (row) => fixed(row.toAllOn, 2)],
]

/** The table for people: one line a measurement. */
export function tableOf(rows: readonly Compared[]): string {
  const width = Math.max(...rows.map((row) => row.name.length))
  const line = (name: string, cells: readonly string[]) =>
    `${name.padEnd(width)}${cells.map((cell) => cell.padStart(11)).join('')}\n`
  const head = line(
    '',
    columns.map(([title]) => title),
  )
  const body = rows.map((row) => {
    const cells = columns.map(([, cell]) => cell(row))
    return line(row.name, row.busy > 0 ? [...cells, `  (${row.busy} × 503)`] : cells)
  })
  return head + body.join('')
}

export function targetsOf(targets: readonly Target[]): string {
  const verdict = ({ met }: Target) => (met === undefined ? 'not measured' : met ? 'met' : 'MISSED')
  const value = ({ value: it }: Target) => (it === undefined ? '–' : it > 100 ? whole(it) : fixed(it, 2))
  return targets
    .map((it) => `${it.what.padEnd(38)}${it.goal.padStart(12)}${value(it).padStart(10)}  ${verdict(it)}\n`)
    .join('')
}

export function machineOf(machine: Machine): string {
  const load = machine.loadAverage.map((one) => one.toFixed(2)).join(' ')
  const short = machine.quick
    ? '\nQuick: shows that everything runs; its numbers are good for nothing else.'
    : ''
  return `${machine.at}, ${machine.cores} cores, load average ${load}, Node ${machine.node}, PostgreSQL ${machine.postgres}, fsync ${machine.fsync}${short}\n`
}

export const legend = `One comment an event, 200 to 400 bytes of text, by one of 5,000 authors in 50 threads.
liggare/N: HTTP, one api process, N requests in flight; 100x10: a hundred controllers, ten each. Latencies are a request's.
Peers append in this process, in plain text, without HTTP. raw: the same bytes by multi-row insert into one table.
× peer: to the better peer under the same load. × raw: to the raw limit. × all on: without one part, to liggare/64.
`
