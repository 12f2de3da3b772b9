import { metaRoutes } from './meta-routes.ts'
import type { RouteModule } from './types.ts'

/** What all route modules together need; a module states its own part of it. */
export type Deps = Record<never, never>

/** Every module of the HTTP API, one line each. */
export const routeModules: readonly RouteModule<Deps>[] = [metaRoutes]
