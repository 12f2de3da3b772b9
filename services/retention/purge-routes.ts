import type { FastifyRequest } from 'fastify'
import { actorOf } from '../api/auth.ts'
import { negotiate } from '../api/negotiate.ts'
import { operation } from '../api/operation.ts'
import { offsetOf, PageQuery } from '../api/paging.ts'
import type { Api } from '../api/types.ts'
import { listDeclarations } from '../declarations/queries.ts'
import { ControllerParams, pageExample } from '../declarations/schemas.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { certificateOf } from './certificate.ts'
import { certificateHtml } from './certificate-html.ts'
import { certificateText } from './certificate-text.ts'
import { answerOf } from './due-routes.ts'
import { certificateExample, previewExample, purgeExample, revokeExample } from './examples-api.ts'
import { abortPurge, approvePurge, defaultApprovalSize, orderPurge } from './order.ts'
import { previewOf } from './preview.ts'
import { listPurges, purgeState } from './purge-queries.ts'
import type { PurgeState } from './purge-state.ts'
import { pausePurge, resumePurge, revokePurge } from './purge-steps.ts'
import { purgeView } from './purge-view.ts'
import {
  DisposalCertificate,
  DuePreview,
  ItemParams,
  OrderPurge,
  Purge,
  PurgePage,
  RevokePurge,
} from './schemas.ts'

export type PurgeRouteDeps = {
  readonly ledger: Ledger
  readonly config?: { readonly approvalSize: number; readonly purgeWaitHours: number }
}

const path = '/controllers/:controller/purges'
const one = (description: string) => ({ description, schema: Purge, example: purgeExample })
const renderings = { 'text/html': certificateHtml, 'text/plain': certificateText } as const

