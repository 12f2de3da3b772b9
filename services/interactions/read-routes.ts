import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { controllerParams, headerExample, interactionParams, openedExample } from './examples.ts'
import { interactionsBy, listInteractions } from './queries.ts'
import { openInteractions } from './queries-open.ts'
import {
  InteractionHeader,
  InteractionPage,
  ListQuery,
  maxOpened,
  OpenedOne,
  OpenedPage,
  ReadOneRequest,
  ReadRequest,
} from './schemas.ts'

const words = { tag: 'interactions', scope: 'interactions:read' } as const
const purpose = 'Granskning av anmäld kommentar, dnr KS 2026/117'

/** Reading back: the open side to everybody who may read, the content for a stated purpose. */
export function readRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.get(
    '/controllers/:controller/interactions',
    operation({
      ...words,
      id: 'listInteractions',
      summary: 'Interaktionerna i loggens ordning / interactions in the order of the log',
      description:
        'Den öppna sidan av interaktionerna efter en plats i loggen, utan innehåll eller namn. Med `verb` kan en sida vara kortare än `limit` fast `more` är sant. / The open side of the interactions after a position of the log, without content or names. With `verb` a page may be shorter than `limit` while `more` is true.',
      params: controllerParams,
      query: ListQuery,
      responses: {
        200: {
          description: 'En sida / a page',
          schema: InteractionPage,
          example: { items: [headerExample], next: '17', more: false },
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return reading(ledger, log, (tx) => listInteractions(tx, log.controller, request.query))
    },
  )

  app.get(
    '/controllers/:controller/interactions/:id',
    operation({
      ...words,
      id: 'getInteraction',
      summary: 'En interaktions öppna sida / the open side of an interaction',
      description: 'Utan innehåll eller namn. / Without content or names.',
      params: interactionParams,
      responses: {
        200: {
          description: 'Den öppna sidan / the open side',
          schema: InteractionHeader,
          example: headerExample,
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { id } = request.params
      const [header] = await reading(ledger, log, (tx) => interactionsBy(tx, log.controller, { ids: [id] }))
      return header ?? missing()
    },
  )

  app.post(
    '/controllers/:controller/interactions/:id/read',
    operation({
      ...words,
      id: 'readInteraction',
      summary: 'Läs en interaktion / read an interaction',
      description:
        'Innehåll och personer, för ett angivet ändamål. Uppslaget antecknas i loggen innan något lämnas ut. / Content and persons, for a stated purpose. The look-up is recorded before anything is handed out.',
      params: interactionParams,
      body: { schema: ReadOneRequest, example: { purpose } },
      responses: {
        200: {
          description: 'Interaktionen / the interaction',
          schema: OpenedOne,
          example: { lookUp: '18', item: openedExample },
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const ids = [request.params.id]
      const [header] = await reading(ledger, log, (tx) => interactionsBy(tx, log.controller, { ids }))
      if (header === undefined) return missing()
      const why = { ...request.body, actor: { name: actorOf(request).id } }
      const { lookUp, items } = await openInteractions(ledger, log, why, { ids })
      return { lookUp, item: items[0] ?? missing() }
    },
  )

  app.post(
    '/controllers/:controller/interactions/read',
    operation({
      ...words,
      id: 'readInteractions',
      summary: 'Läs interaktioner / read interactions',
      description: `Högst ${maxOpened} interaktioner med innehåll och personer, för ett angivet ändamål. Uppslaget antecknas i loggen innan något lämnas ut. Gallrade delar nämns med sitt beslut. / At most ${maxOpened} interactions with content and persons, for a stated purpose. The look-up is recorded before anything is handed out. Parts that were disposed of are named with their decision.`,
      params: controllerParams,
      body: { schema: ReadRequest, example: { ids: [headerExample.id], purpose, kind: 'shown' } },
      responses: {
        200: {
          description: 'Interaktionerna / the interactions',
          schema: OpenedPage,
          example: { lookUp: '18', items: [openedExample] },
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { kind, purpose: stated, ...selection } = request.body
      const why = { kind, purpose: stated, actor: { name: actorOf(request).id } }
      return openInteractions(ledger, log, why, selection)
    },
  )
}

function missing(): never {
  throw new DomainError('not-found', 'no such interaction')
}
