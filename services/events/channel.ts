import { z } from 'zod'
import { Capacity } from './interaction.ts'
import { documentParts } from './personal.ts'
import {
  backwards,
  Day,
  isZeroPeriod,
  Period,
  Platform,
  runsForward,
  Slug,
  text,
  WebAddress,
} from './vocabulary.ts'

/** How far the controller answers for what stands in the channel: for its own, also for what others write, or jointly. */
const Controllership = z
  .enum(['own', 'ownAndThirdParty', 'joint'])
  .meta({ id: 'Controllership', example: 'ownAndThirdParty' })
export type Controllership = z.infer<typeof Controllership>

const ChannelTransfer = z
  .strictObject({
    country: z.string().regex(/^[A-Z]{2}$/, { error: 'must be a two-letter country code (ISO 3166-1)' }),
    safeguard: text(2000).meta({ example: 'Adekvansbeslut 2023/1795' }),
  })
  .meta({ id: 'ChannelTransfer' })

const LegalSource = z
  .strictObject({
    decision: text(2000),
    date: Day,
    from: Day.optional().meta({
      description: 'Gäller från; annars beslutets dag / governs from; else its date',
    }),
    to: Day.optional().meta({ description: 'Sista dagen den gäller / the last day on which it governs' }),
  })
  .refine((it) => runsForward(it.from ?? it.date, it.to), { path: ['to'], error: backwards })
  .meta({
    id: 'LegalSource',
    description:
      'What the controllership rests on. A later version with a later day leaves the days before to the older one',
    example: { decision: 'Beslut KS 2010/88', date: '2010-07-05' },
  })

const Reassignment = z
  .strictObject({
    controller: Slug.max(63).meta({ example: 'kulturnamnden' }),
    channel: z.uuid().toLowerCase().meta({
      description:
        'Kanalen i den andras logg, öppnad den dagen / the channel in the log of the other, opened that day',
      example: '0198c5a0-0000-7000-8000-000000000001',
    }),
    from: Day.meta({
      description: 'Första dagen den andra ansvarar / the first day of the other',
      example: '2019-01-01',
    }),
  })
  .meta({
    id: 'Reassignment',
    description:
      'En annan personuppgiftsansvarig övertar kanalen / another controller takes over the channel',
  })

const CapacityRule = z
  .strictObject({
    client: text(256).meta({
      description: 'The program it was posted from, exactly as the platform names it',
      example: 'TweetDeck',
    }),
    capacity: Capacity,
    ground: text(2000).optional(),
  })
  .meta({ id: 'CapacityRule' })
export type CapacityRule = z.infer<typeof CapacityRule>

export const ChannelDeclaration = z
  .strictObject({
    platform: Platform,
    name: text(200).meta({
      description: "The municipality's own designation, not the account's handle",
      example: 'Kommunens sida',
    }),
    accountId: text(256).optional().meta({ description: "The platform's id of the account", example: '101' }),
    handle: text(256).optional().meta({ example: 'exempelkommun' }),
    url: WebAddress.optional(),
    holder: text(300).optional().meta({
      description: 'Who holds the account: unit, function or person',
      example: 'Kommunikationsenheten',
    }),
    controllership: Controllership,
    legalSource: LegalSource,
    jointControllers: z.array(text(300)).max(50).optional(),
    arrangement: text(5000).optional().meta({ description: 'Arrangemang enligt artikel 26' }),
    transfers: z.array(ChannelTransfer).max(50).optional(),
    supervisionInterval: Period.refine((it) => !isZeroPeriod(it), { error: 'must not be zero' })
      .optional()
      .meta({ description: 'Uppsikt: the longest time between two rounds', example: 'P1D' }),
    openedOn: Day.meta({ example: '2010-02-01' }),
    closedOn: Day.optional().meta({ description: 'The last day on which it is open' }),
    reassignment: Reassignment.optional(),
    publicList: z
      .boolean()
      .meta({ description: "Whether it stands in the authority's public list of accounts" }),
    defaultCapacity: Capacity.optional(),
    capacityRules: z.array(CapacityRule).max(100).optional(),
  })
  .refine((it) => runsForward(it.openedOn, it.closedOn), { path: ['closedOn'], error: backwards })
  .refine((it) => it.reassignment === undefined || it.openedOn < it.reassignment.from, {
    path: ['reassignment', 'from'],
    error: 'must be after the channel was opened',
  })
  .refine((it) => it.reassignment === undefined || it.closedOn === undefined, {
    path: ['closedOn'],
    error: 'has no meaning here when another controller takes over',
  })
  .refine((it) => it.controllership !== 'joint' || (it.jointControllers?.length ?? 0) > 0, {
    path: ['jointControllers'],
    error: 'must be named when the controllership is joint',
  })
  .refine(
    (it) => new Set(it.capacityRules?.map((rule) => rule.client)).size === (it.capacityRules?.length ?? 0),
    {
      path: ['capacityRules'],
      error: 'has two rules for one client',
    },
  )
  .meta({
    id: 'ChannelDeclaration',
    examples: [
      {
        platform: 'facebook',
        name: 'Kommunens sida',
        accountId: '101',
        handle: 'exempelkommun',
        url: 'https://social.example.org/exempelkommun',
        holder: 'Kommunikationsenheten',
        controllership: 'ownAndThirdParty',
        legalSource: { decision: 'Beslut KS 2010/88', date: '2010-07-05' },
        supervisionInterval: 'P1D',
        openedOn: '2010-02-01',
        publicList: true,
        defaultCapacity: 'service',
      },
    ],
  })
export type ChannelDeclaration = z.infer<typeof ChannelDeclaration>

const personal = ['/accountId', '/handle', '/url', '/holder'] as const

/** An account outside the public list may be a named person's: what points to it is sealed. */
export const { personalFields, splitPersonal, joinPersonal } = documentParts<ChannelDeclaration>(
  ChannelDeclaration,
  (channel) => (channel.publicList ? [] : personal),
)
