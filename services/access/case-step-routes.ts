import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { localDay } from '../platform/clock.ts'
import { admit } from './admit-routes.ts'
import type { AccessFile } from './case-file.ts'
import { groupCase, linkSubject, rejectSubject, ungroupCase, unlinkSubject } from './case-links.ts'
import { stepCase } from './case-steps.ts'
import { commandOf } from './case-steps-of.ts'
import { caseExample, linkExample } from './examples.ts'
import { reviewRecord } from './review.ts'
import {
  AccessCase,
  CaseStep,
  GroupRequest,
  LinkRequest,
  ReviewRequest,
  SubjectRequest,
} from './schemas-case.ts'
import { caseParams } from './schemas-fields.ts'
import { viewOf } from './view.ts'

const write = { tag: 'access', params: caseParams, scope: 'access:write', problems: [409] } as const
const one = (description: string) => ({ description, schema: AccessCase, example: caseExample })

/** What moves a case: its steps, the accounts linked to it or rejected, cases grouped. Every one is an event. */
export function caseStepRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  const view = (file: AccessFile) => viewOf(file, localDay(ledger.clock.now()))
  const path = '/controllers/:controller/access-cases/:id'

  app.post(
    `${path}/steps`,
    operation({
      ...write,
      id: 'stepAccessCase',
      summary: 'Ett steg i ärendet / one step of the case',
      description:
        'Identitet eller precisering begärd och besvarad, behörighet, skyddade uppgifter, förlängning, granskning, avslag, återkallelse, överklagande. Vem, när och varför antecknas; skälen förseglas. / Identity or clarification asked and answered, authority, protection, extension, review, refusal, withdrawal, appeal. Who, when and why is recorded; the reasons are sealed.',
      body: {
        schema: CaseStep,
        example: { step: 'noteIdentity', proof: 'electronicId', note: 'Inloggad i e-tjänsten.' },
      },
      responses: { 200: one('Ärendet därefter / the case after it') },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log, file, actor } = await admit(ledger, request, controller, id)
      const command = commandOf(request.body, file.state.right)
      return view(await stepCase(ledger, log, actor, id, command, request.body.note))
    },
  )

  app.post(
    `${path}/review`,
    operation({
      ...write,
      id: 'reviewRecord',
      summary: 'Vad som går in i svaret / what goes into the answer',
      description:
        'Ta med, utelämna med grund, stryk en del av texten med grund, anmärk, eller ta tillbaka. Svaret sammanställs därefter på nytt. / Include, exclude with a ground, take out a span with a ground, note, or take it back. The answer is compiled anew after it.',
      body: {
        schema: ReviewRequest,
        example: {
          record: '0198c5a0-0000-7000-8000-000000000017',
          decision: 'exclude',
          ground: 'rightsOfOthers',
        },
      },
      responses: { 200: one('Antecknat / recorded') },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      const { note, ...wish } = request.body
      return view(await reviewRecord(ledger, log, actor, id, wish, note))
    },
  )

  app.post(
    `${path}/link`,
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
      const { controller, id } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      return view(await linkSubject(ledger, log, actor, id, request.body))
    },
  )

  app.post(
    `${path}/reject`,
    operation({
      ...write,
      id: 'rejectSubject',
      summary: 'Kontot är någon annans / the account is somebody else’s',
      description:
        'Handläggarens beslut om en föreslagen person; en knytning tas tillbaka med det. / The officer’s decision on a proposed person; a link is taken back with it.',
      body: {
        schema: SubjectRequest,
        example: { subject: linkExample.subject, note: 'Samma namn, annan ort.' },
      },
      responses: { 200: one('Antecknat / recorded') },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      return view(await rejectSubject(ledger, log, actor, id, request.body))
    },
  )

  app.post(
    `${path}/unlink`,
    operation({
      ...write,
      id: 'unlinkSubject',
      summary: 'Ta tillbaka en knytning eller ett avvisande / take a link or a rejection back',
      description:
        'Om kontot är deras är åter öppet; gallringsstoppet hävs. / Whether it is theirs is open again; the hold is lifted.',
      body: { schema: SubjectRequest, example: { subject: linkExample.subject } },
      responses: { 200: one('Borttagen / taken back') },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      const { subject, note } = request.body
      return view(await unlinkSubject(ledger, log, actor, id, subject, note))
    },
  )

  app.post(
    `${path}/group`,
    operation({
      ...write,
      id: 'groupAccessCase',
      summary: 'Samma begäran kom två gånger / the same was asked twice',
      description:
        'Det andra ärendets svar besvarar också detta. / The answer of the other case answers this one too.',
      body: { schema: GroupRequest, example: { with: '0198c5a0-0000-7000-8000-000000000029' } },
      responses: { 200: one('Antecknat / recorded') },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      const { with: lead, note } = request.body
      if (lead === null) return view(await ungroupCase(ledger, log, actor, id, note))
      await admit(ledger, request, controller, lead)
      return view(await groupCase(ledger, log, actor, id, lead, note))
    },
  )
}
