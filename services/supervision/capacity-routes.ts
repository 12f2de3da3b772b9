import { z } from 'zod'
import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import { offsetOf, PageQuery } from '../api/paging.ts'
import type { Api } from '../api/types.ts'
import { ControllerParams, pageExample } from '../declarations/schemas.ts'
import { openedExample } from '../interactions/examples.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { approveDestruction, contestRuling, openRuling, ruleCapacity, rulingView } from './capacity.ts'
import { listRulings, rulingOn } from './capacity-queries.ts'
import {
  CapacityRuling,
  CapacityRulingPage,
  OpenedRuling,
  ReadQuarantined,
  RuleCapacity,
  RulingParams,
  rulingExample,
  WordOnRuling,
} from './capacity-schemas.ts'

const path = '/controllers/:controller/capacity-rulings'
const tag = 'supervision'
const text = 'Inlägget rör en privat semester och inget ärende.'
const ListQuery = PageQuery.extend({
  open: z.enum(['true', 'false']).default('false').meta({
    description: 'Bara de som väntar på någons ord / only those that wait for somebody’s word',
  }),
})
const answer = { description: 'Bedömningen / the ruling', schema: CapacityRuling, example: rulingExample }

/** In what capacity somebody acted: single rulings by a person, their contestation and correction. */
export function capacityRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  app.post(
    path,
    operation({
      id: 'ruleCapacity',
      tag,
      scope: 'supervision:write',
      summary: 'Bedöm egenskapen / rule on the capacity',
      description:
        'En människas bedömning, eller rättelse av en tidigare, med grund. Privat: lämnar registret och utlämnandena; innehållet i karantän i 30 dagar. / A person’s ruling, or the correction of one. Private: leaves the register and the answers; its content is quarantined for 30 days.',
      params: ControllerParams,
      body: {
        schema: RuleCapacity,
        example: { object: rulingExample.object, capacity: 'private', ground: 'content', text },
      },
      responses: {
        201: { ...answer, headers: { Location: 'var den finns / where it is' } },
      },
      problems: [409],
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const made = await ruleCapacity(ledger, log, { name: actorOf(request).id }, request.body)
      const to = `${app.prefix}/controllers/${log.slug}/capacity-rulings/${made.object}`
      return reply.code(201).header('location', to).send(made)
    },
  )

  app.get(
    path,
    operation({
      id: 'listCapacityRulings',
      tag,
      scope: 'supervision:read',
      summary: 'Bedömningar av egenskap / rulings on capacity',
      description: 'Den senaste först, utan skälen. / The newest first, without the reasons.',
      params: ControllerParams,
      query: ListQuery,
      responses: {
        200: {
          description: 'En sida / a page',
          schema: CapacityRulingPage,
          example: pageExample(rulingExample),
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { limit, page, open } = request.query
      const offset = offsetOf(request.query)
      const { items, total } = await reading(ledger, log, (tx) =>
        listRulings(tx, log.controller, open === 'true', { limit, offset }),
      )
      const now = ledger.clock.now()
      return { items: items.map((it) => rulingView(it, now)), total, page, limit }
    },
  )

  app.get(
    `${path}/:object`,
    operation({
      id: 'getCapacityRuling',
      tag,
      scope: 'supervision:read',
      summary: 'Bedömningen av en handling / the ruling on an object',
      description: 'Den som gäller nu, utan skälen. / The one that holds now, without the reasons.',
      params: RulingParams,
      responses: { 200: answer },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const found = await reading(ledger, log, (tx) => rulingOn(tx, log.controller, request.params.object))
      if (found === undefined) throw new DomainError('not-found', 'no ruling on such an object')
      return rulingView(found, ledger.clock.now())
    },
  )

  app.post(
    `${path}/:object/contest`,
    operation({
      id: 'contestCapacityRuling',
      tag,
      scope: 'supervision:write',
      summary: 'Bestrid en bedömning / contest a ruling',
      description:
        'Innehållet bevaras tills det bedömts på nytt. / Its content is kept until it has been ruled anew.',
      params: RulingParams,
      body: { schema: WordOnRuling, example: { text: 'Inlägget svarade på en fråga till kommunen.' } },
      responses: { 200: answer },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const actor = { name: actorOf(request).id }
      return contestRuling(ledger, log, actor, request.params.object, request.body.text)
    },
  )

  app.post(
    `${path}/:object/approve-destruction`,
    operation({
      id: 'approvePrivateDestruction',
      tag,
      scope: 'retention:approve',
      summary: 'Godkänn att privat innehåll förstörs / approve that private content be destroyed',
      description:
        'Av en annan än den som bedömt, tidigast efter karantänen. Nästa gallring tar det; bedömningen står kvar. / By another than who ruled, at the earliest after the quarantine. The next purge takes it; the ruling stays.',
      params: RulingParams,
      body: { schema: WordOnRuling, example: { text: 'Delar bedömningen.' } },
      responses: { 200: answer },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const actor = { name: actorOf(request).id }
      return approveDestruction(ledger, log, actor, request.params.object, request.body.text)
    },
  )

  app.post(
    `${path}/:object/read`,
    operation({
      id: 'readCapacityRuling',
      tag,
      scope: 'supervision:write',
      summary: 'Läs en bedömning med skäl och innehåll / read a ruling with reasons and content',
      description:
        'Även det som är i karantän, för den som ska pröva det. Uppslaget antecknas. / Also what is quarantined, for whoever has to judge it. The look-up is recorded.',
      params: RulingParams,
      body: { schema: ReadQuarantined, example: { purpose: 'Prövning av bestridd bedömning' } },
      responses: {
        200: {
          description: 'Allt om den / all of it',
          schema: OpenedRuling,
          example: {
            ruling: rulingExample,
            steps: [
              {
                position: '17',
                type: 'capacity.ruled',
                at: '2026-11-23T10:00:00.000Z',
                capacity: 'private',
                ground: 'content',
                text,
              },
            ],
            interactions: [openedExample],
            lookUp: '19',
          },
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const why = { actor: { name: actorOf(request).id }, purpose: request.body.purpose }
      return openRuling(ledger, log, request.params.object, why)
    },
  )
}
