import { z } from 'zod'
import { Verb } from './interaction.ts'
import { documentParts } from './personal.ts'
import {
  dataSubjectTerms,
  legalBasisTerms,
  measureTerms,
  personalDataTerms,
  purposeTerms,
  safeguardTerms,
  sensitiveGroundTerms,
} from './register-terms.ts'
import { backwards, Day, runsForward, Slug, text, WebAddress } from './vocabulary.ts'

function words<const T extends Readonly<Record<string, unknown>>>(terms: T) {
  return z.enum(Object.keys(terms) as [keyof T & string, ...(keyof T & string)[]])
}

/** A word of a closed vocabulary with free text beside it: machines read the word, people the text. */
function declared<const T extends Readonly<Record<string, unknown>>>(terms: T, id: string) {
  return z.strictObject({ term: words(terms), text: text(2000).optional() }).meta({ id })
}

const Country = z
  .string()
  .regex(/^[A-Z]{2}$/, { error: 'must be a two-letter country code (ISO 3166-1)' })
  .meta({ example: 'US' })

const LegalBasis = z
  .strictObject({
    term: words(legalBasisTerms),
    reference: text(2000).optional().meta({
      description:
        'Lag, författning, kollektivavtal eller beslut som ger uppgiften (dataskyddslagen 2 kap. 2 §)',
      example: 'Kommunallagen (2017:725) 6 kap.; reglemente KF 2022/14',
    }),
    text: text(2000).optional(),
  })
  .meta({ id: 'LegalBasis' })

const SensitiveGround = z
  .strictObject({
    term: words(sensitiveGroundTerms),
    reference: text(2000).optional().meta({ example: 'Dataskyddslagen 3 kap. 3 § första stycket 2' }),
    text: text(2000).optional(),
  })
  .meta({ id: 'SensitiveGround', description: 'Undantag enligt artikel 9.2' })

const Recipient = z
  .strictObject({
    kind: z.enum([
      'processor',
      'platform',
      'authority',
      'police',
      'archive',
      'requester',
      'public',
      'organisation',
      'other',
    ]),
    name: text(300).optional().meta({ example: 'Exempelplattformen AB' }),
    country: Country.optional(),
    text: text(2000).optional(),
  })
  .meta({ id: 'Recipient' })

const Transfer = z
  .strictObject({
    destination: z
      .union([Country, text(200)])
      .meta({ description: 'Tredjeland (landskod) eller internationell organisation', example: 'US' }),
    recipient: text(300).optional(),
    safeguard: words(safeguardTerms).optional(),
    documentation: text(5000).optional().meta({ description: 'Krävs vid artikel 49.1 andra stycket' }),
    text: text(2000).optional(),
  })
  .meta({ id: 'Transfer' })

const Processor = z
  .strictObject({
    name: text(300),
    service: text(500).optional(),
    agreement: text(500).optional().meta({ description: 'Personuppgiftsbiträdesavtal: nummer och dag' }),
    country: Country.optional(),
  })
  .meta({ id: 'Processor' })

const ImpactAssessment = z
  .strictObject({
    needed: z.boolean(),
    ground: text(5000).optional(),
    date: Day.optional(),
    result: text(5000).optional(),
  })
  .meta({ id: 'ImpactAssessment', description: 'Konsekvensbedömning, artikel 35' })

/** What falls under the activity. A dimension left out covers all; within one any value suffices; between them all must fit. */
const ActivityScope = z
  .strictObject({
    channels: z.array(z.uuid()).min(1).max(500).optional(),
    verbs: z
      .array(Verb)
      .min(1)
      .max(50)
      .optional()
      .meta({ example: ['commented'] }),
    categories: z.array(Slug).min(1).max(100).optional(),
  })
  .meta({ id: 'ActivityScope' })
export type ActivityScope = z.infer<typeof ActivityScope>

/**
 * One row of the register (art. 30.1). A member left out is printed as MISSING; an empty list says "none".
 * Only name, purpose and legal basis are always demanded: without them nothing may be processed at all (arts. 5 and 6).
 */
export const ProcessingActivity = z
  .strictObject({
    name: text(200).meta({ example: 'Kommunikation på sociala medier' }),
    description: text(5000).optional(),
    purposes: z.array(declared(purposeTerms, 'Purpose')).min(1).max(50),
    legalBasis: z.array(LegalBasis).min(1).max(20),
    sensitiveGrounds: z.array(SensitiveGround).max(20).optional(),
    dataSubjects: z.array(declared(dataSubjectTerms, 'DataSubjectCategory')).max(50).optional(),
    personalData: z.array(declared(personalDataTerms, 'PersonalDataCategory')).max(100).optional(),
    recipients: z.array(Recipient).max(100).optional(),
    transfers: z.array(Transfer).max(100).optional(),
    retentionText: text(5000).optional().meta({ example: 'Se gallringsregler för sociala medier.' }),
    measures: z.array(declared(measureTerms, 'Measure')).max(100).optional(),
    source: text(2000).optional().meta({ example: 'Plattformen och den registrerade själv' }),
    processors: z.array(Processor).max(100).optional(),
    dpia: ImpactAssessment.optional(),
    automatedDecisions: z
      .strictObject({ used: z.boolean(), text: text(5000).optional() })
      .optional()
      .meta({ description: 'Artikel 22 och 15.1 h' }),
    information: z
      .strictObject({ text: text(5000), address: WebAddress.optional() })
      .optional()
      .meta({ description: 'Hur de registrerade informeras (artikel 13 och 14)' }),
    archiveDuty: z.strictObject({ applies: z.boolean(), ground: text(2000).optional() }).optional(),
    recordType: text(200).optional().meta({ description: 'Handlingstyp' }),
    classification: text(100).optional().meta({ example: '1.4.2' }),
    secrecyGround: text(500).optional().meta({ example: 'OSL 21 kap. 7 §' }),
    status: z.enum(['draft', 'published', 'retired']).default('draft'),
    nextReview: Day.optional(),
    validFrom: Day.optional(),
    validTo: Day.optional().meta({ description: 'The last day on which it holds' }),
    scope: ActivityScope.default({}),
  })
  .refine((it) => runsForward(it.validFrom, it.validTo), { path: ['validTo'], error: backwards })
  .meta({
    id: 'ProcessingActivity',
    examples: [
      {
        name: 'Kommunikation på sociala medier',
        purposes: [{ term: 'communication', text: 'Informera om och föra dialog kring nämndens verksamhet' }],
        legalBasis: [{ term: 'publicTask', reference: 'Reglemente för kommunstyrelsen, KF 2022/14' }],
        dataSubjects: [{ term: 'visitors' }, { term: 'employees' }],
        personalData: [{ term: 'name' }, { term: 'handle' }, { term: 'publicText' }],
        recipients: [{ kind: 'platform', name: 'Exempelplattformen AB', country: 'SE' }],
        transfers: [],
        retentionText: 'Se gallringsregler för sociala medier.',
        measures: [{ term: 'encryptionAtRest' }, { term: 'accessControl' }],
        automatedDecisions: { used: false },
        status: 'published',
        nextReview: '2027-01-31',
        scope: { verbs: ['published', 'commented', 'replied'] },
      },
    ],
  })
export type ProcessingActivity = z.infer<typeof ProcessingActivity>
/** As a client may write it: defaults left out. */
export type ProcessingActivityInput = z.input<typeof ProcessingActivity>

export const { personalFields, splitPersonal, joinPersonal } = documentParts<ProcessingActivity>(
  ProcessingActivity,
  () => [],
)
