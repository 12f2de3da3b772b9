import { z } from 'zod'
import { Day, text } from '../events/vocabulary.ts'
import { reviewGrounds } from './review-rules.ts'
import { caseId, identifiers, language, note, position, subject } from './schemas-fields.ts'

const arrival = z
  .enum(['email', 'letter', 'counter', 'telephone', 'form', 'platform', 'other'])
  .meta({ description: 'Hur begäran kom in / how the request came in', example: 'email' })
const assurance = z.enum(['code', 'eid', 'judgement']).meta({
  description:
    'Hur det är styrkt att kontot är personens; meddelanden lämnas ut bara vid code och eid / how it is assured that the account is theirs; messages are released for code and eid only',
  example: 'code',
})

const right = z
  .enum(['access', 'rectification', 'erasure', 'restriction', 'portability', 'objection'])
  .meta({ description: 'Vilken rättighet (art. 15–18, 20, 21) / which right', example: 'access' })
const actingFor = z.enum(['self', 'guardian', 'representative']).meta({
  description: 'I vems namn: sitt eget, som vårdnadshavare, som ombud / in whose name somebody asks',
  example: 'self',
})

export const OpenCaseRequest = z
  .strictObject({
    right: right.default('access'),
    actingFor: actingFor.default('self'),
    minor: z
      .boolean()
      .default(false)
      .meta({ description: 'Den registrerade är ett barn / the data subject is a child', example: false }),
    protected: z.boolean().default(false).meta({
      description:
        'Skyddade personuppgifter: bara den med access:protected handlägger / protected identity: only for officers with access:protected',
      example: false,
    }),
    arrivedOn: Day.meta({
      description: 'Dagen den nådde nämnden, läst eller ej / the day it reached the controller, read or not',
      example: '2026-03-05',
    }),
    foundAtFirstEmptying: z.boolean().optional().meta({
      description: 'Papper vid dagens första tömning / paper found at the day’s first emptying',
      example: false,
    }),
    arrival,
    language: language.default('sv'),
    reviewRequired: z.boolean().default(false).meta({
      description: 'Om en andra person ska granska / whether a second person is to review',
      example: false,
    }),
    requester: z
      .strictObject({
        name: text(512).optional(),
        address: text(2000).optional(),
        reference: text(200).optional().meta({ example: 'KS 2026/117' }),
        identifiers: identifiers.optional(),
        text: text(20_000).optional(),
        representative: z
          .strictObject({ name: text(512).optional(), address: text(2000).optional() })
          .optional()
          .meta({ description: 'Den som begär för en annan / whoever asks for another' }),
      })
      .optional()
      .meta({ description: 'Vad den som begär har uppgett, förseglas / what was stated; kept sealed' }),
  })
  .meta({ id: 'OpenAccessCaseRequest' })

const IdentityProof = z
  .enum(['electronicId', 'codeFromAccount', 'inPerson', 'knownToAuthority', 'notEstablished'])
  .meta({
    description: 'Hur det kontrollerats vem som begär; aldrig handlingen / how it was made sure who asks',
    example: 'electronicId',
  })
const AuthorityProof = z
  .enum(['writtenAuthority', 'guardianship', 'appointment', 'notShown'])
  .meta({ description: 'Behörighet att företräda / authority to act', example: 'writtenAuthority' })
const RefusalGround = z
  .enum([
    'manifestlyUnfounded',
    'excessive',
    'notIdentified',
    'preservationDuty',
    'freedomOfExpression',
    'archiving',
    'legalClaims',
    'publicTask',
    'compellingGrounds',
    'secrecy',
  ])
  .meta({ description: 'Skäl till avslag / ground of refusal', example: 'notIdentified' })

const plainStep = z
  .strictObject({
    step: z.enum([
      'start',
      'protect',
      'askIdentity',
      'askClarification',
      'noteClarification',
      'submit',
      'return',
      'withdraw',
    ]),
    note,
  })
  .meta({ example: { step: 'askIdentity' } })

export const CaseStep = z
  .discriminatedUnion('step', [
    plainStep,
    z.strictObject({ step: z.literal('noteIdentity'), proof: IdentityProof, note }),
    z.strictObject({ step: z.literal('noteAuthority'), authority: AuthorityProof, note }),
    z.strictObject({
      step: z.literal('extend'),
      reason: z.enum(['complexity', 'numberOfRequests']).meta({
        description: 'Art. 12.3 tillåter bara dessa / art. 12.3 allows only these',
        example: 'complexity',
      }),
      note: text(5000).meta({ description: 'Skälen i ord, förseglas / the reasons; kept sealed' }),
    }),
    z.strictObject({ step: z.literal('refuse'), ground: RefusalGround, note }),
    z.strictObject({
      step: z.literal('answer'),
      outcome: z.enum(['whole', 'part']).meta({ example: 'whole' }),
      note,
    }),
    z.strictObject({
      step: z.literal('appeal'),
      cameInOn: Day.optional().meta({ description: 'Dagen den kom in / the day it came in' }),
      servedOn: Day.optional().meta({ description: 'Dagen beslutet delgavs / when it was served' }),
      note,
    }),
  ])
  .meta({
    id: 'CaseStep',
    description:
      'Ett steg i ett ärende; answer bara för andra rättigheter än art. 15 / one step of a case; answer only for rights other than art. 15',
  })
