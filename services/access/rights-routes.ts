import { operation } from '../api/operation.ts'
import type { Api } from '../api/types.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { localDay } from '../platform/clock.ts'
import { admit } from './admit-routes.ts'
import { caseExample } from './examples.ts'
import { portabilityOf } from './portability.ts'
import { noteTelling, recipientsToTell } from './recipients.ts'
import { appendStatement, liftRestriction, restrict, restrictionsOf, tellOfLifting } from './rights.ts'
import type { Restriction } from './rights-queries.ts'
import { AccessCase } from './schemas-case.ts'
import { caseParams } from './schemas-fields.ts'
import {
  PortabilityAnswer,
  PurposeRequest,
  RecipientsAnswer,
  RestrictionList,
  RestrictionParams,
  RestrictRequest,
  StatementRequest,
  TellingRequest,
  TellRequest,
} from './schemas-rights.ts'
import { viewOf } from './view.ts'

const words = { tag: 'access', params: caseParams, problems: [409] } as const
const write = { ...words, scope: 'access:write' } as const
const hold = '0198c5a0-0000-7000-8000-000000000031'
const listExample = {
  items: [
    { hold, kind: 'subject' as const, target: 'c1f7a8de-0000-4000-8000-000000000017', ground: 'accuracy' },
  ],
}
const list = (description: string) => ({ description, schema: RestrictionList, example: listExample })
const one = (description: string) => ({ description, schema: AccessCase, example: caseExample })
const shown = (items: readonly Restriction[]) => ({ items: items.map((it) => ({ ...it })) })

