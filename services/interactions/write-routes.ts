import type { FastifyRequest } from 'fastify'
import { parseJson } from '../api/json-body.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { basePath } from '../api/version.ts'
import { Interaction } from '../events/interaction.ts'
import { logOf } from '../ledger/log-of.ts'
import { acceptCloudEvent } from './accept.ts'
import {
  cloudEventExample,
  cloudEventSchema,
  controllerParams,
  interactionExample,
  receiptExample,
} from './examples.ts'
import { type Ingest, ingestOne } from './ingest.ts'
import { Receipt } from './schemas.ts'

/** One interaction in a request, as JSON or as a CloudEvent: the path that most of the load takes. */
export function writeRoutes(app: Api, deps: Ingest): void {
  // What the envelope says beside the interaction. A request is the key, so nothing is left when it is gone.
  const aliases = new WeakMap<FastifyRequest, string>()
  app.addContentTypeParser('application/cloudevents+json', { parseAs: 'buffer' }, (request, body, done) => {
    const accepted = acceptCloudEvent(parseJson(body as Buffer))
    if (accepted instanceof Error) return done(accepted)
    if (accepted.alias !== undefined) aliases.set(request, accepted.alias)
    done(null, accepted.interaction)
  })

  app.post(
    '/controllers/:controller/interactions',
    operation({
      id: 'recordInteraction',
      tag: 'interactions',
      summary: 'Anteckna en interaktion / record an interaction',
      description:
        'Antecknar ett inlägg, en kommentar, en reaktion … Svaret kommer när den är säkert sparad. Samma uppgift en gång till ger 200 och kvittot på den första; med annat innehåll 409. / Records one act. The answer comes when it is durably stored. The same fact again gives 200 and the receipt of the first; with other content 409.',
      scope: 'interactions:write',
      params: controllerParams,
      body: {
        schema: Interaction,
        example: interactionExample,
        contents: {
          'application/json': { schema: Interaction, example: interactionExample },
          'application/cloudevents+json': { schema: cloudEventSchema, example: cloudEventExample },
        },
      },
      responses: {
        201: {
          description: 'Antecknad / recorded',
          schema: Receipt,
          example: receiptExample,
          headers: { Location: 'Var den kan läsas / where it can be read' },
        },
        200: {
          description: 'Fanns redan; kvittot på den första / was there already; receipt of the first',
          schema: Receipt,
          example: receiptExample,
          headers: { Location: 'Var den kan läsas / where it can be read' },
        },
      },
      problems: [409],
    }),
    async (request, reply) => {
      const { controller } = request.params
      const log = await logOf(deps.ledger, controller)
      const alias = aliases.get(request)
      const interaction = request.body
      const { receipt, repeated } = await ingestOne(
        deps,
        log,
        alias === undefined ? { interaction } : { interaction, alias },
      )
      reply.header('location', `${basePath}/controllers/${controller}/interactions/${receipt.id}`)
      return reply.code(repeated ? 200 : 201).send(receipt)
    },
  )
}
