import { z } from 'zod'
import { DisclosureGround, RecipientKind } from '../disclosures/schemas.ts'
import { ProcessingActivity } from '../events/activity.ts'
import { ControllerDeclaration } from '../events/controller.ts'
import { Capacity, Verb } from '../events/interaction.ts'
import { Day, Platform } from '../events/vocabulary.ts'

/** The letters of art. 30.1 GDPR. */
export const Letter = z.enum(['a', 'b', 'c', 'd', 'e', 'f', 'g']).meta({ id: 'RegisterLetter' })
export type Letter = z.infer<typeof Letter>

const LetterAnswer = z
  .strictObject({
    letter: Letter,
    state: z.enum(['declared', 'none', 'missing']).meta({
      description: 'none: uttryckligen inga / expressly none; missing: MISSING, never filled in',
    }),
    sv: z.array(z.string()),
    en: z.array(z.string()),
  })
  .meta({ id: 'RegisterLetterAnswer' })
export type LetterAnswer = z.infer<typeof LetterAnswer>

const count = (sv: string, en: string) =>
  z
    .int()
    .min(0)
    .meta({ description: `${sv} / ${en}` })
const seen = Day.optional()

const AppliedRule = z
  .strictObject({
    id: z.uuid(),
    version: z.int(),
    name: z.string(),
    action: z.enum(['preserve', 'destroy']),
    period: z.string().optional(),
    reference: z
      .string()
      .optional()
      .meta({ description: 'Gallringsbeslutets nummer; MISSING om det saknas' }),
    tags: z
      .array(z.string())
      .optional()
      .meta({ description: 'Gäller bara så märkta / only what is tagged so' }),
  })
  .meta({ id: 'RegisterRule' })
export type AppliedRule = z.infer<typeof AppliedRule>

const SeenRecipient = z
  .strictObject({
    kind: RecipientKind,
    organisation: z
      .string()
      .optional()
      .meta({ description: 'Saknas: en enskild / absent: a person, never named here' }),
    grounds: z.array(DisclosureGround),
    disclosures: count('Utlämnanden', 'disclosures'),
    objects: count('Utlämnade objekt', 'objects disclosed'),
    first: Day,
    last: Day,
  })
  .meta({ id: 'RegisterRecipient' })
export type SeenRecipient = z.infer<typeof SeenRecipient>

const Observed = z
  .strictObject({
    records: count(
      'Interaktioner antecknade, gallrade medräknade',
      'interactions recorded, disposed ones included',
    ),
    subjects: count('Personer sedda på kanalerna', 'persons seen on the channels').optional(),
    firstSeen: seen,
    lastSeen: seen,
    channels: z.array(z.strictObject({ id: z.uuid(), name: z.string() })),
    verbs: z.array(Verb),
    categories: z.array(z.string()),
    recipients: z
      .array(SeenRecipient)
      .meta({ description: 'De som faktiskt fått del av uppgifterna / recipients actually disclosed to' }),
    rules: z.array(AppliedRule),
    dueNow: count('Objekt att gallra nu', 'objects due now'),
    nextDue: Day.optional().meta({
      description: 'Nästa gallringsdag, där en enda regel avgör / next due day, where one rule decides',
    }),
    held: count('Objekt under gallringsstopp', 'objects under a hold'),
    disposed: count('Gallrade objekt', 'objects disposed of'),
  })
  .meta({ id: 'RegisterObserved', description: 'Vad loggen visar / what the log shows' })
export type Observed = z.infer<typeof Observed>

