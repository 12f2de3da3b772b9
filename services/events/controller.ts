import { z } from 'zod'
import { documentParts } from './personal.ts'
import { ConflictPolicy } from './retention-rule.ts'
import { backwards, Day, FunctionEmail, runsForward, Slug, text, WebAddress } from './vocabulary.ts'

/** Organisation number (lag 1974:174): Luhn, and a third digit of at least 2, so that no personal number passes for one. */
function isOrganisationNumber(number: string): boolean {
  const digits = [...number.replace('-', '')].map(Number)
  const sum = digits.reduce((total, digit, index) => {
    const weighted = index % 2 === 0 ? digit * 2 : digit
    return total + (weighted > 9 ? weighted - 9 : weighted)
  }, 0)
  return digits.length === 10 && (digits[2] ?? 0) >= 2 && sum % 10 === 0
}

/** How to reach a function. No named persons: this stands open in the register and in every answer. */
const FunctionContact = z
  .strictObject({
    function: text(200).meta({ description: 'Funktion, inte namn', example: 'Registrator' }),
    email: FunctionEmail,
    telephone: text(50).optional().meta({ example: '0771-000 000' }),
    postalAddress: text(500).optional().meta({ example: 'Storgatan 1, 999 99 Exempelstad' }),
  })
  .meta({ id: 'FunctionContact' })

const Screening = z
  .strictObject({
    enabled: z.boolean().default(true).meta({ description: 'Av: inget söks / off: nothing is looked for' }),
    wordLists: z
      .array(
        z
          .strictObject({
            name: Slug.meta({ description: 'Listans namn / name of the list', example: 'hot' }),
            words: z
              .array(text(100))
              .min(1)
              .max(2000)
              .meta({
                description:
                  'Ord och fraser, aldrig personers namn / words and phrases, never names of persons',
                example: ['slå ihjäl'],
              }),
          })
          .meta({ id: 'ScreeningWords' }),
      )
      .max(20)
      .refine((lists) => new Set(lists.map(({ name }) => name)).size === lists.length, {
        error: 'has two lists of one name',
      })
      .optional(),
  })
  .meta({
    id: 'Screening',
    description:
      'Vad inkommande text söks efter utöver personnummer, e-post och telefon: en flagga åt en människa, aldrig ett beslut / what incoming text is screened for beside personal numbers, e-mail and telephone: a flag for a human, never a decision',
  })

export const ControllerDeclaration = z
  .strictObject({
    slug: Slug.max(63).meta({
      description: 'Namn i adresser; ändras aldrig / in addresses; never changes',
      example: 'kommunstyrelsen',
    }),
    name: text(200).meta({ example: 'Kommunstyrelsen i Exempelkommun' }),
    kommunkod: z
      .string()
      .regex(/^\d{4}$/, { error: 'must be four digits' })
      .meta({ description: 'Kommunkod', example: '9999' }),
    organisationNumber: z
      .string()
      .regex(/^\d{6}-\d{4}$/, { error: 'must be NNNNNN-NNNN' })
      .refine(isOrganisationNumber, { error: 'is not an organisation number' })
      .meta({ example: '212000-9994' }),
    contact: FunctionContact,
    representative: FunctionContact.optional().meta({ description: 'Företrädare, artikel 27 och 30.1 a' }),
    dataProtectionOfficer: FunctionContact.meta({ description: 'Dataskyddsombud' }),
    complaintAuthority: z
      .strictObject({ name: text(200), email: FunctionEmail.optional(), url: WebAddress.optional() })
      .meta({ id: 'ComplaintAuthority', description: 'Tillsynsmyndighet dit klagomål lämnas' }),
    administrativeCourt: text(200).optional().meta({
      description: 'Förvaltningsrätten som prövar överklaganden',
      example: 'Förvaltningsrätten i Exempelstad',
    }),
    archiveAuthority: text(200)
      .optional()
      .meta({ description: 'Arkivmyndighet (arkivlagen 8 §)', example: 'Kommunstyrelsen' }),
    conflictPolicy: z
      .strictObject({ policy: ConflictPolicy, ground: text(2000) })
      .optional()
      .meta({
        description: 'Which of two competing rules for destruction wins; longest where nothing is said',
      }),
    caseReview: z.boolean().optional().meta({
      description:
        'Svar på begäran enligt dataskyddsförordningen granskas av en andra person / a second person reviews every answer to a data subject',
      example: true,
    }),
    screening: Screening.optional(),
    validFrom: Day.optional(),
    validTo: Day.optional().meta({ description: 'The last day on which it holds' }),
  })
  .refine((it) => runsForward(it.validFrom, it.validTo), { path: ['validTo'], error: backwards })
  .meta({
    id: 'ControllerDeclaration',
    examples: [
      {
        slug: 'kommunstyrelsen',
        name: 'Kommunstyrelsen i Exempelkommun',
        kommunkod: '9999',
        organisationNumber: '212000-9994',
        contact: { function: 'Registrator', email: 'registrator@example.org' },
        dataProtectionOfficer: { function: 'Dataskyddsombud', email: 'dataskyddsombud@example.org' },
        complaintAuthority: { name: 'Integritetsskyddsmyndigheten', email: 'imy@example.org' },
      },
    ],
  })
export type ControllerDeclaration = z.infer<typeof ControllerDeclaration>

/** Function addresses stand open: the one declared exception to sealing everything a person is called. */
export const { personalFields, splitPersonal, joinPersonal } = documentParts<ControllerDeclaration>(
  ControllerDeclaration,
  () => [],
)