/** Purges: ordered by one, approved by another, executed by neither but by the worker; proved by a certificate. */
export function purgeRoutes(app: Api, deps: PurgeRouteDeps): void {
  const { ledger } = deps
  const who = (request: FastifyRequest) => ({ name: actorOf(request).id })
  const view = (log: Log, state: PurgeState) =>
    reading(ledger, log, (tx) => purgeView(tx, log.controller, state))

  app.post(
    path,
    operation({
      id: 'orderPurge',
      tag: 'retention',
      scope: 'retention:execute',
      summary: 'Beordra en gallring / order a purge',
      description:
        'Allt som är gallringsbart i dag och inte under gallringsstopp. Över en inställd mängd väntar den på en annans godkännande; en tjänst verkställer den. Med `dryRun` förstörs och antecknas ingenting. / Everything due today that no hold keeps. Above a set size it waits for the approval of another; the worker executes it. With `dryRun` nothing is destroyed or recorded.',
      params: ControllerParams,
      body: { schema: OrderPurge, example: { dryRun: false } },
      responses: {
        200: {
          description: 'Vad som skulle gallras / what would be',
          schema: DuePreview,
          example: previewExample,
        },
        202: {
          ...one('Beordrad / ordered'),
          headers: { Location: 'var den följs / where to follow it' },
        },
      },
      problems: [409],
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const today = localDay(ledger.clock.now())
      const preview = await reading(ledger, log, (tx) => previewOf(tx, log.controller, today))
      if (request.body.dryRun) return answerOf(preview)
      if (preview.objects === preview.held) {
        throw new DomainError('state-conflict', `Nothing that may be destroyed is due on ${today}.`)
      }
      const size = deps.config?.approvalSize ?? defaultApprovalSize
      const wait = deps.config?.purgeWaitHours ?? 0
      const id = await orderPurge(ledger, log, who(request).name, today, size, wait)
      const state = await reading(ledger, log, (tx) => purgeState(tx, log.controller, id))
      reply.code(202).header('location', `${app.prefix}/controllers/${log.slug}/purges/${id}`)
      return view(log, state)
    },
  )

  app.get(
    path,
    operation({
      id: 'listPurges',
      tag: 'retention',
      scope: 'retention:read',
      summary: 'Gallringar / purges',
      description: 'Den senaste först. / The newest first.',
      params: ControllerParams,
      query: PageQuery,
      responses: {
        200: { description: 'En sida / a page', schema: PurgePage, example: pageExample(purgeExample) },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { limit, page } = request.query
      return reading(ledger, log, async (tx) => {
        const { items, total } = await listPurges(tx, log.controller, {
          limit,
          offset: offsetOf(request.query),
        })
        const views = []
        for (const it of items) views.push(await purgeView(tx, log.controller, it))
        return { items: views, total, page, limit }
      })
    },
  )

  app.get(
    `${path}/:id`,
    operation({
      id: 'readPurge',
      tag: 'retention',
      scope: 'retention:read',
      summary: 'En gallrings läge / the state of a purge',
      description: 'Läge, förlopp, vem och när. / Phase, progress, who and when.',
      params: ItemParams,
      responses: { 200: one('Läget / the state') },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { id } = request.params
      return view(log, await reading(ledger, log, (tx) => purgeState(tx, log.controller, id)))
    },
  )

  app.post(
    `${path}/:id/approve`,
    operation({
      id: 'approvePurge',
      tag: 'retention',
      scope: 'retention:approve',
      summary: 'Godkänn en gallring / approve a purge',
      description: 'Av en annan än den som beordrade den. / By another than who ordered it.',
      params: ItemParams,
      responses: { 200: one('Godkänd / approved') },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return view(log, await approvePurge(ledger, log, who(request), request.params.id))
    },
  )

  app.post(
    `${path}/:id/abort`,
    operation({
      id: 'abortPurge',
      tag: 'retention',
      scope: 'retention:execute',
      summary: 'Avbryt en gallring / call a purge off',
      description:
        'Inget mer pekas ut. Det som redan är utpekat förstörs. / Nothing more is condemned. What is condemned already is destroyed.',
      params: ItemParams,
      responses: { 200: one('Avbruten / called off') },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return view(log, await abortPurge(ledger, log, who(request), request.params.id))
    },
  )

  app.post(
    `${path}/:id/pause`,
    operation({
      id: 'pausePurge',
      tag: 'retention',
      scope: 'retention:execute',
      summary: 'Pausa en gallring / pause a purge',
      description:
        'Det som är påbörjat avslutas, sedan pekas inget mer ut och förstörs inget mer. / What is under way is finished, then nothing more is condemned or destroyed.',
      params: ItemParams,
      responses: { 200: one('Pausad / paused') },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return view(log, await pausePurge(ledger, log, who(request), request.params.id))
    },
  )

  app.post(
    `${path}/:id/resume`,
    operation({
      id: 'resumePurge',
      tag: 'retention',
      scope: 'retention:execute',
      summary: 'Återuppta en gallring / resume a purge',
      description: 'Den fortsätter där den stod. / It goes on from where it stood.',
      params: ItemParams,
      responses: { 200: one('Återupptagen / resumed') },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return view(log, await resumePurge(ledger, log, who(request), request.params.id))
    },
  )

  app.post(
    `${path}/:id/revoke`,
    operation({
      id: 'revokePurge',
      tag: 'retention',
      scope: 'retention:execute',
      summary: 'Återkalla en gallring / revoke a purge',
      description:
        'Under väntetiden, genom ett beslut som antecknas: allt utpekat återlämnas. När verkställigheten har börjat finns ingen återvändo. / In its waiting period, by a decision that is recorded: all that is condemned is given back. Once the execution has begun there is no undo.',
      params: ItemParams,
      body: { schema: RevokePurge, example: revokeExample },
      responses: { 200: one('Återkallad / revoked') },
      problems: [409],
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { decision } = request.body
      return view(log, await revokePurge(ledger, log, who(request), request.params.id, decision))
    },
  )

  app.get(
    `${path}/:id/certificate`,
    operation({
      id: 'readDisposalCertificate',
      tag: 'retention',
      scope: 'retention:read',
      summary: 'Gallringsbevis / certificate of disposal',
      description:
        'Beslut, regler, antal, positionernas kontrollsumma, vem och när; inget innehåll. JSON, HTML eller text efter Accept. / Decision, rules, counts, digest of positions, who and when; no content. JSON, HTML or text by Accept.',
      params: ItemParams,
      headers: {
        Accept: { description: 'application/json, text/html, text/plain', example: 'application/json' },
      },
      responses: {
        200: {
          description: 'Beviset / the certificate',
          schema: DisposalCertificate,
          example: certificateExample,
          otherTypes: Object.keys(renderings),
        },
      },
      problems: [406],
    }),
    async (request, reply) => {
      const type = negotiate(request.headers.accept, ['application/json', 'text/html', 'text/plain'])
      const log = await logOf(ledger, request.params.controller)
      const certificate = await certificateOf(ledger, log, request.params.id)
      reply.header('vary', 'Accept')
      if (type === 'application/json') return reply.send(certificate as never)
      const { items } = await reading(ledger, log, (tx) => listDeclarations(tx, log.controller, 'channel'))
      const names = new Map(items.map((item) => [item.id, String(item.document['name'] ?? item.id)]))
      return reply
        .type(`${type}; charset=utf-8`)
        .serializer(String)
        .send(renderings[type](certificate, (id) => names.get(id) ?? id) as never)
    },
  )
}
