import type { FastifyRequest } from 'fastify'
import { actorOf } from '../api/auth.ts'
import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import { controllerParams } from '../interactions/examples.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { logOf } from '../ledger/log-of.ts'
import { localDay } from '../platform/clock.ts'
import { outcomeOf } from './answer-for.ts'
import type { AccessFile } from './case-file.ts'
import { linkSubject, loadCase, openCase, stepCase, unlinkSubject } from './case-steps.ts'
import { caseExample, linkExample, openExample, packageExample, purposeExample } from './examples.ts'
import { compileCase, type Manifest } from './package.ts'
import {
  AccessCase,
  AccessPackage,
  AnswerCaseRequest,
  caseParams,
  LinkRequest,
  NoteRequest,
  OpenCaseRequest,
  UnlinkRequest,
} from './schemas.ts'
import { viewOf } from './view.ts'

const words = { tag: 'access', params: caseParams } as const
const write = { ...words, scope: 'access:write', problems: [409] } as const
const one = (description: string) => ({ description, schema: AccessCase, example: caseExample })

/** Cases under art. 15: opened, linked, answered, withdrawn. Every step is an event. */
export function caseRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  const view = (file: AccessFile) => viewOf(file, localDay(ledger.clock.now()))
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
        'Antecknar en begäran om registerutdrag. Sista dagen räknas från den dag den kom in. / Records a request for access. The last day is counted from the day it came in.',
      body: { schema: OpenCaseRequest, example: openExample },
      responses: {
        201: { ...one('Öppnat / opened'), headers: { Location: 'ärendet / the case' } },
      },
    }),
    async (request, reply) => {
      const log = await logOf(ledger, request.params.controller)
      const id = await openCase(ledger, log, who(request), request.body)
      reply.code(201).header('location', `${request.url}/${id}`)
      return view(await loadCase(ledger, log, id))
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
      return view(await loadCase(ledger, log, request.params.id))
    },
  )

  app.post(
    `${path}/:id/link`,
    operation({
      ...write,
      id: 'linkSubject',
      summary: 'Knyt ett konto till ärendet / link an account to the case',
      description:
        'Handläggarens beslut att kontot är den begärandes. Inget om den personen gallras så länge ärendet är öppet. / The officer’s decision that the account is theirs. Nothing of that person is disposed of while the case is open.',
      body: { schema: LinkRequest, example: linkExample },
      responses: { 200: one('Knutet / linked') },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return view(await linkSubject(ledger, log, who(request), request.params.id, request.body))
    },
  )

  app.post(
    `${path}/:id/unlink`,
    operation({
      ...write,
      id: 'unlinkSubject',
      summary: 'Ta tillbaka en knytning / take a link back',
      description: 'Kontot var inte deras; gallringsstoppet hävs. / It was not theirs; the hold is lifted.',
      body: { schema: UnlinkRequest, example: { subject: linkExample.subject } },
      responses: { 200: one('Borttagen / taken back') },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      return view(await unlinkSubject(ledger, log, who(request), request.params.id, request.body.subject))
    },
  )

  app.post(
    `${path}/:id/withdraw`,
    operation({
      ...write,
      id: 'withdrawAccessCase',
      summary: 'Begäran återkallas / the request is taken back',
      description: 'Ärendet stängs och gallringsstoppen hävs. / The case is closed and its holds are lifted.',
      body: { schema: NoteRequest, example: { note: 'Återkallad per telefon.' } },
      responses: { 200: one('Stängt / closed') },
    }),
    async (request) => {
      const log = await logOf(ledger, request.params.controller)
      const { id } = request.params
      return view(await stepCase(ledger, log, who(request), id, { type: 'Withdraw' }, request.body.note))
    },
  )

  app.post(
    `${path}/:id/answer`,
    operation({
      ...write,
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
      const log = await logOf(ledger, request.params.controller)
      const { id } = request.params
      const { purpose, decide, note, language } = request.body
      const actor = who(request)
      const before = await loadCase(ledger, log, id)
      const made = await compileCase(ledger, log, { actor, purpose }, id, language ?? before.language)
      const file = decide
        ? await stepCase(ledger, log, actor, id, { type: 'Answer', outcome: outcomeOf(made) }, note)
        : await loadCase(ledger, log, id)
      const { lookUp, answer, html, manifest } = made
      const { files, ...rest } = JSON.parse(manifest) as Manifest
      return { lookUp, case: view(file), answer, html, manifest: { ...rest, files: [...files] } }
    },
  )
}
