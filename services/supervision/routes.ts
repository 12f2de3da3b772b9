import type { Api } from '../api/types.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { capacityRoutes } from './capacity-routes.ts'
import { flaggedRoutes } from './flagged-routes.ts'
import { supervisedRoutes } from './one-routes.ts'
import { roundsRoutes } from './rounds-routes.ts'

/** What the controller does to answer for its channels: rulings on capacity, what screening has flagged, rounds. */
export function supervisionRoutes(app: Api, deps: { readonly ledger: Ledger }): void {
  capacityRoutes(app, deps)
  flaggedRoutes(app, deps)
  roundsRoutes(app, deps)
  supervisedRoutes(app, deps)
}