const RegisterRow = z
  .strictObject({
    id: z
      .string()
      .meta({ description: 'Behandlingens id, eller liggare / the activity, or liggare for its own row' }),
    name: z.string(),
    version: z.int().optional(),
    status: z.enum(['draft', 'published', 'own']),
    publication: z
      .int()
      .optional()
      .meta({ description: 'Publiceringens nummer / number of the publication' }),
    declaredOn: Day.optional(),
    digest: z.string().optional().meta({ description: 'Versionens SHA-256 / of the version' }),
    nextReview: Day.optional(),
    letters: z.array(LetterAnswer),
    declared: ProcessingActivity.optional().meta({
      description:
        'Hela det uppgivna; Liggares egen rad har inget / the whole declaration; none of Liggare’s own',
    }),
    legalBasis: z.array(z.strictObject({ sv: z.string(), en: z.string(), reference: z.string().optional() })),
    observed: Observed,
  })
  .meta({
    id: 'RegisterRow',
    description: 'En behandling: uppgiven och iakttagen / declared beside observed',
  })
export type RegisterRow = z.infer<typeof RegisterRow>

const RegisterChannel = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    platform: Platform.optional(),
    controllership: z.string().optional(),
    legalSource: z.string().optional(),
    openedOn: Day.optional(),
    closedOn: Day.optional(),
    jointControllers: z.array(z.string()).optional(),
    arrangement: z.string().optional().meta({ description: 'Arrangemang enligt artikel 26' }),
    transfers: z.array(z.strictObject({ country: z.string(), safeguard: z.string() })).optional(),
    records: count('Interaktioner', 'interactions'),
    subjects: count('Personer', 'persons'),
    capacities: z.array(z.strictObject({ capacity: Capacity, records: z.int() })).meta({
      description:
        'Fördelning på egenskap; privata ingår inte i behandlingarna / private acts are in no activity',
    }),
  })
  .meta({ id: 'RegisterChannel' })
export type RegisterChannel = z.infer<typeof RegisterChannel>

export const findingCodes = [
  'controller-missing',
  'field-missing',
  'seen-not-declared',
  'channel-not-declared',
  'category-not-declared',
  'activity-never-seen',
  'channel-never-seen',
  'category-never-seen',
  'rule-without-decision',
  'no-rule',
  'review-missing',
  'review-overdue',
  'recipient-not-declared',
  'transfer-not-declared',
  'transfer-contradicted',
  'safeguard-missing',
  'exception-undocumented',
  'basis-without-reference',
  'sensitive-without-ground',
  'not-published',
  'draft-waiting',
] as const

const Finding = z
  .strictObject({
    code: z.enum(findingCodes),
    severity: z.enum(['fault', 'notice']),
    activity: z.uuid().optional(),
    channel: z.uuid().optional(),
    rule: z.uuid().optional(),
    letter: Letter.optional(),
    sv: z.string().meta({ description: 'Vad som brister' }),
    en: z.string().meta({ description: 'What is wrong' }),
    todo: z.strictObject({ sv: z.string(), en: z.string() }).meta({ description: 'Åtgärd / what to do' }),
  })
  .meta({ id: 'RegisterFinding' })
export type Finding = z.infer<typeof Finding>

export const Register = z
  .strictObject({
    controller: z.strictObject({
      slug: z.string(),
      name: z.string().optional(),
      organisationNumber: z.string().optional(),
      version: z.int().optional(),
      declared: ControllerDeclaration.optional(),
    }),
    day: Day.meta({ description: 'Dagen den gäller / the day it is for' }),
    size: z
      .string()
      .meta({ description: 'Loggens storlek / it takes in all positions below this', example: '17' }),
    knownAt: z.iso.datetime({ offset: true }).optional().meta({
      description: 'När det sista som räknas in antecknades / when the last of it was recorded',
      example: '2026-03-05T09:15:01.000Z',
    }),
    digest: z.string().meta({
      description:
        'SHA-256 över registret i övrigt som kanonisk JSON / of the rest as canonical JSON (RFC 8785)',
    }),
    rows: z.array(RegisterRow),
    channels: z.array(RegisterChannel),
    findings: z.array(Finding),
  })
  .meta({
    id: 'Register',
    description: 'Registerförteckning enligt artikel 30 / record of processing activities',
  })
export type Register = z.infer<typeof Register>
