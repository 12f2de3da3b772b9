import { z } from 'zod'
import { Capacity, Interaction, Person, Verb } from '../events/interaction.ts'
import { text } from '../events/vocabulary.ts'

/** The most interactions in one batch. */
export const maxBatch = 1000
/** The most interactions that one look-up opens. */
export const maxOpened = 500

const Position = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,17})$/)
  .meta({ description: 'Plats i loggen / position in the log, as text: it outgrows a number', example: '17' })

const id = z
  .uuid()
  .meta({ description: 'Händelsens id / id of the event', example: '0198c5a0-0000-7000-8000-000000000017' })
const recordedAt = z.iso
  .datetime({ offset: true })
  .meta({ description: 'När den antecknades / when it was recorded', example: '2026-03-05T09:15:01.000Z' })
const streamId = z.uuid().meta({
  description: 'Objektets id i loggen / id of the object in the log',
  example: '0198c5a0-0000-7000-8000-000000000018',
})
const version = z.int().meta({ description: 'Objektets version / version of the object', example: 1 })

export const Receipt = z
  .strictObject({ id, position: Position, stream: streamId, version, recordedAt })
  .meta({ id: 'InteractionReceipt', description: 'Kvitto / receipt' })
export type Receipt = z.infer<typeof Receipt>

const Violations = z
  .array(z.strictObject({ pointer: z.string(), reason: z.string() }))
  .meta({ description: 'Vilka fält som inte håller / the fields that do not fit' })

const outcome = {
  status: z.int().meta({
    description:
      '201 antecknad, 200 fanns redan, annars felets / 201 recorded, 200 repeated, else of the error',
    example: 201,
  }),
  id: id.optional(),
  position: Position.optional(),
  code: z
    .string()
    .optional()
    .meta({ description: 'Felets kod / code of the error', example: 'fact-differs' }),
  detail: z.string().optional().meta({ example: 'The same fact stands at position 17 with other content.' }),
  violations: Violations.optional(),
}

export const ItemOutcome = z
  .strictObject({ index: z.int().meta({ description: 'Från 0 / from 0', example: 0 }), ...outcome })
  .meta({ id: 'InteractionOutcome', description: 'Utfallet för en / the outcome of one' })
export type ItemOutcome = z.infer<typeof ItemOutcome>

/** The part of an outcome that says how it went: the same for an item and for a line. */
export type Outcome = Omit<ItemOutcome, 'index'>

const counts = {
  recorded: z.int().meta({ description: 'Antecknade / recorded', example: 1 }),
  repeated: z.int().meta({ description: 'Fanns redan / were there already', example: 0 }),
  refused: z.int().meta({ description: 'Avvisade / refused', example: 0 }),
}

export const BatchOutcome = z
  .strictObject({ ...counts, outcomes: z.array(ItemOutcome) })
  .meta({ id: 'InteractionBatchOutcome', description: 'Utfallet för var och en / the outcome of each' })
export type BatchOutcome = z.infer<typeof BatchOutcome>

/** What stands in the log: what was done, or that a fact came again with other content. */
const RecordedVerb = z.enum([...Verb.options, 'variant']).meta({
  id: 'RecordedVerb',
  description:
    'Vad som gjordes; variant: samma uppgift kom igen med annat innehåll / what was done; variant: the same fact came again with other content',
  example: 'commented',
})

export const InteractionHeader = z
  .strictObject({
    id,
    position: Position,
    stream: streamId,
    version,
    channel: z.uuid().optional().meta({ description: 'Kanalens id / id of the channel' }),
    verb: RecordedVerb,
    occurredOn: z.iso.date().meta({ description: 'Dagen / the day', example: '2026-03-05' }),
    recordedAt,
    precision: z.string().optional().meta({ example: 'second' }),
    basis: z.string().optional().meta({ example: 'occurred' }),
    capacity: Capacity.optional(),
    thread: z.uuid().optional().meta({ description: 'Trådens id i loggen / id of the thread in the log' }),
    inReplyTo: z.uuid().optional().meta({ description: 'Objekt i loggen / object in the log' }),
    derivedFrom: z.uuid().optional().meta({ description: 'Objekt i loggen / object in the log' }),
    delivery: z.uuid().optional().meta({ description: 'Leveransens id / id of the delivery' }),
  })
  .meta({
    id: 'InteractionHeader',
    description: 'Den öppna sidan: inga personuppgifter i klartext / the open side: no name, text or handle',
  })
export type InteractionHeader = z.infer<typeof InteractionHeader>

