import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

/** The contract for people at `/docs`, and as the file itself at `/docs/json`. The document is ours, not the plugin's. */
export async function serveDocs(app: FastifyInstance, document: () => object): Promise<void> {
  await app.register(async (scope) => {
    await scope.register(helmet, { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } })
    await scope.register(swagger, {
      openapi: { openapi: '3.1.0', info: { title: 'Liggare', version: '1' } },
      transform: ({ url }) => ({ schema: { hide: true }, url }),
      transformObject: () => document() as never,
    })
    await scope.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: true,
      uiConfig: { tryItOutEnabled: false },
    })
  })
}
