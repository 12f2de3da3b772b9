import { z } from 'zod'
import { pageSchema } from '../declarations/schemas.ts'
import { Day, text } from '../events/vocabulary.ts'

const exampleId = '0198c5a0-0000-7000-8000-000000000017'
const Id = z.uuid().toLowerCase().meta({ example: exampleId })

/** The columns that OSL 5:2 lets, and bids, be left out where the rest could not otherwise be public. The first two never are. */
const separable = ['correspondent', 'brief'] as const
const LeftOut = z.enum(separable).meta({ id: 'SeparableColumn', example: 'correspondent' })

const Secrecy = z
  .strictObject({
    columns: z.array(LeftOut).min(1).max(2),
    provision: text(200).meta({ description: 'Bestämmelse / provision', example: 'OSL 21 kap. 7 §' }),
  })
  .meta({ id: 'DiarySecrecy', description: 'Vad som utelämnas / what is left out (OSL 5:2 andra stycket)' })

export const DiaryEntryDraft = z
  .strictObject({
    enteredOn: Day.meta({
      description: 'Inkom eller upprättades / came in or was drawn up',
      example: '2026-03-05',
    }),
    direction: z.enum(['received', 'drawnUp']).meta({ example: 'received' }),
    designation: text(50).meta({
      description: 'Diarienummer eller annan beteckning / number or other designation',
      example: '2026:117',
    }),
    correspondent: z
      .strictObject({
        organisation: text(300).optional().meta({ example: 'Trafikverket' }),
        person: text(300).optional().meta({ description: 'Förseglas alltid / always sealed' }),
      })
      .refine((it) => (it.organisation === undefined) !== (it.person === undefined), {
        error: 'must be an organisation or a person',
      })
      .optional()
      .meta({ id: 'DiaryCorrespondent', description: 'Avsändare eller mottagare / sender or recipient' }),
    brief: text(300).meta({
      description: 'Kortfattat vad det rör, utan personers namn / in brief, without names of persons',
      example: 'Fråga om snöröjning',
    }),
    object: Id.optional().meta({ description: 'Handlingen i loggen / the object in the log' }),
    secrecy: Secrecy.optional(),
  })
  .meta({ id: 'DiaryEntryDraft' })
export type DiaryEntryDraft = z.infer<typeof DiaryEntryDraft>

export const DiaryEntry = z
  .strictObject({
    id: Id,
    version: z.int().meta({ example: 1 }),
    enteredOn: Day,
    direction: z.enum(['received', 'drawnUp']),
    designation: z.string().meta({ example: '2026:117' }),
    correspondent: z.string().optional().meta({ example: 'Trafikverket' }),
    person: z.boolean().meta({ description: 'Enskild person / a private person', example: false }),
    brief: z.string().optional().meta({ example: 'Fråga om snöröjning' }),
    leftOut: z.array(LeftOut).meta({ description: 'Utelämnat på grund av sekretess / left out for secrecy' }),
  })
  .meta({ id: 'DiaryEntry' })
export type DiaryEntry = z.infer<typeof DiaryEntry>
export const DiaryPage = pageSchema('DiaryPage', DiaryEntry)

export const ReadDiaryEntry = z
  .strictObject({
    purpose: text(2000).meta({ description: 'Förseglas / sealed', example: 'Sekretessprövning' }),
  })
  .meta({ id: 'ReadDiaryEntry' })

export const OpenedDiaryEntry = z
  .strictObject({
    entry: DiaryEntry,
    correspondent: z.string().optional(),
    brief: z.string().optional(),
    provision: z.string().optional(),
    lookUp: z.string().meta({ example: '18' }),
  })
  .meta({ id: 'OpenedDiaryEntry' })
export type OpenedDiaryEntry = z.infer<typeof OpenedDiaryEntry>

export const draftExample = {
  enteredOn: '2026-03-05',
  direction: 'received',
  designation: '2026:117',
  correspondent: { organisation: 'Trafikverket' },
  brief: 'Fråga om snöröjning',
} as const
export const entryExample: DiaryEntry = {
  id: exampleId,
  version: 1,
  enteredOn: '2026-03-05',
  direction: 'received',
  designation: '2026:117',
  correspondent: 'Trafikverket',
  person: false,
  brief: 'Fråga om snöröjning',
  leftOut: [],
}
