import { z } from 'zod'
import { Day, text } from '../events/vocabulary.ts'
import { AccessCase } from './schemas-case.ts'
import { caseId, identifiers, language, note, position, purpose, subject } from './schemas-fields.ts'

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
      .array(
        z.enum([
          'platformId',
          'email',
          'url',
          'handle',
          'handleSpelling',
          'name',
          'nameSpelling',
          'namePart',
        ]),
      )
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
    html: z.string().meta({
      description:
        'Svaret att läsa; av ett stort svar den första delen / the answer to read; of a large one its first part',
    }),
  })
  .meta({ id: 'AccessAnswerPackage', description: 'Svaret i sina format / the answer in its formats' })

const how = z.enum(['download', 'post', 'counter', 'secureMail', 'other']).meta({
  description:
    'Hur det lämnas: som länk som fungerar en gång, med post, över disk, med säker e-post / how it is handed over',
  example: 'download',
})

export const PackageRequest = z
  .strictObject({ purpose, language: language.optional() })
  .meta({ id: 'AccessPackageRequest' })

export const HandOutRequest = z
  .strictObject({
    purpose,
    how,
    to: text(1000).meta({
      description: 'Till vem, förseglas / to whom; kept sealed',
      example: 'Den registrerade, hämtad i e-tjänsten',
    }),
    language: language.optional(),
    validHours: z.int().min(1).max(720).default(168).meta({
      description: 'Hur länge länken gäller, i timmar / how long the link is valid, in hours',
      example: 168,
    }),
  })
  .meta({ id: 'HandOutRequest' })

export const HandOut = z
  .strictObject({
    id: z.uuid().meta({ example: '0198c5a0-0000-7000-8000-000000000040' }),
    case: caseId,
    how,
    position: position.meta({
      description: 'Vilket svar: dess läge i loggen / which answer: its place in the log',
    }),
    digest: z.string().meta({
      description:
        'SHA-256 av manifest.json, som har de andra filernas / of manifest.json, which has the others’',
      example: `sha256:${'0'.repeat(64)}`,
    }),
    expiresAt: z.iso.datetime({ offset: true }).optional().meta({ example: '2026-03-19T10:00:00Z' }),
    link: z.string().optional().meta({
      description: 'Länken, visas bara nu. Den fungerar en gång. / The link, shown only now. It works once.',
      example: '/liggare/v1/controllers/kommunstyrelsen/access-downloads/…',
    }),
  })
  .meta({ id: 'HandOut' })
