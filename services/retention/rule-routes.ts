import type { Api } from '../api/types.ts'
import { ruleKind } from '../declarations/kinds.ts'
import { type DeclarationDeps, declarationRoutes } from '../declarations/routes.ts'

export function ruleRoutes(app: Api, deps: DeclarationDeps): void {
  declarationRoutes(app, deps, {
    kind: ruleKind,
    path: 'retention-rules',
    tag: 'retention',
    id: 'RetentionRule',
    sv: { one: 'en gallringsregel', many: 'gallringsregler' },
    en: { one: 'a retention rule', many: 'retention rules' },
    read: 'retention:read',
    write: 'retention:write',
    note: 'En regel utan beslut förstör inget. / A rule without a decision destroys nothing.',
  })
}
