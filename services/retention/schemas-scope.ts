import { z } from 'zod'
import { Verb } from '../events/interaction.ts'
import { Day, Slug, text } from '../events/vocabulary.ts'
import { DomainError } from '../platform/errors.ts'
import type { ObjectScope } from './named-objects.ts'
import { type Trigger, triggers } from './triggers.ts'

const Id = z.uuid().toLowerCase().meta({ example: '0198c5a0-0000-7000-8000-000000000017' })

const ByQuery = z
  .strictObject({
    channel: Id,
    verb: Verb.optional(),
    tag: Slug.optional().meta({ description: 'Bara så märkta / only those so tagged', example: 'trifling' }),
    before: Day.meta({ description: 'Äldre än denna dag / older than this day', example: '2026-01-01' }),
  })
  .meta({ id: 'TriggerByQuery' })

/** Which objects, and why: what every wish about many objects has. */
const scoped = {
  objects: z
    .array(Id)
    .min(1)
    .max(10_000)
    .optional()
    .meta({ description: 'Id för handlingar eller händelser / ids of objects or of their events' }),
  query: ByQuery.optional(),
  text: text(5000).optional().meta({ description: 'Varför, i ord; förseglas / why, in words; sealed' }),
}

type Scoped = {
  readonly objects?: readonly string[] | undefined
  readonly query?: z.infer<typeof ByQuery> | undefined
}

const oneScope = (it: Scoped) => (it.objects === undefined) !== (it.query === undefined)
const either = { path: ['objects'], error: 'either objects or query' }

/** The scope of a wish; its schema demands exactly one of the two. */
export function scopeOf({ objects, query }: Scoped): ObjectScope {
  const scope = objects === undefined ? query : { objects }
  if (scope === undefined) throw new DomainError('validation-failed', 'Say which objects.')
  return scope
}

export const TriggerRetention = z
  .strictObject({
    trigger: z.enum(Object.keys(triggers) as [Trigger, ...Trigger[]]).meta({
      description: 'Ärendet avslutat, inaktuellt, återkallat / what starts the period',
      example: 'declaredObsolete',
    }),
    day: Day.meta({ example: '2026-03-05' }),
    ...scoped,
  })
  .refine(oneScope, either)
  .meta({ id: 'TriggerRetention' })

export const TagObjects = z
  .strictObject({
    tags: z
      .array(Slug)
      .min(1)
      .max(10)
      .meta({ description: 'Märkning / tags', example: ['trifling'] }),
    remove: z.boolean().default(false).meta({ description: 'Ta bort i stället / take away instead' }),
    ...scoped,
  })
  .refine(oneScope, either)
  .meta({ id: 'TagObjects' })

export const RecordArchiveDelivery = z
  .strictObject({
    day: Day.meta({ description: 'Kvittots dag / day of the receipt', example: '2026-03-05' }),
    authority: text(200).meta({ description: 'Arkivmyndighet / archive authority', example: 'Stadsarkivet' }),
    receipt: text(200).meta({ description: 'Kvittots beteckning / its reference', example: 'SA 2026/31' }),
    ...scoped,
  })
  .refine(oneScope, either)
  .meta({ id: 'RecordArchiveDelivery' })
