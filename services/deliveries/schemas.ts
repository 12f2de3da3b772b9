import { z } from 'zod'

const count = (description: string) => z.int().meta({ description, example: 0 })

export const ImportCounts = z
  .strictObject({
    read: count('Lästa poster / items read'),
    recorded: count('Nya / new'),
    corroborated: count('Fanns redan, bekräftade / there already'),
    variants: count('Fanns med annat innehåll, sparat bredvid / there with other content, kept beside it'),
    disposed: count('Redan gallrade / disposed of already'),
    unrecognised: count('Okända, sparade som de kom / unrecognised, kept as they came'),
    demands: count('Plattformens krav, väntar på beslut / demands of the platform, waiting for a decision'),
    rejected: count('Avvisade / rejected'),
    unmatched: count('Ändring eller borttagning av något aldrig sett / later acts on what was never seen'),
    minimised: count('Andras, bara att det skett / of others, the fact alone'),
  })
  .meta({ id: 'ImportCounts' })

export const ImportAnswer = z
  .strictObject({
    id: z.uuid().meta({ example: '0198c5a0-0000-7000-8000-000000000018' }),
    channel: z.uuid().meta({ example: '0198c5a0-0000-7000-8000-000000000001' }),
    state: z.enum(['queued', 'running', 'cancelling', 'finished', 'failed', 'cancelled', 'broken-off']).meta({
      description:
        'broken-off: processen tog slut före den; den går vidare av sig själv där arkiv sparas, annars sänd filen igen / its process ended before it did; it goes on by itself where archives are kept, else send the file again',
      example: 'finished',
    }),
    startedAt: z.iso.datetime({ offset: true }).meta({ example: '2026-03-05T09:15:01.000Z' }),
    endedAt: z.iso.datetime({ offset: true }).optional().meta({ example: '2026-03-05T09:16:01.000Z' }),
    progress: z
      .strictObject({
        phase: z.enum(['checking', 'importing']).meta({ example: 'importing' }),
        done: z.int().meta({ example: 500 }),
        of: z.int().optional().meta({ example: 2500 }),
      })
      .optional(),
    counts: ImportCounts.optional(),
    unrecognised: z
      .array(
        z.strictObject({ kind: z.string().meta({ example: 'file' }), items: z.int().meta({ example: 1 }) }),
      )
      .optional()
      .meta({ description: 'Okända, per plattformens ord / unrecognised, by the platform’s own word' }),
    code: z.string().optional().meta({ description: 'Varför den misslyckades', example: 'source-malformed' }),
    detail: z.string().optional().meta({ example: 'archive: cut short' }),
  })
  .meta({ id: 'Import' })

export const ImportQuery = z.strictObject({
  channel: z.uuid().toLowerCase().meta({
    description: 'Kanalen / the channel',
    example: '0198c5a0-0000-7000-8000-000000000001',
  }),
  format: z
    .enum([
      'facebook',
      'instagram',
      'x',
      'wordpress',
      'mastodon',
      'linkedin',
      'youtube',
      'activitystreams',
      'cloudevents',
    ])
    .optional()
    .meta({
      description: 'Formatet, om filen inte säger det / the format, where the file does not tell',
      example: 'facebook',
    }),
  resume: z.enum(['true', 'false']).default('false').meta({
    description:
      'Gå vidare efter förra gångens sista avstämning / go on after the last checkpoint of an earlier import of the same file',
    example: 'false',
  }),
})

export const ImportParams = z.strictObject({
  controller: z.string().meta({
    description: 'Den personuppgiftsansvariges namn i adresser / slug of the controller',
    example: 'kommunstyrelsen',
  }),
  id: z.uuid().toLowerCase().meta({
    description: 'Inläsningens id / id of the import',
    example: '0198c5a0-0000-7000-8000-000000000018',
  }),
})

export const importExample = {
  id: '0198c5a0-0000-7000-8000-000000000018',
  channel: '0198c5a0-0000-7000-8000-000000000001',
  state: 'finished',
  startedAt: '2026-03-05T09:15:01.000Z',
  endedAt: '2026-03-05T09:16:01.000Z',
  counts: {
    read: 3,
    recorded: 2,
    corroborated: 0,
    variants: 0,
    disposed: 0,
    unrecognised: 1,
    demands: 0,
    rejected: 0,
    unmatched: 0,
    minimised: 0,
  },
  unrecognised: [{ kind: 'file', items: 1 }],
}
