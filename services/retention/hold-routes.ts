import { z } from 'zod'
import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import { offsetOf, PageQuery } from '../api/paging.ts'
import type { Api } from '../api/types.ts'
import { ControllerParams, pageExample } from '../declarations/schemas.ts'
import { Day } from '../events/vocabulary.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { holdExample, placeHoldExample } from './examples-api.ts'
import { listHolds } from './hold-queries.ts'
import { liftHold, placeHold } from './holds.ts'
import { ItemParams } from './schemas.ts'
import { HoldPage, LegalHold, LiftHold, PlaceHold } from './schemas-write.ts'

const path = '/controllers/:controller/holds'
const HoldQuery = PageQuery.extend({
  all: z.enum(['true', 'false']).default('false').meta({ description: 'Även hävda / lifted ones too' }),
  reviewBy: Day.optional().meta({
    description: 'Bara de som ska omprövas senast denna dag / only those to be reviewed by this day',
    example: '2027-03-01',
  }),
})

/** Legal holds: while one stands, nothing under it is condemned. */
export function holdRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.post(
    path,
    operation({
      id: 'placeHold',
      tag: 'retention',
      scope: 'retention:write',
      summary: 'Lägg ett gallringsstopp / place a hold',
      description:
        'På en handling, en tråd, en person, en kanal eller en fråga (allt i en kanal med viss handling och vissa dagar, även det som kommer). Det som redan är utpekat för gallring kan inte stoppas (409). / On an object, a thread, a person, a channel or a query (all of a channel of some act and days, also what is to come). What is condemned already cannot be held (409).',
      params: ControllerParams,
      body: { schema: PlaceHold, example: placeHoldExample },
      responses: {
        201: {
          description: 'Lagt / placed',
          schema: LegalHold,
          example: holdExample,
          headers: { Location: 'var det finns / where it is' },
        },
      },
      problems: [409],
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const hold = await placeHold(ledger, log, { name: actorOf(request).id }, request.body)
      reply.code(201).header('location', `${app.prefix}/controllers/${log.slug}/holds/${hold.id}`)
      return hold
    },
  )

  app.get(
    path,
    operation({
      id: 'listHolds',
      tag: 'retention',
      scope: 'retention:read',
      summary: 'Gallringsstopp / holds',
      description:
        'Det senaste först; hävda bara med `all`. / The newest first; lifted ones only with `all`.',
      params: ControllerParams,
      query: HoldQuery,
      responses: {
        200: { description: 'En sida / a page', schema: HoldPage, example: pageExample(holdExample) },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { limit, page, all, reviewBy } = request.query
      const offset = offsetOf(request.query)
      const found = await reading(ledger, log, (tx) =>
        listHolds(tx, log.controller, { all: all === 'true', reviewBy }, { limit, offset }),
      )
      return { ...found, page, limit }
    },
  )

  app.post(
    `${path}/:id/lift`,
    operation({
      id: 'liftHold',
      tag: 'retention',
      scope: 'retention:write',
      summary: 'Häv ett gallringsstopp / lift a hold',
      description: 'Det som hunnit förfalla ställs åter i kö. / What has become overdue is back in line.',
      params: ItemParams,
      body: { schema: LiftHold, example: { text: 'Överklagandet är avgjort.' } },
      responses: { 200: { description: 'Hävt / lifted', schema: LegalHold, example: holdExample } },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const actor = { name: actorOf(request).id }
      return liftHold(ledger, log, actor, request.params.id, request.body.text)
    },
  )
}
