import { PassThrough, type Readable } from 'node:stream'
import { z } from 'zod'
import { HttpError } from '../api/http-error.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { logOf } from '../ledger/log-of.ts'
import { acceptLine } from './accept.ts'
import { controllerParams, interactionExample, receiptExample } from './examples.ts'
import { type Ingest, ingestMany, loadChannels } from './ingest.ts'
import { outcomeOf } from './outcomes.ts'
import { pumpLines } from './stream.ts'

const mediaType = 'application/x-ndjson'

const StreamQuery = z.strictObject({
  outcomes: z.enum(['all', 'refused']).default('all').meta({
    description:
      'Alla utfall, eller bara de avvisade: för den som läser svaret först när allt är sänt / all outcomes, or those of refused lines only: for clients that read when all is sent',
    example: 'all',
  }),
})

const lines = [
  { line: 1, status: 201, id: receiptExample.id, position: receiptExample.position },
  { summary: true, complete: true, recorded: 1, repeated: 0, refused: 0, lastLine: 1 },
]

/** Interactions without end in one request, answered line by line. */
export function streamRoutes(app: Api, deps: Ingest): void {
  app.removeAllContentTypeParsers()
  // The stream itself is the body: nothing is collected, and no limit but that of a line holds.
  app.addContentTypeParser(mediaType, (_request, payload, done) => done(null, payload))
  const stopping = new AbortController()
  app.addHook('preClose', async () => stopping.abort())

  app.post(
    '/controllers/:controller/interactions/stream',
    {
      ...operation({
        id: 'streamInteractions',
        tag: 'interactions',
        summary: 'Anteckna en ström av interaktioner / record a stream of interactions',
        description:
          'En interaktion per rad (NDJSON, högst 1 MiB per rad), hur många som helst. Svaret är ett utfall per rad, i radernas ordning, allteftersom de sparas, och sist en sammanfattning. Läs svaret medan du sänder. Bryts det kan allt sändas igen: det som fanns ger 200. / One interaction a line (NDJSON, at most 1 MiB a line), any number of them. The answer is one outcome a line, in their order, as they are stored, and a summary at the end. Read it while sending. If it breaks off, send all again: what was there gives 200.',
        scope: 'interactions:write',
        params: controllerParams,
        query: StreamQuery,
        body: {
          schema: z.custom<Readable>(),
          example: '',
          contents: {
            [mediaType]: {
              schema: z.string().meta({ description: 'En Interaction per rad / one Interaction a line' }),
              example: `${JSON.stringify(interactionExample)}\n`,
            },
          },
        },
        responses: {
          200: {
            description: 'Ett utfall per rad och en sammanfattning / one outcome a line, and a summary',
            mediaType,
            example: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
          },
        },
      }),
      bodyLimit: Number.MAX_SAFE_INTEGER,
    },
    async (request, reply) => {
      if (request.body === undefined) {
        throw new HttpError('unsupported-media-type', `This operation takes ${mediaType}.`)
      }
      const log = await logOf(deps.ledger, request.params.controller)
      const out = new PassThrough()
      pumpLines({
        source: request.body,
        out,
        prepare: async (batch) => {
          const items = batch.map(acceptLine)
          await loadChannels(deps, log, items)
          return { items, numbers: batch.map((line) => line.number) }
        },
        record: async ({ items, numbers }) => {
          const outcomes = await ingestMany(deps, log, items)
          return outcomes.map((one, index) => ({ line: numbers[index] as number, ...outcomeOf(one) }))
        },
        explain: (error) => {
          const { status, code, detail } = outcomeOf(error instanceof Error ? error : new Error())
          if (status === 500) request.log.error({ err: error, requestId: request.id }, 'a stream failed')
          return { ...(code === undefined ? {} : { code }), ...(detail === undefined ? {} : { detail }) }
        },
        stopping: stopping.signal,
        refusedOnly: request.query.outcomes === 'refused',
      }).catch((error: Error) => out.destroy(error))
      // What is left unread of a stream that was given up cannot be told from a next request.
      return reply.header('connection', 'close').type(mediaType).send(out)
    },
  )
}
