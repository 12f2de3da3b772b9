import { z } from 'zod'
import { parseJson } from '../api/json-body.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { Interaction } from '../events/interaction.ts'
import { logOf } from '../ledger/log-of.ts'
import { acceptCloudEvent, acceptInteraction } from './accept.ts'
import {
  cloudEventExample,
  cloudEventSchema,
  controllerParams,
  interactionExample,
  receiptExample,
} from './examples.ts'
import { type Ingest, ingestMany } from './ingest.ts'
import { batchOutcome } from './outcomes.ts'
import { BatchOutcome, maxBatch } from './schemas.ts'

/** What the body must be as a whole; its items are judged one by one. */
const AnyItems = z.array(z.unknown()).min(1).max(maxBatch)

/** Many interactions in one request, each with an outcome of its own. */
export function batchRoutes(app: Api, deps: Ingest): void {
  app.addContentTypeParser(
    'application/cloudevents-batch+json',
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, parseJson(body as Buffer)),
  )

  app.post(
    '/controllers/:controller/interactions/batch',
    operation({
      id: 'recordInteractions',
      tag: 'interactions',
      summary: 'Anteckna många interaktioner / record many interactions',
      description: `Antecknar högst ${maxBatch} interaktioner, var och en för sig: en felaktig hindrar inte de andra. / Records at most ${maxBatch} interactions, each by itself: one that does not fit keeps none of the others back.`,
      scope: 'interactions:write',
      params: controllerParams,
      body: {
        schema: AnyItems,
        example: [interactionExample],
        contents: {
          'application/json': {
            schema: z.array(Interaction).min(1).max(maxBatch),
            example: [interactionExample],
          },
          'application/cloudevents-batch+json': {
            schema: z.array(cloudEventSchema).min(1).max(maxBatch),
            example: [cloudEventExample],
          },
        },
      },
      responses: {
        207: {
          description: 'Utfallet för var och en, i deras ordning / the outcome of each, in their order',
          schema: BatchOutcome,
          example: {
            recorded: 1,
            repeated: 0,
            refused: 0,
            outcomes: [{ index: 0, status: 201, id: receiptExample.id, position: receiptExample.position }],
          },
        },
      },
    }),
    async (request, reply) => {
      const log = await logOf(deps.ledger, request.params.controller)
      const cloud = request.headers['content-type']?.startsWith('application/cloudevents-batch+json') === true
      const items = request.body.map(cloud ? acceptCloudEvent : acceptInteraction)
      return reply.code(207).send(batchOutcome(await ingestMany(deps, log, items)))
    },
  )
}
