import type { Api } from '../api/types.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { batchRoutes } from './batch-routes.ts'
import { channelDirectory } from './ingest-channels.ts'
import { readRoutes } from './read-routes.ts'
import { streamRoutes } from './stream-routes.ts'
import { writeRoutes } from './write-routes.ts'

/** Everything below `/controllers/{controller}/interactions`. */
export async function interactionRoutes(app: Api, deps: { readonly ledger: Ledger }): Promise<void> {
  // Answers are made here and typed against their schemas; to check them again at every request costs more than it finds.
  app.setSerializerCompiler(() => JSON.stringify)
  const ingest = { ledger: deps.ledger, channels: channelDirectory(deps.ledger) }
  readRoutes(app, deps)
  // Each in a context of its own: a media type that one of them reads is refused by the others.
  await app.register(async (own) => writeRoutes(own as Api, ingest))
  await app.register(async (own) => batchRoutes(own as Api, ingest))
  await app.register(async (own) => streamRoutes(own as Api, ingest))
}
