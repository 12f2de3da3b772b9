import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { controllerParams } from '../interactions/examples.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { caseRoutes } from './case-routes.ts'
import { findExample, purposeExample } from './examples.ts'
import { findPersons } from './find.ts'
import { lookUpRoutes } from './look-up-routes.ts'
import { rightsRoutes } from './rights-routes.ts'
import { FindAnswer, FindRequest } from './schemas.ts'

/** The rights of the registered: finding, cases, answers. */
export function accessRoutes(app: Api, deps: { readonly ledger: Ledger }): void {
  // Answers are made here and typed against their schemas; to check large ones again costs more than it finds.
  app.setSerializerCompiler(() => JSON.stringify)
  app.post(
    '/controllers/:controller/access/find',
    operation({
      id: 'findPerson',
      tag: 'access',
      scope: 'access:read',
      summary: 'Sök en registrerad / find a data subject',
      description:
        'Stabila plattforms-id avgör; användarnamn, e-post, namn och profil föreslår. Svaret har inga namn. Att någon söktes antecknas innan svaret lämnas. / Stable platform ids decide; handles, e-mail, names and profiles propose. The answer holds no names. That somebody was looked for is recorded before anything is answered.',
      params: controllerParams,
      body: {
        schema: FindRequest,
        example: {
          identifiers: [{ platform: 'facebook', platformId: '100000000000017' }],
          purpose: purposeExample,
        },
      },
      responses: {
        200: { description: 'De som kan avses / who may be meant', schema: FindAnswer, example: findExample },
      },
    }),
    async (request) => {
      const log = await logOf(deps.ledger, request.params.controller)
      const { identifiers, purpose } = request.body
      const found = await findPersons(
        deps.ledger,
        log,
        { actor: { name: actorOf(request).id }, purpose },
        identifiers,
      )
      return {
        lookUp: found.lookUp,
        candidates: found.candidates.map((it) => ({
          ...it,
          reasons: [...it.reasons],
          channels: [...it.channels],
        })),
      }
    },
  )
  caseRoutes(app, deps)
  rightsRoutes(app, deps)
  lookUpRoutes(app, deps)
}
