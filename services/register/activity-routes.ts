import type { Api } from '../api/types.ts'
import { activityKind } from '../declarations/kinds.ts'
import { type DeclarationDeps, declarationRoutes } from '../declarations/routes.ts'

export function activityRoutes(app: Api, deps: DeclarationDeps): void {
  declarationRoutes(app, deps, {
    kind: activityKind,
    path: 'activities',
    tag: 'register',
    id: 'Activity',
    sv: { one: 'en behandling', many: 'behandlingar' },
    en: { one: 'a processing activity', many: 'processing activities' },
    read: 'register:read',
    write: 'register:write',
  })
}
