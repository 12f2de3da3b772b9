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

const count = (description: string) => z.int().meta({ description, example: 17 })
const verdict = z.enum(['include', 'exclude']).meta({
  description:
    'Texten rör den begärande, eller någon annan av samma namn / it concerns the person, or a namesake',
  example: 'include',
})

export const TextSearchRequest = z
  .strictObject({
    purpose,
    terms: z
      .array(text(200))
      .max(50)
      .default([])
      .meta({
        description:
          'Fler namn att söka, utöver de knutna kontonas; förseglas / more names to look for than those of the linked accounts; kept sealed',
        example: ['Exempla Exempelsson'],
      }),
  })
  .meta({ id: 'TextSearchRequest' })

export const TextSearchState = z
  .strictObject({
    id: z.uuid().meta({ example: '0198c5a0-0000-7000-8000-000000000050' }),
    state: z.enum(['running', 'interrupted', 'finished']).meta({
      description:
        'interrupted: processen avbröts; att starta igen fortsätter där den var / its process ended; starting again goes on where it was',
      example: 'running',
    }),
    through: position.meta({ description: 'Allt före är genomsökt / everything before it is searched' }),
    upTo: position.meta({ description: 'Var den slutar / where it ends' }),
    texts: count('Genomsökta texter / texts searched'),
    hits: count('Träffar / hits'),
    unreviewed: count('Träffar som ingen har granskat / hits that nobody has looked at'),
    secondsLeft: z.int().optional().meta({ description: 'Uppskattad tid kvar / estimated', example: 40 }),
  })
  .meta({ id: 'TextSearch' })

export const TextHitsRequest = z
  .strictObject({
    purpose,
    unreviewed: z
      .boolean()
      .default(true)
      .meta({ description: 'Bara ogranskade / unreviewed only', example: true }),
    page: z.int().min(1).max(100_000).default(1).meta({ example: 1 }),
    limit: z.int().min(1).max(200).default(20).meta({ example: 20 }),
  })
  .meta({ id: 'TextHitsRequest' })

export const TextHits = z
  .strictObject({
    total: count('Så många finns / so many there are'),
    hits: z.array(
      z.strictObject({
        event: z.uuid(),
        position,
        verdict: verdict.optional(),
        texts: z.array(z.string()).meta({ description: 'Det som skrevs / what was written' }),
      }),
    ),
  })
  .meta({ id: 'TextHits' })

export const ReviewHitsRequest = z
  .strictObject({
    purpose,
    decision: verdict,
    hits: z.array(z.uuid()).min(1).max(10_000).optional().meta({
      description: 'Vilka; utan: alla ogranskade / which; without: all unreviewed ones',
    }),
    note,
  })
  .meta({ id: 'ReviewHitsRequest' })
