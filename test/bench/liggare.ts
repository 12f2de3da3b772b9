import pg from 'pg'
import { type ApiProcess, startApi } from './api-process.ts'
import type { Cluster } from './cluster.ts'
import { buildHouse, type House } from './house.ts'
import type { Job } from './load.ts'
import type { LoadProcess } from './load-process.ts'
import { authors } from './payload.ts'
import type { Measurement, Opened } from './sample.ts'
import type { Variant } from './variants.ts'

const controllers = 100

type Shape = Pick<Job, 'kind' | 'size' | 'inFlight'> & { readonly name: string; readonly load: string }

const single = (inFlight: number): Shape => ({
  name: `liggare/${inFlight}`,
  load: String(inFlight),
  kind: 'single',
  size: 1,
  inFlight,
})
const batch = (size: number): Shape => ({
  name: `liggare/batch-${size}`,
  load: 'batch',
  kind: 'batch',
  size,
  inFlight: 4,
})

/** Everything on: `liggare api` as it is, over HTTP. */
export async function liggare(cluster: Cluster, load: LoadProcess, prime: boolean): Promise<Opened> {
  const house = await buildHouse(cluster, 'liggare', controllers)
  const api = await startApi(house, cluster.folder)
  if (prime) await knowAll(house, api, load)
  const [whole, ...many] = house.targets as [House['targets'][0]]
  const shapes: Shape[] = [
    ...[1, 10, 64, 1000].map(single),
    batch(200),
    batch(500),
    { name: 'liggare/stream', load: 'batch', kind: 'stream', size: 1, inFlight: 1 },
  ]
  const measurements = shapes.map((shape) => measurement(house, api, load, 'liggare', [whole], shape))
  const spread = { ...single(controllers * 10), name: `liggare/${controllers}x10`, load: '1000' }
  measurements.push(measurement(house, api, load, 'liggare', many, spread))
  return { measurements, note: 'liggare: 1 api process, 4 batches under way', close: api.stop }
}

/** Liggare with one part left out, at 64 in flight. */
export async function variant(
  cluster: Cluster,
  load: LoadProcess,
  name: Variant,
  prime: boolean,
): Promise<Opened> {
  const house = await buildHouse(cluster, name.replaceAll('-', '_'), 1)
  if (name === 'without-projections') await withoutProjections(cluster, house)
  const program = [new URL('./variant-server.ts', import.meta.url).pathname, name]
  const api = await startApi(house, cluster.folder, program)
  if (prime) await knowAll(house, api, load)
  const shape = { ...single(64), name: `${name}/64` }
  const measurements = [measurement(house, api, load, name, house.targets, shape)]
  return { measurements, note: '', close: api.stop }
}

let jobs = 0

function measurement(
  house: House,
  api: ApiProcess,
  load: LoadProcess,
  contender: string,
  targets: Job['targets'],
  shape: Shape,
): Measurement {
  const { name, load: kind, ...rest } = shape
  return {
    name,
    contender,
    load: kind,
    databases: house.databases,
    run: (span) => {
      jobs += 1
      return load.run({ ...span, ...rest, port: api.port, token: api.token, targets, prefix: `job${jobs}` })
    },
  }
}

/** Lets each author write once: afterwards most events are by somebody known, as on any channel. */
async function knowAll(house: House, api: ApiProcess, load: LoadProcess): Promise<void> {
  const [whole] = house.targets
  if (whole === undefined) return
  for (let first = 0; first < authors; first += 500) {
    const targets = [{ ...whole, first, count: 500 }]
    const shape = { ...batch(500), inFlight: 1 }
    await measurement(house, api, load, 'prime', targets, shape).run({ warmUpMs: 0, ms: 100 })
  }
}

async function withoutProjections(cluster: Cluster, house: House): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.url(house.databases[0] as string) })
  await client.connect()
  await client.query(
    'create or replace function model.project(p_controller int, p_from bigint, p_to bigint) returns void language plpgsql as $$ begin end $$',
  )
  await client.end()
}