const next = Position.optional().meta({
  description: 'Skicka som `after` för det som följer / send as `after` for what follows',
  example: '17',
})
const more = z
  .boolean()
  .meta({ description: 'Om mer finns redan nu / whether there is more now', example: false })

export const InteractionPage = z
  .strictObject({ items: z.array(InteractionHeader), next, more })
  .meta({ id: 'InteractionPage' })
export type InteractionPage = z.infer<typeof InteractionPage>

const DisposedPart = z
  .strictObject({
    role: z.string().meta({ example: 'author' }),
    category: z.string().meta({ example: 'content' }),
    decision: Position.optional().meta({
      description: 'Var beslutet står i loggen / where the decision stands in the log',
      example: '21',
    }),
  })
  .meta({ id: 'DisposedPart', description: 'En del som är gallrad / a part that has been disposed of' })

const RestrictedPart = DisposedPart.omit({ decision: true }).meta({
  id: 'RestrictedPart',
  description: 'Lagras men visas inte (artikel 18) / stored and not shown (Article 18)',
})
export type DisposedPart = z.infer<typeof DisposedPart>

export const OpenedInteraction = z
  .strictObject({
    header: InteractionHeader,
    interaction: Interaction.optional().meta({
      description: 'Saknas när innehållet är gallrat / absent when the content has been disposed of',
    }),
    persons: z.array(Person).optional().meta({
      description: 'De som finns kvar när innehållet är gallrat / those left when the content is gone',
    }),
    disposed: z.array(DisposedPart).optional(),
    quarantined: z.boolean().optional().meta({
      description: 'Bedömd som privat: innehållet visas inte / ruled private: its content is not shown',
    }),
    restricted: z.array(RestrictedPart).optional(),
    statements: z
      .array(z.strictObject({ on: z.string(), text: z.string() }))
      .optional()
      .meta({
        description:
          'Vad den registrerade har påpekat (artikel 16) / what the data subject has stated (Article 16)',
      }),
  })
  .meta({ id: 'OpenedInteraction', description: 'En interaktion med innehåll / with its content' })
export type OpenedInteraction = z.infer<typeof OpenedInteraction>

const lookUp = Position.meta({
  description: 'Var uppslaget står i loggen / where the look-up stands in the log',
  example: '18',
})

export const OpenedOne = z
  .strictObject({ lookUp, item: OpenedInteraction })
  .meta({ id: 'OpenedInteractionAnswer' })
export const OpenedPage = z
  .strictObject({ lookUp, items: z.array(OpenedInteraction), next, more: more.optional() })
  .meta({ id: 'OpenedInteractionPage' })
export type OpenedPage = z.infer<typeof OpenedPage>

const why = {
  purpose: text(2000).meta({
    description: 'Ändamålet med uppslaget, förseglas / why it is looked at; kept sealed',
    example: 'Granskning av anmäld kommentar, dnr KS 2026/117',
  }),
  kind: z
    .enum(['shown', 'exported', 'machine-scan'])
    .default('shown')
    .meta({ description: 'Visat, utlämnat eller maskinellt genomsökt', example: 'shown' }),
}

export const ReadOneRequest = z.strictObject(why).meta({ id: 'ReadInteractionRequest' })

const InteractionRange = z
  .strictObject({
    channel: z.uuid().optional(),
    verb: Verb.optional(),
    after: Position.optional(),
    limit: z.int().min(1).max(maxOpened).default(20).meta({ example: 20 }),
  })
  .meta({ id: 'InteractionRange' })

export const ReadRequest = z
  .strictObject({
    ids: z.array(z.uuid()).min(1).max(maxOpened).optional(),
    positions: z.array(Position).min(1).max(maxOpened).optional(),
    range: InteractionRange.optional(),
    ...why,
  })
  .refine((it) => [it.ids, it.positions, it.range].filter((one) => one !== undefined).length === 1, {
    error: 'must name exactly one of ids, positions, range',
  })
  .meta({
    id: 'ReadInteractionsRequest',
    description: 'Vad som ska läsas och varför / what to read, and why',
  })
export type ReadRequest = z.infer<typeof ReadRequest>

export const ListQuery = z.strictObject({
  after: Position.optional().meta({
    description: 'Platsen före den första / the position before the first; `next` of the page before',
    example: '17',
  }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .meta({ description: 'Antal per sida / how many on a page', example: 20 }),
  channel: z.uuid().optional().meta({
    description: 'Kanalens id / id of the channel',
    example: '0198c5a0-0000-7000-8000-000000000001',
  }),
  verb: Verb.optional().meta({ description: 'Vad som gjordes / what was done', example: 'commented' }),
})
export type ListQuery = z.infer<typeof ListQuery>
