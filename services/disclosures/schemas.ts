import { z } from 'zod'
import { DeclaredParams, pageSchema } from '../declarations/schemas.ts'
import { Day, text } from '../events/vocabulary.ts'

/** Who may be handed a record. `requester`: whoever asks for a public record, known or not (TF 2:18). */
const recipientKinds = [
  'authority',
  'police',
  'court',
  'archive',
  'platform',
  'requester',
  'processor',
  'other',
] as const
export const RecipientKind = z.enum(recipientKinds).meta({ id: 'RecipientKind', example: 'authority' })
export type RecipientKind = z.infer<typeof RecipientKind>

/** Why it was handed over, as a code; the provision stands beside it. */
export const DisclosureGround = z
  .enum([
    'publicRecord',
    'legalDuty',
    'criminalReport',
    'courtOrder',
    'supervisoryAuthority',
    'archiveDelivery',
    'platformReport',
    'processing',
    'consent',
    'other',
  ])
  .meta({ id: 'DisclosureGround', example: 'publicRecord' })
export type DisclosureGround = z.infer<typeof DisclosureGround>

const exampleId = '0198c5a0-0000-7000-8000-000000000017'
const Id = z.uuid().toLowerCase().meta({ example: exampleId })

const RecipientPerson = z
  .strictObject({
    name: text(300).optional().meta({ example: 'Exempla Exempelsson' }),
    email: z.email().max(320).optional().meta({ example: 'exempla@example.org' }),
  })
  .refine((it) => it.name !== undefined || it.email !== undefined, {
    error: 'must have a name or an address',
  })
  .meta({ id: 'RecipientPerson', description: 'Förseglas / sealed' })

const Recipient = z
  .strictObject({
    kind: RecipientKind,
    organisation: text(300).optional().meta({
      description: 'Myndighet, företag eller plattform; aldrig en persons namn / never a person’s name',
      example: 'Polismyndigheten',
    }),
    person: RecipientPerson.optional(),
  })
  .refine((it) => it.kind === 'requester' || it.organisation !== undefined || it.person !== undefined, {
    path: ['organisation'],
    error: 'must be named: only who asks for a public record may be unknown',
  })
  .meta({ id: 'DisclosureTo' })

/** The most objects of one disclosure: an event names them all. */
const maxDisclosed = 1_000

export const RecordDisclosure = z
  .strictObject({
    recipient: Recipient,
    ground: DisclosureGround,
    provision: text(200)
      .optional()
      .meta({ description: 'Tillämplig bestämmelse / the provision', example: 'TF 2 kap. 15 §' }),
    reference: text(100).optional().meta({ description: 'Diarienummer', example: 'KS 2026/117' }),
    disclosedOn: Day.optional().meta({ description: 'I dag om inget sägs / today unless told' }),
    purpose: text(2000).meta({
      description: 'Varför, i ord; förseglas / why, in words; sealed',
      example: 'Begäran om allmän handling',
    }),
    objects: z.array(Id).min(1).max(maxDisclosed).meta({
      description:
        'Handlingar, med deras id eller en av deras händelsers / objects, by their ids or those of their events',
    }),
  })
  .meta({ id: 'RecordDisclosure' })
export type RecordDisclosure = z.infer<typeof RecordDisclosure>

export const Disclosure = z
  .strictObject({
    id: Id,
    position: z.string().meta({ description: 'Plats i loggen / position in the log', example: '17' }),
    recipient: z
      .strictObject({
        kind: RecipientKind,
        organisation: z.string().optional(),
        person: z
          .boolean()
          .meta({ description: 'En person står förseglad / a person stands sealed', example: false }),
      })
      .meta({ id: 'DisclosureRecipient' }),
    ground: DisclosureGround,
    provision: z.string().optional(),
    reference: z.string().optional(),
    disclosedOn: Day,
    objects: z.int().meta({ description: 'Antal handlingar / how many objects', example: 1 }),
  })
  .meta({ id: 'Disclosure' })
export type Disclosure = z.infer<typeof Disclosure>

export const DisclosurePage = pageSchema('DisclosurePage', Disclosure)

export const ReadDisclosure = z
  .strictObject({
    purpose: text(2000).meta({
      description: 'Förseglas / sealed',
      example: 'Underrättelse enligt artikel 19',
    }),
  })
  .meta({ id: 'ReadDisclosure' })

export const OpenedDisclosure = z
  .strictObject({
    disclosure: Disclosure,
    person: RecipientPerson.optional(),
    purpose: z
      .string()
      .optional()
      .meta({ description: 'Saknas när det är förstört / absent once destroyed' }),
    objects: z.array(Id),
    lookUp: z.string().meta({ description: 'Uppslagets plats / position of the look-up', example: '18' }),
  })
  .meta({ id: 'OpenedDisclosure' })
export type OpenedDisclosure = z.infer<typeof OpenedDisclosure>

export const DisclosureParams = DeclaredParams

export const recordExample = {
  recipient: { kind: 'police', organisation: 'Polismyndigheten' },
  ground: 'criminalReport',
  provision: 'OSL 10 kap. 24 §',
  reference: 'KS 2026/117',
  disclosedOn: '2026-03-05',
  purpose: 'Polisanmälan av hot i kommentar',
  objects: [exampleId],
} as const

export const disclosureExample = {
  id: '0198c5a0-0000-7000-8000-000000000018',
  position: '17',
  recipient: { kind: 'police', organisation: 'Polismyndigheten', person: false },
  ground: 'criminalReport',
  provision: 'OSL 10 kap. 24 §',
  reference: 'KS 2026/117',
  disclosedOn: '2026-03-05',
  objects: 1,
} as const
