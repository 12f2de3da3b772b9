import { accessRoutes } from '../access/routes.ts'
import { channelRoutes } from '../channels/routes.ts'
import { controllerRoutes } from '../declarations/controller-routes.ts'
import type { FileStore } from '../deliveries/file-store.ts'
import { deliveryRoutes } from '../deliveries/routes.ts'
import { disclosureRoutes } from '../disclosures/routes.ts'
import { interactionRoutes } from '../interactions/routes.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logRoutes } from '../ledger/log-routes.ts'
import { activityRoutes } from '../register/activity-routes.ts'
import { registerRoutes } from '../register/routes.ts'
import { retentionFigures } from '../retention/register-view.ts'
import { retentionRoutes } from '../retention/routes.ts'
import { supervisionRoutes } from '../supervision/routes.ts'
import { metaRoutes } from './meta-routes.ts'
import type { RouteModule } from './types.ts'

/** What all route modules together need; a module states its own part of it. */
export type Deps = { readonly ledger: Ledger; readonly deliveries?: FileStore }

/** Every module of the HTTP API, one line each. */
export const routeModules: readonly RouteModule<Deps>[] = [
  metaRoutes,
  controllerRoutes,
  channelRoutes,
  activityRoutes,
  retentionRoutes,
  registerRoutes(retentionFigures),
  interactionRoutes,
  deliveryRoutes,
  disclosureRoutes,
  accessRoutes,
  supervisionRoutes,
  logRoutes,
]
