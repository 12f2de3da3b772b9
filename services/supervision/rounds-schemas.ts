import { z } from 'zod'
import { pageSchema } from '../declarations/schemas.ts'
import { Day, Period, Slug, text } from '../events/vocabulary.ts'

const exampleId = '0198c5a0-0000-7000-8000-000000000017'
const channelId = '0198c5a0-0000-7000-8000-000000000001'
const Id = z.uuid().toLowerCase().meta({ example: exampleId })
const Channel = z.uuid().toLowerCase().meta({ description: 'Kanalens id / the channel', example: channelId })
const Instant = z.iso.datetime({ offset: true }).meta({ example: '2026-03-05T08:00:00+01:00' })
const Count = z.int().min(0).max(10_000_000)
const hours = (sv: string, en: string) => z.number().meta({ description: `${sv} / ${en}`, example: 22.5 })

export const RecordRound = z
  .strictObject({
    channel: Channel,
    from: Instant.meta({ description: 'Rundan började / the round began' }),
    to: Instant.meta({
      description: 'Rundan slutade / the round ended',
      example: '2026-03-05T08:20:00+01:00',
    }),
    seen: Count.meta({ description: 'Genomgångna inlägg och kommentarer / how many were seen', example: 12 }),
    acted: Count.meta({ description: 'Hur många som åtgärdades / how many were acted on', example: 1 }),
    note: text(5000).optional().meta({ description: 'Förseglas / sealed' }),
  })
  .refine((it) => Date.parse(it.from) <= Date.parse(it.to), { path: ['to'], error: 'lies before from' })
  .refine((it) => it.acted <= it.seen, { path: ['acted'], error: 'is more than was seen' })
  .meta({ id: 'RecordRound' })

export const SupervisionRound = z
  .strictObject({
    id: Id,
    channel: Channel,
    from: Instant,
    to: Instant,
    seen: Count.meta({ example: 12 }),
    acted: Count.meta({ example: 1 }),
    position: z.string().meta({ example: '17' }),
  })
  .meta({ id: 'SupervisionRound' })
export const SupervisionRoundPage = pageSchema('SupervisionRoundPage', SupervisionRound)

/** How somebody came to know of it. */
export const ItemSource = z.enum(['round', 'report', 'notice', 'screening', 'platform']).meta({
  id: 'KnowledgeSource',
  description: 'Hur man fick kännedom / how it became known',
  example: 'round',
})
export type ItemSource = z.infer<typeof ItemSource>

export const ItemAction = z.enum(['removed', 'hidden', 'unpublished', 'reported-to-police', 'left']).meta({
  id: 'SupervisionAction',
  description: 'left: prövat och låtet stå / judged and left',
  example: 'hidden',
})
export type ItemAction = z.infer<typeof ItemAction>

export const NoticeItem = z
  .strictObject({
    channel: Channel,
    object: Id.optional().meta({
      description: 'Handlingen, om den finns i loggen / the object, if recorded',
    }),
    source: ItemSource,
    knownAt: Instant.meta({ description: 'När man fick kännedom / when it became known' }),
    note: text(5000)
      .optional()
      .meta({ description: 'Förseglas / sealed', example: 'Hot mot namngiven person' }),
  })
  .meta({ id: 'NoticeItem' })

export const ActOnItem = z
  .strictObject({
    action: ItemAction,
    actedAt: Instant.meta({ description: 'När det åtgärdades / when it was acted on' }),
    note: text(5000).optional().meta({ description: 'Förseglas / sealed' }),
  })
  .meta({ id: 'ActOnItem' })

export const SupervisionItem = z
  .strictObject({
    id: Id,
    channel: Channel,
    object: Id.nullable(),
    source: ItemSource,
    knownAt: Instant,
    action: ItemAction.nullable(),
    actedAt: Instant.nullable(),
  })
  .meta({ id: 'SupervisionItem' })
