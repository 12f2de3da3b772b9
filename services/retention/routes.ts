import type { Api } from '../api/types.ts'
import { archiveRoutes } from './archive-routes.ts'
import { dueRoutes } from './due-routes.ts'
import { erasureRoutes } from './erasure-routes.ts'
import { holdRoutes } from './hold-routes.ts'
import { platformRoutes } from './platform-routes.ts'
import { type PurgeRouteDeps, purgeRoutes } from './purge-routes.ts'
import { rulePreviewRoutes } from './rule-preview-routes.ts'
import { ruleRoutes } from './rule-routes.ts'
import { triggerRoutes } from './trigger-routes.ts'

/** Rules, what is due by them, and its destruction, what keeps it. */
export function retentionRoutes(app: Api, deps: PurgeRouteDeps): void {
  ruleRoutes(app, deps)
  rulePreviewRoutes(app, deps)
  dueRoutes(app, deps)
  purgeRoutes(app, deps)
  holdRoutes(app, deps)
  triggerRoutes(app, deps)
  archiveRoutes(app, deps)
  platformRoutes(app, deps)
  erasureRoutes(app, deps)
}