export type CaseStep = z.infer<typeof CaseStep>

const LastDay = z.strictObject({ nominal: Day, day: Day, withEves: Day }).meta({
  id: 'DeadlineDay',
  description:
    'Sista dagen enligt förordning 1182/71, och om även aftnar räknas / the last day under Regulation 1182/71, and with eves counted',
})

export const AccessCase = z
  .strictObject({
    id: caseId,
    status: z
      .enum([
        'received',
        'identityRequired',
        'clarificationRequired',
        'inProgress',
        'extended',
        'review',
        'answered',
        'refused',
        'withdrawn',
      ])
      .meta({ example: 'received' }),
    version: z.int().meta({ example: 1 }),
    right,
    actingFor,
    minor: z.boolean().meta({ example: false }),
    protected: z.boolean().meta({
      description: 'Visas bara den som får handlägga det / shown only to whoever may handle it',
      example: false,
    }),
    receivedOn: Day,
    arrival,
    language,
    reviewRequired: z.boolean(),
    deadline: z.strictObject({
      unpaused: LastDay,
      paused: LastDay.optional(),
      standsStill: z.boolean().meta({ example: false }),
      daysLeft: z.int().meta({ description: 'Till den tidigare dagen / to the earlier day', example: 26 }),
      overdue: z.boolean().meta({ example: false }),
      refusalBy: LastDay.meta({
        description:
          'Sista dagen för avslag och för besked om förlängning / the last day of a refusal and to tell of an extension',
      }),
    }),
    extendedOn: Day.optional(),
    identity: IdentityProof.optional(),
    authority: AuthorityProof.optional(),
    groupedWith: caseId
      .optional()
      .meta({ description: 'Besvaras med det ärendet / answered with that case' }),
    rejected: z.array(subject).meta({ description: 'Inte den begärandes / somebody else’s accounts' }),
    reminded: z
      .array(z.strictObject({ type: z.enum(['reminded', 'overdue']), lastDay: Day }))
      .meta({ description: 'Vad som påmints om / what has been reminded of' }),
    links: z.array(z.strictObject({ subject, assurance, hold: z.uuid() })).meta({
      description: 'Knutna konton; var och en hålls från gallring / linked accounts, each held from disposal',
    }),
    fixedAt: position.optional().meta({
      description:
        'Svaret omfattar allt före denna plats / the answer covers everything before this position',
    }),
    closedOn: Day.optional(),
    outcome: z.enum(['whole', 'part']).optional(),
    refusedFor: RefusalGround.optional(),
    appealedOn: Day.optional(),
    appealInTime: z.boolean().optional(),
  })
  .meta({ id: 'AccessCase' })
export type AccessCase = z.infer<typeof AccessCase>

export const LinkRequest = z.strictObject({ subject, assurance, note }).meta({ id: 'LinkSubjectRequest' })
export const SubjectRequest = z.strictObject({ subject, note }).meta({ id: 'CaseSubjectRequest' })
export const GroupRequest = z
  .strictObject({
    with: caseId.nullable().meta({
      description:
        'Ärendet som begär detsamma; null: inte längre / the case that asks the same; null: no longer',
    }),
    note,
  })
  .meta({ id: 'GroupCaseRequest' })

const reviewGround = z.enum(reviewGrounds).meta({
  description:
    'Andras rättigheter (15.4), sekretess, utkast, rör inte personen / rights of others, secrecy, a draft, does not concern the person',
  example: 'rightsOfOthers',
})
const record = z.uuid().toLowerCase().meta({
  description: 'Anteckningens id i svaret / id of the record in the answer',
  example: '0198c5a0-0000-7000-8000-000000000017',
})
const provision = text(200).optional().meta({ description: 'Bestämmelse', example: 'OSL 21 kap. 7 §' })
const offset = z.int().min(0).max(1_000_000)

export const ReviewRequest = z
  .discriminatedUnion('decision', [
    z.strictObject({ record, decision: z.enum(['include', 'clear']), note }),
    z.strictObject({ record, decision: z.literal('exclude'), ground: reviewGround, provision, note }),
    z.strictObject({
      record,
      decision: z.literal('redact'),
      ground: reviewGround,
      provision,
      member: z.enum(['title', 'text']).meta({ example: 'text' }),
      from: offset.meta({ description: 'Första tecknet (UTF-16) / first code unit', example: 17 }),
      to: offset.meta({ description: 'Efter det sista / after the last', example: 23 }),
      note,
    }),
    z.strictObject({
      record,
      decision: z.literal('note'),
      note: text(5000).meta({ description: 'Står i svaret / stands in the answer' }),
    }),
  ])
  .meta({ id: 'ReviewRecordRequest' })

export const CaseQuery = z.strictObject({
  status: z
    .enum(['open', 'all'])
    .default('open')
    .meta({ description: 'Öppna eller alla / open or all', example: 'open' }),
  after: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .meta({ description: 'next från sidan före / next of the page before', example: '1017' }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(500)
    .default(20)
    .meta({ description: 'Hur många som gås igenom / how many are looked through', example: 20 }),
})
export const CaseList = z
  .strictObject({ items: z.array(AccessCase), next: position.optional() })
  .meta({ id: 'AccessCaseList', description: 'En sida kan vara kortare än limit / a page may be short' })
