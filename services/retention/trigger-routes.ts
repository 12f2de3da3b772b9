import type { FastifyRequest } from 'fastify'
import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { ControllerParams } from '../declarations/schemas.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { triggerExample } from './examples-api.ts'
import { tagObjects } from './marks.ts'
import { scopeOf, TagObjects, TriggerRetention } from './schemas-scope.ts'
import { TriggeredRetention } from './schemas-write.ts'
import { triggerRetention } from './triggers.ts'

const base = '/controllers/:controller/retention'
const words = { tag: 'retention', params: ControllerParams, problems: [409 as const] } as const
const recorded = {
  200: {
    description: 'Antecknat / recorded',
    schema: TriggeredRetention,
    example: { id: '0198c5a0-0000-7000-8000-000000000017', events: 1, objects: 12 },
  },
}
const { objects } = triggerExample

/** What a person declares and no act on a platform tells: a matter is closed, something is obsolete, trifling, official. */
export function triggerRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  const who = (request: FastifyRequest) => ({ name: actorOf(request).id })

  app.post(
    `${base}/triggers`,
    operation({
      ...words,
      scope: 'retention:write',
      id: 'triggerRetention',
      summary: 'Avsluta, förklara inaktuell, återkalla / close, declare obsolete, withdraw',
      description:
        'Startar fristen i de regler som räknar från det. Enskilda handlingar, en lista eller allt äldre i en kanal. / Starts the period of rules that count from it. Single objects, a list, or all that is older on a channel.',
      body: { schema: TriggerRetention, example: triggerExample },
      responses: recorded,
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { trigger, day, text } = request.body
      return triggerRetention(ledger, log, who(request), { trigger, day, scope: scopeOf(request.body), text })
    },
  )

  app.post(
    `${base}/tags`,
    operation({
      ...words,
      scope: 'retention:write',
      id: 'tagObjects',
      summary: 'Märk handlingar / tag objects',
      description:
        'Märkningen avgör vilka regler som gäller, från nu. Med `remove` tas den bort. / Tags decide which rules apply, from now on. With `remove` they are taken away.',
      body: { schema: TagObjects, example: { tags: ['trifling'], remove: false, objects } },
      responses: recorded,
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { tags, remove, text } = request.body
      return tagObjects(ledger, log, who(request), { tags, remove, scope: scopeOf(request.body), text })
    },
  )
}
