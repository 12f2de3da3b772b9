import { z } from 'zod'
import { ControllerParams } from '../declarations/schemas.ts'
import { Day, Platform } from '../events/vocabulary.ts'

export const PublicParams = ControllerParams
export const PublicQuery = z.strictObject({
  language: z
    .enum(['sv', 'en'])
    .default('sv')
    .meta({ description: 'Sidans språk / language of the page', example: 'sv' }),
})

const Contact = z
  .strictObject({
    function: z.string(),
    email: z.string(),
    telephone: z.string().optional(),
    postalAddress: z.string().optional(),
  })
  .meta({ id: 'PublicContact' })

const Both = z.strictObject({ sv: z.string(), en: z.string() }).meta({ id: 'BothLanguages' })

const Processing = z
  .strictObject({
    name: z.string().meta({ example: 'Kommunikation på sociala medier' }),
    purposes: z.array(Both),
    legalBasis: z.array(Both),
    personalData: z.array(Both),
    recipients: z.array(z.string()),
    retention: z.string().optional(),
    source: z.string().optional(),
    automatedDecisions: z.boolean(),
    information: z.strictObject({ text: z.string(), address: z.string().optional() }).optional(),
  })
  .meta({ id: 'PublicProcessing' })

const PublicChannel = z
  .strictObject({
    id: z.uuid().meta({ example: '0198c5a0-0000-7000-8000-000000000001' }),
    name: z.string().meta({ example: 'Kommunens sida' }),
    platform: Platform,
    handle: z.string().optional(),
    url: z.string().optional(),
    controllership: z.enum(['own', 'ownAndThirdParty', 'joint']),
    legalSource: z.string().meta({ example: 'Beslut KS 2010/88, 2010-07-05' }),
    jointControllers: z.array(z.string()),
    arrangement: z.string().optional(),
    transfers: z.array(z.strictObject({ country: z.string(), safeguard: z.string() })),
    openedOn: Day,
    processing: z.array(Processing),
  })
  .meta({ id: 'PublicChannel' })

export const PublicChannels = z
  .strictObject({
    controller: z
      .strictObject({
        slug: z.string(),
        name: z.string(),
        organisationNumber: z.string(),
        contact: Contact,
        dataProtectionOfficer: Contact,
        complaintAuthority: z.strictObject({
          name: z.string(),
          email: z.string().optional(),
          url: z.string().optional(),
        }),
      })
      .meta({ id: 'PublicController' }),
    channels: z.array(PublicChannel),
  })
  .meta({ id: 'PublicChannels', description: 'Kanaler och information enligt artikel 13 och 14' })
export type PublicChannels = z.infer<typeof PublicChannels>

export const channelsExample: PublicChannels = {
  controller: {
    slug: 'kommunstyrelsen',
    name: 'Kommunstyrelsen i Exempelkommun',
    organisationNumber: '212000-9994',
    contact: { function: 'Registrator', email: 'registrator@example.org' },
    dataProtectionOfficer: { function: 'Dataskyddsombud', email: 'dataskyddsombud@example.org' },
    complaintAuthority: { name: 'Integritetsskyddsmyndigheten' },
  },
  channels: [
    {
      id: '0198c5a0-0000-7000-8000-000000000001',
      name: 'Kommunens sida',
      platform: 'facebook',
      handle: 'exempelkommun',
      url: 'https://social.example.org/exempelkommun',
      controllership: 'ownAndThirdParty',
      legalSource: 'Beslut KS 2010/88, 2010-07-05',
      jointControllers: [],
      transfers: [],
      openedOn: '2010-02-01',
      processing: [
        {
          name: 'Kommunikation på sociala medier',
          purposes: [{ sv: 'Kommunikation', en: 'Communication' }],
          legalBasis: [
            { sv: 'Uppgift av allmänt intresse, art. 6.1 e', en: 'Task in the public interest, art. 6.1 e' },
          ],
          personalData: [],
          recipients: [],
          automatedDecisions: false,
        },
      ],
    },
  ],
}
