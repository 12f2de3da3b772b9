import { z } from 'zod'
import { Day } from '../events/vocabulary.ts'
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
