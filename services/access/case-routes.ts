import type { FastifyRequest } from 'fastify'
import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { controllerParams } from '../interactions/examples.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { localDay } from '../platform/clock.ts'
import { admit, mayHandleProtected } from './admit-routes.ts'
import { outcomeOf } from './answer-for.ts'
import type { AccessFile } from './case-file.ts'
import { caseStepRoutes } from './case-step-routes.ts'
import { listCases, loadCase, openCase, stepCase } from './case-steps.ts'
import { caseExample, openExample, packageExample, purposeExample } from './examples.ts'
import { handOutRoutes } from './hand-out-routes.ts'
import { answerHtml } from './html.ts'
import { compileCase } from './package.ts'
import { AccessPackage, AnswerCaseRequest } from './schemas.ts'
import { AccessCase, CaseList, CaseQuery, OpenCaseRequest } from './schemas-case.ts'
import { caseParams } from './schemas-fields.ts'
import { searchRoutes } from './search-routes.ts'
import { isOpen } from './states.ts'
import { viewOf } from './view.ts'
import { volumesOf } from './volumes.ts'

const words = { tag: 'access', params: caseParams } as const
const one = (description: string) => ({ description, schema: AccessCase, example: caseExample })

/** Cases under arts. 15–21: opened, listed, read, answered. Every step is an event. */
export function caseRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  const view = (file: AccessFile, whole = true) => viewOf(file, localDay(ledger.clock.now()), whole)
  const who = (request: FastifyRequest) => ({ name: actorOf(request).id })
  const path = '/controllers/:controller/access-cases'

  app.post(
    path,
    operation({
      tag: 'access',
      scope: 'access:write',
      params: controllerParams,
      id: 'openAccessCase',
      summary: 'Öppna ett ärende / open a case',
      description:
        'Antecknar en begäran enligt art. 15–21. Sista dagen räknas från den dag den kom in. / Records a request under arts. 15–21. The last day is counted from the day it came in.',
      body: { schema: OpenCaseRequest, example: openExample },
      responses: {
        201: { ...one('Öppnat / opened'), headers: { Location: 'ärendet / the case' } },
      },
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const id = await openCase(ledger, log, who(request), request.body)
      reply.code(201).header('location', `${request.url}/${id}`)
      return view(await loadCase(ledger, log, id), mayHandleProtected(request))
    },
  )

  app.get(
    `${path}/:id`,
    operation({
      ...words,
      scope: 'access:read',
      id: 'getAccessCase',
      summary: 'Ett ärende / a case',
      description: 'Läge, sista dag, knutna konton. Inga namn. / State, last day, linked accounts. No names.',
      responses: { 200: one('Ärendet / the case') },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return view(await loadCase(ledger, log, request.params.id), mayHandleProtected(request))
    },
  )

  app.get(
    path,
    operation({
      tag: 'access',
      scope: 'access:read',
      params: controllerParams,
      query: CaseQuery,
      id: 'listAccessCases',
      summary: 'Ärenden med sista dag / cases with their last day',
      description:
        'I den ordning de kom in. Båda sista dagarna visas. / In the order in which they came in, with both last days.',
      responses: {
        200: { description: 'Ärenden / cases', schema: CaseList, example: { items: [caseExample] } },
      },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { status, after, limit } = request.query
      const { items, next } = await listCases(ledger, log, { after, limit })
      const wanted = items.filter(({ state }) => status === 'all' || isOpen(state))
      const whole = mayHandleProtected(request)
      return { items: wanted.map((file) => view(file, whole)), ...(next === undefined ? {} : { next }) }
    },
  )

  app.post(
    `${path}/:id/answer`,
    operation({
      ...words,
      scope: 'access:write',
      problems: [409],
      id: 'answerAccessCase',
      summary: 'Sammanställ eller lämna svaret / compile or give the answer',
      description:
        'Svaret fixeras vid loggens läge första gången och är sedan detsamma till varje byte. Uppslaget antecknas innan något lämnas ut. / The answer is fixed to the log as it is the first time, and from then on the same to the byte. The look-up is recorded before anything is handed out.',
      body: {
        schema: AnswerCaseRequest,
        example: { purpose: purposeExample, language: 'sv', decide: false },
      },
      responses: {
        200: { description: 'Svaret / the answer', schema: AccessPackage, example: packageExample },
      },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log, file: before, actor } = await admit(ledger, request, controller, id)
      const { purpose, decide, note, language } = request.body
      const made = await compileCase(ledger, log, { actor, purpose }, id, language ?? before.language)
      const file = decide
        ? await stepCase(ledger, log, actor, id, { type: 'Answer', outcome: outcomeOf(made) }, note)
        : await loadCase(ledger, log, id)
      const { lookUp, answer } = made
      const html = volumesOf(answer)
        .slice(0, 1)
        .map((volume) => answerHtml(answer, volume))
        .join('')
      return { lookUp, case: view(file), answer, html }
    },
  )
  caseStepRoutes(app, { ledger })
  handOutRoutes(app, { ledger })
  searchRoutes(app, { ledger })
}
