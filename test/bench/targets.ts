import type { Row } from './measure.ts'
import { isVariant } from './variants.ts'

/** A row beside what it is compared with; a ratio is undefined where the other was not measured. */
export type Compared = Row & {
  /** To the better peer under the same load. */
  readonly toPeer: number | undefined
  /** To the raw limit. */
  readonly toRaw: number | undefined
  /** Of a variant: to everything on, at the same number in flight. */
  readonly toAllOn: number | undefined
}

export type Target = {
  readonly what: string
  readonly goal: string
  readonly value: number | undefined
  /** Undefined: not measured. */
  readonly met: boolean | undefined
}

const isPeer = ({ contender }: Row) => contender.startsWith('dcb-es') || contender.startsWith('message-db')

export function compare(rows: readonly Row[]): Compared[] {
  const speed = (name: string) => rows.find((row) => row.name === name)?.eventsPerSecond
  const ratio = (row: Row, other: number | undefined) =>
    other === undefined ? undefined : row.eventsPerSecond / other
  return rows.map((row) => {
    const peers = rows.filter((other) => isPeer(other) && other.load === row.load)
    const better = row.contender === 'liggare' && peers.length > 0
    return {
      ...row,
      toPeer: better ? ratio(row, Math.max(...peers.map((peer) => peer.eventsPerSecond))) : undefined,
      toRaw: row.contender === 'raw' ? undefined : ratio(row, speed('raw/500')),
      toAllOn: isVariant(row.contender) ? ratio(row, speed('liggare/64')) : undefined,
    }
  })
}

/** What issue and design ask of one api process with everything on. */
export function judge(rows: readonly Compared[]): Target[] {
  const of = (name: string) => rows.find((row) => row.name === name)
  const least = (what: string, value: number | undefined, goal: number, unit: string): Target => ({
    what,
    goal: `≥ ${goal}${unit}`,
    value,
    met: value === undefined ? undefined : value >= goal,
  })
  const most = (what: string, value: number | undefined, goal: number, unit = ' ms'): Target => ({
    what,
    goal: `≤ ${goal}${unit}`,
    value,
    met: value === undefined ? undefined : value <= goal,
  })
  return [
    least('one by one, 64 in flight', of('liggare/64')?.eventsPerSecond, 4500, '/s'),
    least('one by one, 1,000 in flight', of('liggare/1000')?.eventsPerSecond, 4500, '/s'),
    least('to the better peer, 64 in flight', of('liggare/64')?.toPeer, 1.7, ' ×'),
    least('to the better peer, 1,000 in flight', of('liggare/1000')?.toPeer, 1.7, ' ×'),
    most('p50, 10 in flight', of('liggare/10')?.p50, 6),
    most('p50, 1 in flight', of('liggare/1')?.p50, 3),
    least('batches of 500', of('liggare/batch-500')?.eventsPerSecond, 8000, '/s'),
    least('import of an X archive', of('import/x-archive')?.eventsPerSecond, 10_000, '/s'),
    most('memory of that import', of('import/x-archive')?.peakMb, 300, ' MB'),
  ]
}
