import { z } from 'zod'
import { Day, text } from '../events/vocabulary.ts'
import { Identifier } from './identifiers.ts'

const caseId = z
  .uuid()
  .meta({ description: 'Ärendets id / id of the case', example: '0198c5a0-0000-7000-8000-000000000030' })
const subject = z.uuid().meta({
  description: 'Den registrerades id i loggen / id of the data subject in the log',
  example: 'c1f7a8de-0000-4000-8000-000000000017',
})
const position = z
  .string()
  .meta({ description: 'Plats i loggen, som text / position in the log, as text', example: '24' })
const purpose = text(2000).meta({
  description: 'Ändamålet med uppslaget, förseglas / why it is looked up; kept sealed',
  example: 'Begäran om registerutdrag, dnr KS 2026/117',
})
const note = text(5000).optional().meta({
  description: 'Skälen i ord, förseglas / the reasons in words; kept sealed',
  example: 'Koden lästes upp från kontot.',
})
const language = z
  .enum(['sv', 'en'])
  .meta({ description: 'Svarets språk / language of the answer', example: 'sv' })
const identifiers = z
  .array(Identifier)
  .min(1)
  .max(50)
  .meta({ description: 'Vad personen är känd under / what the person is known by' })

export const caseParams = z.strictObject({
  controller: z
    .string()
    .meta({ description: 'Den personuppgiftsansvariga / the controller', example: 'kommunstyrelsen' }),
  id: caseId,
})

export const FindRequest = z.strictObject({ identifiers, purpose }).meta({ id: 'FindPersonRequest' })

const Candidate = z
  .strictObject({
    subject,
    match: z.enum(['exact', 'proposed']).meta({ example: 'exact' }),
    confidence: z.number().min(0).max(1).meta({
      description: 'Hjälp att sortera, aldrig grund att knyta / a help to order by, never a ground to link',
      example: 1,
    }),
    reasons: z
      .array(z.enum(['platformId', 'handle', 'email', 'url', 'name']))
      .meta({ description: 'Vad som stämmer / what agrees', example: ['platformId'] }),
    records: z.int().meta({ description: 'Antal anteckningar / how many records', example: 17 }),
    firstOn: Day.optional(),
    lastOn: Day.optional(),
    channels: z.array(z.uuid()).meta({ description: 'Kanaler / channels' }),
    erased: z.boolean().meta({ description: 'Raderad / erased', example: false }),
  })
  .meta({
    id: 'PersonCandidate',
    description: 'Någon som kan avses; inga namn / somebody who may be meant; no names',
  })

export const FindAnswer = z
  .strictObject({ lookUp: position, candidates: z.array(Candidate) })
  .meta({ id: 'FindPersonAnswer' })

const arrival = z
  .enum(['email', 'letter', 'counter', 'telephone', 'form', 'platform', 'other'])
  .meta({ description: 'Hur begäran kom in / how the request came in', example: 'email' })
const assurance = z.enum(['code', 'eid', 'judgement']).meta({
  description:
    'Hur det är styrkt att kontot är personens; meddelanden lämnas ut bara vid code och eid / how it is assured that the account is theirs; messages are released for code and eid only',
  example: 'code',
})

export const OpenCaseRequest = z
  .strictObject({
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
      })
      .optional()
      .meta({ description: 'Vad den som begär har uppgett, förseglas / what was stated; kept sealed' }),
  })
  .meta({ id: 'OpenAccessCaseRequest' })

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
    }),
    links: z.array(z.strictObject({ subject, assurance, hold: z.uuid() })).meta({
      description: 'Knutna konton; var och en hålls från gallring / linked accounts, each held from disposal',
    }),
    fixedAt: position.optional().meta({
      description:
        'Svaret omfattar allt före denna plats / the answer covers everything before this position',
    }),
    closedOn: Day.optional(),
    outcome: z.enum(['whole', 'part']).optional(),
  })
  .meta({ id: 'AccessCase' })
export type AccessCase = z.infer<typeof AccessCase>

export const LinkRequest = z.strictObject({ subject, assurance, note }).meta({ id: 'LinkSubjectRequest' })
export const UnlinkRequest = z.strictObject({ subject }).meta({ id: 'UnlinkSubjectRequest' })
export const NoteRequest = z.strictObject({ note }).meta({ id: 'CaseNoteRequest' })

export const AnswerCaseRequest = z
  .strictObject({
    purpose,
    language: language.optional(),
    decide: z.boolean().default(false).meta({
      description:
        'true: beslutet fattas, ärendet stängs och gallringsstoppen hävs; false: förhandsgranskning / true: it is decided, the case is closed and its holds are lifted; false: a preview',
      example: false,
    }),
    note,
  })
  .meta({ id: 'AnswerAccessCaseRequest' })

export const AccessPackage = z
  .strictObject({
    lookUp: position,
    case: AccessCase,
    answer: z.record(z.string(), z.unknown()).meta({
      description: 'Svaret, liggare/access-answer/v1 / the answer',
    }),
    html: z.string().meta({ description: 'Svaret att läsa / the answer to read' }),
    manifest: z.strictObject({
      format: z.string(),
      case: caseId,
      language,
      position,
      files: z.array(
        z.strictObject({
          name: z.string().meta({ example: 'answer.html' }),
          bytes: z.int(),
          digest: z.string().meta({ description: 'SHA-256', example: `sha256:${'0'.repeat(64)}` }),
        }),
      ),
    }),
  })
  .meta({ id: 'AccessAnswerPackage', description: 'Svaret i sina format / the answer in its formats' })
