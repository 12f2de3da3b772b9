import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { AsOf } from '../declarations/as-of.ts'
import { DeclaredParams } from '../declarations/schemas.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { ControllershipAnswer, controllershipOf } from './controllership.ts'

const controllershipExample: ControllershipAnswer = {
  interaction: '0198c5a0-0000-7000-8000-000000000017',
  occurredOn: '2010-09-01',
  validOn: '2010-09-01',
  size: '17',
  controller: { slug: 'kommunstyrelsen', name: 'Kommunstyrelsen i Exempelkommun', version: 1 },
  channel: {
    id: '0198c5a0-0000-7000-8000-000000000001',
    version: 1,
    platform: 'x',
    name: 'Kommunens konto',
  },
  controllership: 'own',
  legalSource: { decision: 'Tillsynsbeslut', date: '2010-07-05' },
  capacity: 'service',
  responsibleFor: ['own'],
  sv: 'Nämnden ansvarar för det som den själv publicerar (Tillsynsbeslut, 2010-07-05)',
  en: 'The controller answers for what it publishes itself (Tillsynsbeslut, 2010-07-05)',
}

/** On what ground the controller answers for an interaction. */
export function controllershipRoutes(app: Api, ledger: Ledger): void {
  app.get(
    '/controllers/:controller/interactions/:id/controllership',
    operation({
      id: 'readControllership',
      tag: 'interactions',
      summary: 'På vilken grund är vi ansvariga för detta / On what ground are we the controller of this',
      description:
        'Som det gällde den dag det skedde, eller `validOn`, så som systemet visste det `knownAt`. / As it held on the day it occurred, or `validOn`, as the system knew it `knownAt`.',
      scope: 'register:read',
      params: DeclaredParams,
      query: AsOf,
      responses: {
        200: {
          description: 'Grunden / the ground',
          schema: ControllershipAnswer,
          example: controllershipExample,
        },
      },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return controllershipOf(ledger, log, request.params.id, request.query)
    },
  )
}