/** Rectification, restriction, portability and whom to tell: arts. 16, 18, 19 and 20. */
export function rightsRoutes(app: Api, { ledger }: { readonly ledger: Ledger }): void {
  const path = '/controllers/:controller/access-cases/:id'

  app.post(
    `${path}/statements`,
    operation({
      ...write,
      id: 'appendStatement',
      summary: 'Rätta genom ett påpekande / rectify by a statement',
      description:
        'Originalet står kvar som det skrevs; påpekandet visas bredvid det överallt. / The original stands as it was written; the statement is shown beside it everywhere (art. 16).',
      body: {
        schema: StatementRequest,
        example: { record: '0198c5a0-0000-7000-8000-000000000017', text: 'Jag har aldrig bott där.' },
      },
      responses: { 200: one('Tillagt / appended') },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      const file = await appendStatement(ledger, log, actor, id, request.body)
      return viewOf(file, localDay(ledger.clock.now()))
    },
  )

  app.post(
    `${path}/restrictions`,
    operation({
      ...write,
      id: 'restrictProcessing',
      summary: 'Begränsa behandlingen / restrict processing',
      description:
        'En person eller ett objekt lagras men visas ingenstans förrän begränsningen hävs. / A person or an object is stored and shown nowhere until the restriction is lifted (art. 18).',
      body: {
        schema: RestrictRequest,
        example: { kind: 'subject', target: 'c1f7a8de-0000-4000-8000-000000000017', ground: 'accuracy' },
      },
      responses: { 200: list('Begränsningarna / the restrictions') },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      return shown(await restrict(ledger, log, actor, id, request.body))
    },
  )

  app.get(
    `${path}/restrictions`,
    operation({
      tag: 'access',
      params: caseParams,
      scope: 'access:read',
      id: 'listRestrictions',
      summary: 'Ärendets begränsningar / the restrictions of a case',
      description: 'Också hävda. / Lifted ones too.',
      responses: { 200: list('Begränsningarna / the restrictions') },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log } = await admit(ledger, request, controller, id)
      return shown(await restrictionsOf(ledger, log, id))
    },
  )

  app.post(
    `${path}/restrictions/:hold/told`,
    operation({
      ...write,
      params: RestrictionParams,
      id: 'tellOfLifting',
      summary: 'Personen är underrättad före hävandet / the person has been told before it is lifted',
      description: 'Artikel 18.3: hur, förseglat. / Article 18.3: how, sealed.',
      body: { schema: TellRequest, example: { note: 'Brev den 5 mars.' } },
      responses: { 200: list('Begränsningarna / the restrictions') },
    }),
    async (request) => {
      const { controller, id, hold: it } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      return shown(await tellOfLifting(ledger, log, actor, id, it, request.body.note))
    },
  )

  app.post(
    `${path}/restrictions/:hold/lift`,
    operation({
      ...write,
      params: RestrictionParams,
      id: 'liftRestriction',
      summary: 'Häv begränsningen / lift the restriction',
      description: 'Först när personen är underrättad. / Only when the person has been told.',
      responses: { 200: list('Begränsningarna / the restrictions') },
    }),
    async (request) => {
      const { controller, id, hold: it } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      return shown(await liftRestriction(ledger, log, actor, id, it))
    },
  )

  app.post(
    `${path}/recipients`,
    operation({
      ...write,
      id: 'listRecipientsToTell',
      summary: 'Mottagare att underrätta, med brev / recipients to tell, with letters',
      description:
        'Alla som fått uppgifter om personen, med brevet till var och en (artikel 19). / Everybody who was handed records of the person, with the letter to each.',
      body: { schema: PurposeRequest, example: { purpose: 'Underrättelse enligt artikel 19' } },
      responses: {
        200: {
          description: 'Mottagarna / the recipients',
          schema: RecipientsAnswer,
          example: {
            lookUp: '33',
            recipients: [
              {
                disclosure: '0198c5a0-0000-7000-8000-000000000041',
                organisation: 'Exempelmyndigheten',
                disclosedOn: '2026-01-15',
                objects: 2,
                letter: 'Till Exempelmyndigheten …',
              },
            ],
          },
        },
      },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      const { lookUp, recipients } = await recipientsToTell(ledger, log, { ...request.body, actor }, id)
      return {
        lookUp,
        recipients: recipients.map(({ disclosure, ...it }) => ({
          ...it,
          disclosure: disclosure.id,
          disclosedOn: disclosure.disclosedOn,
          ...(disclosure.recipient.organisation && { organisation: disclosure.recipient.organisation }),
        })),
      }
    },
  )

  app.post(
    `${path}/recipients/told`,
    operation({
      ...write,
      id: 'noteRecipientTold',
      summary: 'Mottagaren är underrättad, eller varför inte / the recipient was told, or why not',
      description: 'Artikel 19. / Article 19.',
      body: {
        schema: TellingRequest,
        example: { disclosure: '0198c5a0-0000-7000-8000-000000000041', outcome: 'told' },
      },
      responses: { 200: one('Antecknat / recorded') },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      const { note, ...told } = request.body
      return viewOf(await noteTelling(ledger, log, actor, id, told, note), localDay(ledger.clock.now()))
    },
  )

  app.post(
    `${path}/portability`,
    operation({
      ...write,
      id: 'portableData',
      summary: 'Dataportabilitet / portability',
      description:
        'Vad personen själv lämnat med samtycke eller avtal som grund, maskinläsbart; annars varför inte (artikel 20). / What the person provided under consent or contract, machine-readable; else why not.',
      body: { schema: PurposeRequest, example: { purpose: 'Begäran om dataportabilitet' } },
      responses: {
        200: {
          description: 'Uppgifterna, eller varför inte / the data, or why not',
          schema: PortabilityAnswer,
          example: {
            lookUp: '34',
            applies: false,
            activities: [
              {
                id: '0198c5a0-0000-7000-8000-000000000051',
                name: 'Kommunikation på sociala medier',
                legalBasis: ['publicTask'],
                portable: false,
              },
            ],
            records: [],
          },
        },
      },
    }),
    async (request) => {
      const { controller, id } = request.params
      const { log, actor } = await admit(ledger, request, controller, id)
      const found = await portabilityOf(ledger, log, { ...request.body, actor }, id)
      return {
        ...found,
        activities: found.activities.map((it) => ({ ...it, legalBasis: [...it.legalBasis] })),
        records: found.records.map((it) => ({ ...it, content: { ...it.content } })),
      }
    },
  )
}
