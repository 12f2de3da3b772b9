import { z } from 'zod'
import { operation } from './operation.ts'
import type { Api } from './types.ts'
import { apiReleased, apiVersion } from './version.ts'

const ApiInfo = z
  .strictObject({
    apiName: z.string().meta({ description: 'API:ets namn / its name', example: 'liggare' }),
    apiVersion: z.string().meta({ description: 'Version (semver)', example: '1.0.0' }),
    apiReleased: z.iso.date().meta({ description: 'Versionens dag / day of release', example: '2026-11-23' }),
    apiDocumentation: z
      .string()
      .meta({ description: 'Sökväg till dokumentationen / path of the documentation', example: '/docs' }),
    apiStatus: z
      .enum(['alpha', 'beta', 'active', 'deprecated'])
      .meta({ description: 'Livscykel / life cycle', example: 'active' }),
  })
  .meta({ id: 'ApiInfo', description: 'Om API:et / about the API' })

const apiInfo: z.infer<typeof ApiInfo> = {
  apiName: 'liggare',
  apiVersion,
  apiReleased,
  apiDocumentation: '/docs',
  apiStatus: 'active',
}

/** DIGG's profile: what this API is, for whoever finds it. */
export function metaRoutes(app: Api): void {
  app.get(
    '/api-info',
    operation({
      id: 'getApiInfo',
      tag: 'meta',
      summary: 'Om API:et / about the API',
      description:
        'API:ets namn, version, status och dokumentation. / Its name, version, status and documentation.',
      scope: 'public',
      responses: { 200: { description: 'Om API:et / about the API', schema: ApiInfo, example: apiInfo } },
    }),
    async () => apiInfo,
  )
}
