import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { actorOf } from '../api/auth.ts'
import { negotiate } from '../api/negotiate.ts'
import { operation } from '../api/operation.ts'
import { offsetOf, PageQuery } from '../api/paging.ts'
import type { Api } from '../api/types.ts'
import { ControllerParams, DeclaredParams, pageExample } from '../declarations/schemas.ts'
import { pageHtml } from '../documents/html.ts'
import { pdfOf } from '../documents/pdf.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { reportBlocks, reportTitle, supervisionReport } from './report.ts'
import { actOnItem, noticeItem, recordRound, unpublish } from './rounds.ts'
import { itemBy, listRounds, openItems, type StoredItem } from './rounds-queries.ts'
import {
  ActOnItem,
  itemExample,
  NoticeItem,
  RecordRound,
  ReportQuery,
  reportExample,
  roundExample,
  SupervisionItem,
  SupervisionItemPage,
  SupervisionReport,
  SupervisionRound,
  SupervisionRoundPage,
  Unpublish,
  Unpublished,
} from './rounds-schemas.ts'
import { itemView, roundView } from './rounds-view.ts'

const base = '/controllers/:controller/supervision'
const tag = 'supervision'
const offered = ['application/json', 'text/html', 'application/pdf'] as const

const where = { Location: 'var det finns / where it is' }

