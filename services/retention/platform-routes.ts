import { z } from 'zod'
import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import { offsetOf, PageQuery } from '../api/paging.ts'
import type { Api } from '../api/types.ts'
import { ControllerParams, pageExample, pageSchema } from '../declarations/schemas.ts'
import { Day, Slug, text } from '../events/vocabulary.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { retentionExample } from './examples-api.ts'
import { decideDemand, demandCase, demandDecisions, listDemands } from './platform-terms.ts'
import { InteractionRetention, ItemParams } from './schemas.ts'

const path = '/controllers/:controller/platform-demands'
const id = '0198c5a0-0000-7000-8000-000000000017'

const Demand = z
  .strictObject({
    id: z.uuid(),
    channel: z.uuid(),
    object: z.uuid().nullable().meta({ description: 'Handlingen, om den finns / the object, if stored' }),
    action: z.string().meta({ example: 'delete' }),
    demands: z.int().min(1).meta({ description: 'Hur ofta det sagts / how often it was said', example: 1 }),
    demandedOn: Day,
    position: z.string().meta({ example: '17' }),
    decision: z.enum(demandDecisions).nullable(),
    decidedPosition: z.string().nullable(),
  })
  .meta({ id: 'PlatformDemand' })
const demand = {
  id,
  channel: id,
  object: id,
  action: 'delete',
  demands: 1,
  demandedOn: '2026-11-22',
  position: '17',
  decision: null,
  decidedPosition: null,
}
const DemandCase = z
  .strictObject({
    demand: Demand,
    retention: InteractionRetention.optional().meta({
      description:
        'Vad som talar emot: regler, dag, gallringsstopp / what speaks against it: rules, day, holds',
    }),
  })
  .meta({ id: 'PlatformDemandCase' })
const DemandPage = pageSchema('PlatformDemandPage', Demand)
const DecideDemand = z
  .strictObject({
    decision: z.enum(demandDecisions).meta({
      description: 'Följa, behålla, begränsa / follow, keep, restrict',
      example: 'keep',
    }),
    ground: Slug.meta({
      description: 'Grund som kod, öppen / ground as a code, open',
      example: 'public-record',
    }),
    text: text(5000).optional().meta({ description: 'I ord; förseglas / in words; sealed' }),
  })
  .meta({ id: 'DecidePlatformDemand' })
const DemandQuery = PageQuery.extend({
  all: z.enum(['true', 'false']).default('false').meta({ description: 'Även avgjorda / decided ones too' }),
})
const one = (description: string) => ({
  200: { description, schema: DemandCase, example: { demand, retention: retentionExample } },
})

/** What platforms demand of what is stored, against the duties of an authority: decided by a person, never in silence. */
export function platformRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  const words = { tag: 'retention' } as const

  app.get(
    path,
    operation({
      ...words,
      scope: 'retention:read',
      id: 'listPlatformDemands',
      summary: 'Plattformars krav på radering / what platforms want deleted',
      description:
        'De som väntar på beslut, den äldsta först. / Those that wait for a decision, oldest first.',
      params: ControllerParams,
      query: DemandQuery,
      responses: {
        200: { description: 'En sida / a page', schema: DemandPage, example: pageExample(demand) },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { limit, page, all } = request.query
      const offset = offsetOf(request.query)
      const found = await reading(ledger, log, (tx) =>
        listDemands(tx, log.controller, all === 'true', { limit, offset }),
      )
      return { ...found, page, limit }
    },
  )

  app.get(
    `${path}/:id`,
    operation({
      ...words,
      scope: 'retention:read',
      id: 'readPlatformDemand',
      summary: 'Ett krav och vad som talar emot / a demand and what speaks against it',
      description: 'Regler, dag och gallringsstopp för handlingen. / Rules, day and holds of the object.',
      params: ItemParams,
      responses: one('Ärendet / the case'),
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const today = localDay(ledger.clock.now())
      return reading(ledger, log, (tx) => demandCase(tx, log.controller, request.params.id, today))
    },
  )

  app.post(
    `${path}/:id/decision`,
    operation({
      ...words,
      scope: 'retention:write',
      id: 'decidePlatformDemand',
      summary: 'Avgör ett krav / decide a demand',
      description:
        'Följ: handlingen återkallas, och en regel som räknar därifrån gallrar. Behåll: mot kravet. Begränsa: behålls under gallringsstopp. / Follow: it is withdrawn, and a rule that counts from there destroys it. Keep: against the demand. Restrict: kept under a hold.',
      params: ItemParams,
      body: { schema: DecideDemand, example: { decision: 'keep', ground: 'public-record' } },
      responses: one('Avgjort / decided'),
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return decideDemand(ledger, log, { name: actorOf(request).id }, request.params.id, request.body)
    },
  )
}
