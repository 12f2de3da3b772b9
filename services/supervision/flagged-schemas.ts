import { z } from 'zod'
import { Day, Slug, text } from '../events/vocabulary.ts'

const exampleId = '0198c5a0-0000-7000-8000-000000000017'
const Position = z
  .string()
  .regex(/^\d{1,18}$/)
  .meta({ description: 'Plats i loggen / position in the log', example: '17' })

const FlagKind = z
  .enum(['personalNumber', 'coordinationNumber', 'email', 'telephone', 'word'])
  .meta({ id: 'FlagKind', example: 'personalNumber' })

const Flag = z
  .strictObject({
    kind: FlagKind,
    list: Slug.optional().meta({ description: 'Ordlistan / the word list', example: 'hot' }),
    start: z.int().meta({ description: 'I UTF-16-enheter / in UTF-16 code units', example: 12 }),
    end: z.int().meta({ example: 25 }),
  })
  .meta({ id: 'ScreeningFlag', description: 'Var en människa bör titta / where a human should look' })

/** What screening sealed with an interaction. */
export const Found = z
  .strictObject({ text: z.array(Flag).optional(), title: z.array(Flag).optional() })
  .meta({ id: 'ScreeningFlags' })

export const FindFlagged = z
  .strictObject({
    purpose: text(2000).meta({
      description: 'Ändamålet, förseglas / the purpose; kept sealed',
      example: 'Uppsikt över kommentarer',
    }),
    channel: z.uuid().toLowerCase().optional().meta({ example: exampleId }),
    kinds: z
      .array(FlagKind)
      .min(1)
      .optional()
      .meta({ example: ['personalNumber'] }),
    after: Position.optional(),
  })
  .meta({ id: 'FindFlagged' })

const Flagged = z
  .strictObject({
    id: z.uuid().meta({ example: exampleId }),
    position: Position,
    stream: z.uuid().meta({ description: 'Handlingens id / id of the object' }),
    channel: z.uuid().optional(),
    verb: z.string().meta({ description: 'Vad som gjordes / what was done', example: 'commented' }),
    occurredOn: Day,
    flags: Found,
  })
  .meta({ id: 'FlaggedInteraction' })

export const FlaggedPage = z
  .strictObject({
    lookUp: Position,
    scanned: z.int().meta({ description: 'Genomsökta / looked through', example: 500 }),
    items: z.array(Flagged),
    next: Position.optional(),
    more: z.boolean().meta({ example: false }),
  })
  .meta({ id: 'FlaggedPage' })
export type FlaggedPage = z.infer<typeof FlaggedPage>

export const flaggedExample: FlaggedPage = {
  lookUp: '18',
  scanned: 500,
  items: [
    {
      id: exampleId,
      position: '17',
      stream: '0198c5a0-0000-7000-8000-000000000018',
      channel: '0198c5a0-0000-7000-8000-000000000001',
      verb: 'commented',
      occurredOn: '2026-03-05',
      flags: { text: [{ kind: 'personalNumber', start: 12, end: 25 }] },
    },
  ],
  next: '517',
  more: false,
}
