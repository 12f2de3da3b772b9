import { z } from 'zod'
import { pageSchema } from '../declarations/schemas.ts'
import { Verb } from '../events/interaction.ts'
import { Day, Slug, text } from '../events/vocabulary.ts'
import { holdKinds } from './hold-queries.ts'
import { type Trigger, triggers } from './triggers.ts'

const exampleId = '0198c5a0-0000-7000-8000-000000000017'
const Id = z.uuid().toLowerCase().meta({ example: exampleId })
const Position = z.string().meta({ description: 'Plats i loggen / position in the log', example: '17' })

export const PlaceHold = z
  .strictObject({
    kind: z.enum(holdKinds).meta({
      description: 'Vad som stoppas: handling, tråd, person eller kanal / what is held',
      example: 'object',
    }),
    target: Id.meta({ description: 'Dess id / its id' }),
    ground: Slug.meta({ description: 'Grund som kod, öppen / ground as a code, open', example: 'appeal' }),
    text: text(5000).optional().meta({ description: 'Varför, i ord; förseglas / why, in words; sealed' }),
    reviewOn: Day.optional().meta({
      description: 'Dag för omprövning / day of review',
      example: '2027-03-01',
    }),
  })
  .meta({ id: 'PlaceHold' })

export const LiftHold = z
  .strictObject({ text: text(5000).optional().meta({ description: 'Varför, i ord; förseglas / sealed' }) })
  .meta({ id: 'LiftHold' })

export const LegalHold = z
  .strictObject({
    id: Id,
    kind: z.enum(holdKinds),
    target: Id,
    ground: z.string().meta({ example: 'appeal' }),
    reviewOn: Day.nullable(),
    case: Id.nullable().meta({ description: 'Ärendet som lade det / the case that placed it' }),
    placedPosition: Position,
    liftedPosition: Position.nullable(),
  })
  .meta({ id: 'LegalHold' })

export const HoldPage = pageSchema('HoldPage', LegalHold)

const ByIds = z.strictObject({ objects: z.array(Id).min(1).max(10_000) }).meta({
  id: 'TriggerByIds',
  description: 'Id för handlingar eller händelser / ids of objects or of their events',
})
const ByQuery = z
  .strictObject({
    channel: Id,
    verb: Verb.optional(),
    before: Day.meta({ description: 'Äldre än denna dag / older than this day', example: '2026-01-01' }),
  })
  .meta({ id: 'TriggerByQuery' })

export const TriggerRetention = z
  .strictObject({
    trigger: z.enum(Object.keys(triggers) as [Trigger, ...Trigger[]]).meta({
      description: 'Ärendet avslutat, inaktuellt, återkallat / what starts the period',
      example: 'declaredObsolete',
    }),
    day: Day.meta({ example: '2026-03-05' }),
    objects: ByIds.shape.objects.optional(),
    query: ByQuery.optional(),
    text: text(5000).optional().meta({ description: 'Varför, i ord; förseglas / why, in words; sealed' }),
  })
  .refine((it) => (it.objects === undefined) !== (it.query === undefined), {
    path: ['objects'],
    error: 'either objects or query',
  })
  .meta({ id: 'TriggerRetention' })

export const TriggeredRetention = z
  .strictObject({
    id: Id,
    events: z.int().min(0).meta({ example: 1 }),
    objects: z.int().min(0).meta({ example: 12 }),
  })
  .meta({ id: 'TriggeredRetention' })
