import type { FastifyInstance } from 'fastify'
import type { AppDeps } from './types.ts'

/** What the platform around Liggare asks, unversioned and without a token: alive, ready, metrics, public keys. */
export function addSystemRoutes<D>(app: FastifyInstance, deps: AppDeps<D>): void {
  app.get('/health', async () => ({ status: 'ok' }))
  app.get('/ready', async (_request, reply) => {
    const failed = await failing(deps.checks)
    return reply
      .code(failed.length === 0 ? 200 : 503)
      .send({ status: failed.length === 0 ? 'ready' : 'not-ready', failed })
  })
  app.get('/metrics', async (_request, reply) =>
    reply.type(deps.metrics.contentType).send(await deps.metrics.metrics()),
  )
  const { publicJwks } = deps
  if (publicJwks !== undefined) {
    app.get('/.well-known/jwks.json', async (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').send(publicJwks),
    )
  }
}

/** The names of the checks that fail, and of nothing else: a reason could tell of the inside. */
async function failing(checks: AppDeps<unknown>['checks']): Promise<string[]> {
  const names = Object.keys(checks)
  const results = await Promise.allSettled(names.map(async (name) => checks[name]?.()))
  return names.filter((_, index) => results[index]?.status === 'rejected')
}
