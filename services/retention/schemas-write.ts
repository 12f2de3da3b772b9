import { z } from 'zod'
import { pageSchema } from '../declarations/schemas.ts'
import { Verb } from '../events/interaction.ts'
import { backwards, Day, runsForward, Slug, text } from '../events/vocabulary.ts'
import { holdKinds } from './hold-queries.ts'

const exampleId = '0198c5a0-0000-7000-8000-000000000017'
const Id = z.uuid().toLowerCase().meta({ example: exampleId })
const Position = z.string().meta({ description: 'Plats i loggen / position in the log', example: '17' })

export const PlaceHold = z
  .strictObject({
    kind: z.enum(holdKinds).meta({
      description:
        'Vad som stoppas: handling, tråd, person, kanal, eller en fråga: en kanal med urval / what is held; query: a channel, narrowed',
      example: 'object',
    }),
    target: Id.meta({ description: 'Dess id / its id' }),
    verb: Verb.optional().meta({ description: 'Bara med query / only with query' }),
    from: Day.optional().meta({ description: 'Bara med query / only with query', example: '2026-01-01' }),
    to: Day.optional().meta({ description: 'Bara med query / only with query', example: '2026-06-30' }),
    ground: Slug.meta({ description: 'Grund som kod, öppen / ground as a code, open', example: 'appeal' }),
    text: text(5000).optional().meta({ description: 'Varför, i ord; förseglas / why, in words; sealed' }),
    reviewOn: Day.optional().meta({
      description: 'Dag för omprövning / day of review',
      example: '2027-03-01',
    }),
  })
  .refine((it) => it.kind === 'query' || (it.verb ?? it.from ?? it.to) === undefined, {
    path: ['kind'],
    error: 'verb, from and to narrow a query only',
  })
  .refine((it) => runsForward(it.from, it.to), { path: ['to'], error: backwards })
  .meta({ id: 'PlaceHold' })

export const LiftHold = z
  .strictObject({ text: text(5000).optional().meta({ description: 'Varför, i ord; förseglas / sealed' }) })
  .meta({ id: 'LiftHold' })

export const LegalHold = z
  .strictObject({
    id: Id,
    kind: z.enum(holdKinds),
    target: Id,
    verb: Verb.nullable(),
    from: Day.nullable(),
    to: Day.nullable(),
    ground: z.string().meta({ example: 'appeal' }),
    reviewOn: Day.nullable(),
    case: Id.nullable().meta({ description: 'Ärendet som lade det / the case that placed it' }),
    placedPosition: Position,
    liftedPosition: Position.nullable(),
  })
  .meta({ id: 'LegalHold' })

export const HoldPage = pageSchema('HoldPage', LegalHold)

/** What became of something said of many objects. */
export const TriggeredRetention = z
  .strictObject({
    id: Id,
    events: z.int().min(0).meta({ example: 1 }),
    objects: z.int().min(0).meta({ example: 12 }),
  })
  .meta({ id: 'TriggeredRetention' })
