import pg from 'pg'
import type { Draw } from './payload.ts'
import { drawer } from './payload.ts'
import { closedLoop, fastest, type Measurement, type Opened } from './sample.ts'

/** A store that appends in this process: how it takes one event and how it takes many. */
export type PeerStore = {
  readonly one: (draw: Draw) => Promise<unknown>
  readonly many: (draws: readonly Draw[]) => Promise<unknown>
}

export type Peer = {
  readonly name: string
  readonly database: string
  readonly connection: pg.PoolConfig
  /** A store over a pool; called for each size of pool that is tried. */
  readonly open: (pool: pg.Pool) => Promise<PeerStore>
  readonly inFlight: readonly number[]
  readonly batch: number
}

/** Measures a peer with as many connections as is fastest for it: tried beforehand, unless `trialMs` is 0. */
export async function openPeer(peer: Peer, trialMs: number): Promise<Opened> {
  const next = drawer(peer.database)
  const pools: pg.Pool[] = []
  const storeOver = async (max: number) => {
    const pool = new pg.Pool({ ...peer.connection, max })
    pools.push(pool)
    return peer.open(pool)
  }
  const one = (store: PeerStore) => async () => {
    await store.one(next())
    return 1
  }
  const many = (store: PeerStore) => async () => {
    await store.many(Array.from({ length: peer.batch }, next))
    return peer.batch
  }
  const span = { warmUpMs: 300, ms: trialMs }
  const sizes = trialMs > 0 ? [4, 8, 16, 32, 64] : [16]
  const connections = await fastest(sizes, async (max) => closedLoop(64, span, one(await storeOver(max))))
  const store = await storeOver(connections)
  const together = await fastest(trialMs > 0 ? [1, 2, 4] : [2], (inFlight) =>
    closedLoop(inFlight, span, many(store)),
  )
  const common = { contender: peer.name, databases: [peer.database] }
  const measurements: Measurement[] = peer.inFlight.map((inFlight) => ({
    ...common,
    name: `${peer.name}/${inFlight}`,
    load: String(inFlight),
    run: (time) => closedLoop(inFlight, time, one(store)),
  }))
  measurements.push({
    ...common,
    name: `${peer.name}/batch-${peer.batch}`,
    load: 'batch',
    run: (time) => closedLoop(together, time, many(store)),
  })
  return {
    measurements,
    note: `${peer.name}: ${connections} connections, ${together} batches under way`,
    close: async () => {
      await Promise.all(pools.map((pool) => pool.end()))
    },
  }
}