export const SupervisionItemPage = pageSchema('SupervisionItemPage', SupervisionItem)

export const Unpublish = z
  .strictObject({
    object: Id.meta({ description: 'Handlingens id, eller en av dess händelsers / the object' }),
    ground: Slug.meta({ description: 'Grund som kod / ground as a code', example: 'threat' }),
    text: text(5000).meta({ description: 'Skälen; förseglas / the reasons; sealed', example: 'Hot.' }),
    item: Id.optional().meta({ description: 'Det uppsiktsärende det avslutar / the item it settles' }),
  })
  .meta({ id: 'Unpublish' })

export const Unpublished = z
  .strictObject({ object: Id, position: z.string().meta({ example: '17' }), ground: Slug })
  .meta({ id: 'Unpublished' })

export const ReportQuery = z.strictObject({
  from: Day.meta({ description: 'Första dagen / first day', example: '2026-01-01' }),
  to: Day.meta({ description: 'Sista dagen / last day', example: '2026-03-31' }),
  channel: Channel.optional(),
  language: z.enum(['sv', 'en']).default('sv').meta({ example: 'sv' }),
})

const Gap = z
  .strictObject({ since: Instant, until: Instant, hours: hours('Timmar', 'hours') })
  .meta({ id: 'SupervisionGap', description: 'Tid utan runda utöver intervallet / longer than the interval' })

const ChannelReport = z
  .strictObject({
    channel: Channel,
    name: z.string().meta({ example: 'Kommunens sida' }),
    interval: Period.nullable(),
    rounds: Count,
    seen: Count,
    acted: Count,
    longestHours: hours('Längsta tiden utan runda', 'longest time without a round'),
    gaps: z.array(Gap),
    alarms: z.array(Instant).meta({ description: 'Larm om utebliven runda / alarms of missed rounds' }),
    regular: z.boolean().nullable().meta({
      description:
        'Regelbunden uppsikt; null utan uppgivet intervall / regular; null where no interval is declared',
    }),
    items: z
      .strictObject({
        known: Count,
        acted: Count,
        open: Count,
        medianHours: hours('Mediantid till åtgärd', 'median time to action').nullable(),
        longestHours: hours('Längsta tid till åtgärd', 'longest time to action').nullable(),
      })
      .meta({ id: 'SupervisionPromptness', description: 'Skyndsamt: från kännedom till åtgärd' }),
  })
  .meta({ id: 'ChannelSupervision' })

export const SupervisionReport = z
  .strictObject({
    controller: z.string().meta({ example: 'kommunstyrelsen' }),
    from: Day,
    to: Day,
    asOf: Instant.meta({ description: 'Rapportens tidpunkt / the instant it tells of' }),
    channels: z.array(ChannelReport),
  })
  .meta({ id: 'SupervisionReport' })
export type SupervisionReport = z.infer<typeof SupervisionReport>

export const roundExample = {
  id: exampleId,
  channel: channelId,
  from: '2026-03-05T07:00:00.000Z',
  to: '2026-03-05T07:20:00.000Z',
  seen: 12,
  acted: 1,
  position: '17',
}
export const itemExample = {
  id: exampleId,
  channel: channelId,
  object: null,
  source: 'round',
  knownAt: '2026-03-05T07:10:00.000Z',
  action: null,
  actedAt: null,
} as const
export const reportExample: SupervisionReport = {
  controller: 'kommunstyrelsen',
  from: '2026-03-01',
  to: '2026-03-05',
  asOf: '2026-03-05T09:00:00.000Z',
  channels: [
    {
      channel: channelId,
      name: 'Kommunens sida',
      interval: 'P1D',
      rounds: 4,
      seen: 48,
      acted: 1,
      longestHours: 24,
      gaps: [],
      alarms: [],
      regular: true,
      items: { known: 1, acted: 1, open: 0, medianHours: 0.5, longestHours: 0.5 },
    },
  ],
}
