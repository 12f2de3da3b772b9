import type { Api } from '../api/types.ts'
import { dueRoutes } from './due-routes.ts'
import { type PurgeRouteDeps, purgeRoutes } from './purge-routes.ts'
import { ruleRoutes } from './rule-routes.ts'

/** Rules, what is due by them, and its destruction. */
export function retentionRoutes(app: Api, deps: PurgeRouteDeps): void {
  ruleRoutes(app, deps)
  dueRoutes(app, deps)
  purgeRoutes(app, deps)
}
