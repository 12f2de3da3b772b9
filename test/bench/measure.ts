import type { Cluster } from './cluster.ts'
import { type Measurement, quantile, type Sample, type Span } from './sample.ts'

/** What became of a measurement in all its rounds. Bytes of WAL are the whole server's, the keyring's among them. */
export type Row = {
  readonly name: string
  readonly contender: string
  readonly load: string
  readonly eventsPerSecond: number
  /** Milliseconds a request; undefined for a stream. */
  readonly p50: number | undefined
  readonly p99: number | undefined
  readonly walPerEvent: number
  readonly diskPerEvent: number
  /** Events per second of each round: how far the machine let them drift apart. */
  readonly rounds: readonly number[]
  readonly busy: number
  /** The highest of the rounds. */
  readonly peakMb: number | undefined
}

type Round = { readonly sample: Sample; readonly wal: number; readonly disk: number }

/** Measures all in each round, one after the other, beginning elsewhere each time, so that no one has the quiet hour. */
export async function measureAll(
  cluster: Cluster,
  measurements: readonly Measurement[],
  rounds: number,
  span: Span,
  tell: (name: string, round: number) => void,
): Promise<Row[]> {
  const seen = measurements.map((measurement) => ({ measurement, rounds: [] as Round[] }))
  for (let round = 0; round < rounds; round += 1) {
    const start = Math.floor((round * seen.length) / rounds)
    for (const { measurement, rounds: own } of [...seen.slice(start), ...seen.slice(0, start)]) {
      tell(measurement.name, round + 1)
      own.push(await once(cluster, measurement, span))
    }
  }
  return seen.map(({ measurement, rounds: own }) => rowOf(measurement, own))
}

async function once(cluster: Cluster, { run, databases }: Measurement, span: Span): Promise<Round> {
  const walBefore = await cluster.walPosition()
  const diskBefore = await cluster.sizeOf(databases)
  const sample = await run(span)
  const wal = (await cluster.walPosition()) - walBefore
  return { sample, wal, disk: (await cluster.sizeOf(databases)) - diskBefore }
}

function rowOf({ name, contender, load }: Measurement, rounds: readonly Round[]): Row {
  const sum = (value: (round: Round) => number) => rounds.reduce((all, round) => all + value(round), 0)
  const written = sum(({ sample }) => sample.written)
  const latencies = Float64Array.from(rounds.flatMap(({ sample }) => [...sample.latencies])).sort()
  return {
    name,
    contender,
    load,
    eventsPerSecond: sum(({ sample }) => sample.events) / sum(({ sample }) => sample.seconds),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    walPerEvent: sum(({ wal }) => wal) / written,
    diskPerEvent: sum(({ disk }) => disk) / written,
    rounds: rounds.map(({ sample }) => sample.events / sample.seconds),
    busy: sum(({ sample }) => sample.busy),
    peakMb:
      rounds[0]?.sample.peakMb === undefined
        ? undefined
        : Math.max(...rounds.map(({ sample }) => sample.peakMb ?? 0)),
  }
}