/** Rounds of supervision, what became known and how soon it was acted on, and the report of both. */
export function roundsRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  const who = (request: FastifyRequest) => ({ name: actorOf(request).id })

  app.post(
    `${base}/rounds`,
    operation({
      id: 'recordSupervisionRound',
      tag,
      scope: 'supervision:write',
      summary: 'Anteckna en uppsiktsrunda / record a supervision round',
      description: 'Vem, vilken kanal, när, hur mycket. / Who, which channel, when, how much.',
      params: ControllerParams,
      body: {
        schema: RecordRound,
        example: {
          channel: roundExample.channel,
          from: '2026-03-05T08:00:00+01:00',
          to: '2026-03-05T08:20:00+01:00',
          seen: 12,
          acted: 1,
        },
      },
      responses: {
        201: {
          description: 'Antecknad / recorded',
          schema: SupervisionRound,
          example: roundExample,
          headers: where,
        },
      },
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const made = await recordRound(ledger, log, who(request), request.body)
      const { note: _, from, to, ...rest } = request.body
      const at = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
      reply.header('location', `${app.prefix}/controllers/${log.slug}/supervision/rounds/${made.id}`)
      return reply.code(201).send({ ...rest, ...at, ...made })
    },
  )

  app.get(
    `${base}/rounds`,
    operation({
      id: 'listSupervisionRounds',
      tag,
      scope: 'supervision:read',
      summary: 'Uppsiktsrundor / supervision rounds',
      description: 'Den senaste först. / The newest first.',
      params: ControllerParams,
      query: PageQuery.extend({ channel: z.uuid().optional().meta({ example: roundExample.channel }) }),
      responses: {
        200: {
          description: 'En sida / a page',
          schema: SupervisionRoundPage,
          example: pageExample(roundExample),
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { limit, page, channel } = request.query
      const offset = offsetOf(request.query)
      const found = await reading(ledger, log, (tx) =>
        listRounds(tx, log.controller, channel, { limit, offset }),
      )
      return { items: found.items.map(roundView), total: found.total, page, limit }
    },
  )

  app.post(
    `${base}/items`,
    operation({
      id: 'noticeSupervisionItem',
      tag,
      scope: 'supervision:write',
      summary: 'Anteckna kännedom / record that something became known',
      description:
        'Genom runda, anmälan eller underrättelse. Från kännedomen räknas tiden till åtgärd. / By a round, a report or a notice. From knowledge on the time to action counts.',
      params: ControllerParams,
      body: {
        schema: NoticeItem,
        example: { channel: roundExample.channel, source: 'round', knownAt: '2026-03-05T08:10:00+01:00' },
      },
      responses: {
        201: {
          description: 'Antecknat / recorded',
          schema: SupervisionItem,
          example: itemExample,
          headers: where,
        },
      },
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const id = await noticeItem(ledger, log, who(request), request.body)
      const item = await reading(ledger, log, (tx) => itemBy(tx, log.controller, id))
      reply.header('location', `${app.prefix}/controllers/${log.slug}/supervision/items/${id}`)
      return reply.code(201).send(itemView(item as StoredItem))
    },
  )

  app.get(
    `${base}/items`,
    operation({
      id: 'listOpenSupervisionItems',
      tag,
      scope: 'supervision:read',
      summary: 'Det som väntar på åtgärd / what waits for action',
      description: 'Det äldsta först. / The oldest first.',
      params: ControllerParams,
      query: PageQuery,
      responses: {
        200: {
          description: 'En sida / a page',
          schema: SupervisionItemPage,
          example: pageExample(itemExample),
        },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { limit, page } = request.query
      const offset = offsetOf(request.query)
      const found = await reading(ledger, log, (tx) => openItems(tx, log.controller, { limit, offset }))
      return { items: found.items.map(itemView), total: found.total, page, limit }
    },
  )

  app.post(
    `${base}/items/:id/act`,
    operation({
      id: 'actOnSupervisionItem',
      tag,
      scope: 'supervision:write',
      summary: 'Anteckna åtgärd / record what was done',
      description:
        'Borttaget, dolt, anmält – eller prövat och låtet stå. / Removed, hidden, reported – or left.',
      params: DeclaredParams,
      body: { schema: ActOnItem, example: { action: 'hidden', actedAt: '2026-03-05T08:40:00+01:00' } },
      responses: {
        200: { description: 'Åtgärdat / acted on', schema: SupervisionItem, example: itemExample },
      },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { id } = request.params
      await actOnItem(ledger, log, who(request), id, request.body)
      const item = await reading(ledger, log, (tx) => itemBy(tx, log.controller, id))
      return itemView(item as StoredItem)
    },
  )

  app.post(
    `${base}/unpublications`,
    operation({
      id: 'unpublishObject',
      tag,
      scope: 'supervision:write',
      summary: 'Avpublicera, kopian kvar / unpublish, the copy kept',
      description:
        'Ett annat kommando än gallring. Det som aldrig fångats kan inte avpubliceras. / Another command than gallring. What was never captured cannot be unpublished.',
      params: ControllerParams,
      body: {
        schema: Unpublish,
        example: { object: roundExample.id, ground: 'threat', text: 'Hot mot namngiven person.' },
      },
      responses: {
        201: {
          description: 'Avpublicerad / unpublished',
          schema: Unpublished,
          example: { object: roundExample.id, position: '17', ground: 'threat' },
          headers: where,
        },
      },
      problems: [409],
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const made = await unpublish(ledger, log, who(request), request.body)
      reply.header(
        'location',
        `${app.prefix}/controllers/${log.slug}/supervision/unpublications/${made.object}`,
      )
      return reply.code(201).send(made)
    },
  )

  app.get(
    `${base}/report`,
    operation({
      id: 'readSupervisionReport',
      tag,
      scope: 'supervision:read',
      summary: 'Uppsiktsrapport / supervision report',
      description:
        'Per kanal och period: regelbunden uppsikt och skyndsam åtgärd. JSON, HTML eller PDF efter Accept. / Per channel and period: regular supervision and prompt action. JSON, HTML or PDF by Accept.',
      params: ControllerParams,
      query: ReportQuery,
      headers: { Accept: { description: offered.join(', '), example: 'application/json' } },
      responses: {
        200: {
          description: 'Rapporten / the report',
          schema: SupervisionReport,
          example: reportExample,
          otherTypes: ['text/html', 'application/pdf'],
        },
      },
      problems: [406],
    }),
    async (request, reply) => {
      const type = negotiate(request.headers.accept, offered)
      const log = await logOf(ledger, request.params.controller)
      const { language } = request.query
      const report = await supervisionReport(ledger, log, request.query)
      reply.header('vary', 'Accept')
      if (type === 'application/json') return reply.send(report)
      const title = reportTitle(report, language)
      const blocks = reportBlocks(report, language)
      reply.serializer((it) => it as string)
      if (type === 'text/html') {
        return reply
          .type('text/html; charset=utf-8')
          .send((await pageHtml({ title, language }, blocks)) as never)
      }
      const info = { title, language, author: report.controller, created: new Date(report.asOf) }
      const whole = [{ kind: 'heading', level: 1, text: title } as const, ...blocks]
      return reply.type('application/pdf').send(Readable.from(pdfOf(info, whole)) as never)
    },
  )
}
