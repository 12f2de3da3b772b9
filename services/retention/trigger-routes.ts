import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { ControllerParams } from '../declarations/schemas.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { DomainError } from '../platform/errors.ts'
import { triggerExample } from './examples-api.ts'
import { TriggeredRetention, TriggerRetention } from './schemas-write.ts'
import { triggerRetention } from './triggers.ts'

/** What a person declares and no act on a platform tells: a matter is closed, something is obsolete or withdrawn. */
export function triggerRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.post(
    '/controllers/:controller/retention/triggers',
    operation({
      id: 'triggerRetention',
      tag: 'retention',
      scope: 'retention:write',
      summary: 'Avsluta, förklara inaktuell, återkalla / close, declare obsolete, withdraw',
      description:
        'Startar fristen i de regler som räknar från det. Enskilda handlingar, en lista eller allt äldre i en kanal. / Starts the period of rules that count from it. Single objects, a list, or all that is older on a channel.',
      params: ControllerParams,
      body: { schema: TriggerRetention, example: triggerExample },
      responses: {
        200: {
          description: 'Antecknat / recorded',
          schema: TriggeredRetention,
          example: { id: '0198c5a0-0000-7000-8000-000000000017', events: 1, objects: 12 },
        },
      },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { trigger, day, text, objects, query } = request.body
      const scope = objects === undefined ? query : { objects }
      // The schema demands exactly one of the two.
      if (scope === undefined) throw new DomainError('validation-failed', 'Say which objects.')
      const actor = { name: actorOf(request).id }
      return triggerRetention(ledger, log, actor, { trigger, day, scope, text })
    },
  )
}
