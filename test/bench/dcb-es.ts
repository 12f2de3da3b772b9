import { Tags } from '@dcb-es/event-store'
import { PostgresEventStore } from '@dcb-es/event-store-postgres'
import type { Cluster } from './cluster.ts'
import { authors, comments, type Draw } from './payload.ts'
import { openPeer } from './peer.ts'
import type { Opened } from './sample.ts'

const database = 'bench_dcb'

/**
 * `append` of the TypeScript store for dynamic consistency boundaries, without a condition: it would have to read
 * first. Two tags, for the object and for the person, are what one must be able to ask for; each more costs it more.
 */
export async function dcbEs(cluster: Cluster, trialMs: number): Promise<Opened> {
  await cluster.createDatabase(database)
  const comment = comments(crypto.randomUUID())
  const eventOf = (draw: Draw) => ({
    type: 'commented',
    tags: Tags.from([`object=${draw.objectId}`, `author=${draw.author % authors}`]),
    data: comment(draw),
    metadata: {},
  })
  return openPeer(
    {
      name: 'dcb-es',
      database,
      connection: { connectionString: cluster.url(database) },
      open: async (pool) => {
        const store = new PostgresEventStore({ pool })
        await store.ensureInstalled()
        return {
          one: (draw) => store.append({ events: eventOf(draw) }),
          many: (draws) => store.append({ events: draws.map(eventOf) }),
        }
      },
      inFlight: [1, 10, 64, 1000],
      batch: 500,
    },
    trialMs,
  )
}
