import { z } from 'zod'
import { Day } from '../events/vocabulary.ts'
import { ImportCounts } from './schemas.ts'

const channel = z.uuid().toLowerCase().meta({
  description: 'Kanalen / the channel',
  example: '0198c5a0-0000-7000-8000-000000000001',
})
const count = (description: string, example = 0) => z.int().meta({ description, example })
const time = (description: string) =>
  z.iso.datetime({ offset: true }).optional().meta({ description, example: '2026-03-05T09:15:01.000Z' })

export const OverviewQuery = z.strictObject({ channel: channel.optional() })

export const UnrecognisedAnswer = z
  .strictObject({
    kinds: z.array(
      z
        .strictObject({
          channel,
          kind: z
            .string()
            .meta({ description: 'Plattformens eget ord / the platform’s own word', example: 'feed/album' }),
          mapper: z.string().meta({
            description: 'Översättningen som inte förstod det / the mapper that did not understand it',
            example: 'facebook-webhook/v1',
          }),
          items: count('Poster som ingen förstått än / items that nobody has understood yet', 2),
          kept: count('Därav sådana vars leverans finns kvar / of these, whose delivery is still kept', 1),
          recognised: count('Därutöver förstådda sedan / besides, understood since', 1),
          firstOn: Day.meta({ example: '2026-03-05' }),
          lastOn: Day.meta({ example: '2026-03-06' }),
        })
        .meta({ id: 'UnrecognisedKind' }),
    ),
  })
  .meta({ id: 'UnrecognisedIndex' })

export const unrecognisedExample = {
  kinds: [
    {
      channel: '0198c5a0-0000-7000-8000-000000000001',
      kind: 'feed/album',
      mapper: 'facebook-webhook/v1',
      items: 2,
      kept: 1,
      recognised: 1,
      firstOn: '2026-03-05',
      lastOn: '2026-03-06',
    },
  ],
}

export const CoverageAnswer = z
  .strictObject({
    channels: z.array(
      z
        .strictObject({
          channel,
          platform: z.string().meta({ example: 'x' }),
          posted: count('Leveranser som plattformen sänt / deliveries that the platform posted', 12),
          imported: count('Inlästa nedladdningar / downloads that were imported', 1),
          lastPostedAt: time('Den senaste sända / the last that was posted'),
          lastImportedAt: time('Den senaste inlästa / the last that was imported'),
          longestGap: z
            .strictObject({
              from: z.iso.datetime({ offset: true }).meta({ example: '2026-03-05T09:15:01.000Z' }),
              to: z.iso.datetime({ offset: true }).meta({ example: '2026-03-07T09:15:01.000Z' }),
              seconds: count('Hur länge / how long', 172_800),
            })
            .optional()
            .meta({
              description:
                'Det längsta uppehållet mellan två sända, eller sedan den senaste / the longest time between two, or since the last',
            }),
          refusedSignatures: count('Sända med fel signatur / posted with a wrong signature', 0),
          lastRefusedAt: time('Den senaste av dem / the last of these'),
          challengedDays: count(
            'Dagar då plattformen frågat om vi finns / days on which the platform asked for us',
            3,
          ),
          lastChallengedAt: time('Den senaste frågan, en gång om dagen / the last question, once a day'),
          subscription: z.enum(['none', 'standing', 'lost']).meta({
            description:
              'lost: en plattform som frågar jämt (X, LinkedIn) har inte frågat på två dygn / lost: a platform that asks all the time has not asked for two days',
            example: 'standing',
          }),
          unrecognised: count('Poster som ingen förstått / items that nobody has understood', 2),
        })
        .meta({ id: 'ChannelCoverage' }),
    ),
  })
  .meta({ id: 'Coverage' })

export const coverageExample = {
  channels: [
    {
      channel: '0198c5a0-0000-7000-8000-000000000001',
      platform: 'x',
      posted: 12,
      imported: 0,
      lastPostedAt: '2026-03-07T09:15:01.000Z',
      longestGap: { from: '2026-03-05T09:15:01.000Z', to: '2026-03-07T09:15:01.000Z', seconds: 172_800 },
      refusedSignatures: 0,
      challengedDays: 3,
      lastChallengedAt: '2026-03-07T09:15:01.000Z',
      subscription: 'standing' as const,
      unrecognised: 2,
    },
  ],
}

export const RemapRequestBody = z
  .strictObject({
    since: Day.meta({
      description: 'Leveranser från och med den dagen / deliveries received on this day or later',
      example: '2026-03-01',
    }),
    channel: channel.optional(),
    dryRun: z.boolean().default(true).meta({
      description: 'Säg bara vad det skulle ge / only say what it would bring',
      example: true,
    }),
    limit: z.int().min(1).max(1000).default(100).meta({
      description:
        'Högst så många leveranser; nästa anrop går vidare / at most so many; the next call goes on',
      example: 100,
    }),
  })
  .meta({ id: 'RemapRequest' })

export const RemapAnswer = z
  .strictObject({
    dryRun: z.boolean().meta({ example: true }),
    deliveries: count('Leveranser som lästs igen / deliveries that were read again', 3),
    left: count(
      'Lästa av en äldre översättning och kvar att läsa; arkiv läses av kommandot / read by an older mapper and still to be read; archives are read by the command',
    ),
    unreadable: count('Därav olästbara här / of these, not readable here'),
    recognised: count('Okända som nu förstås / unrecognised items that are understood now', 2),
    gone: count('Okända vars leverans inte finns kvar / unrecognised items whose delivery is not kept', 1),
    counts: ImportCounts,
    unrecognised: z.array(
      z.strictObject({
        kind: z.string().meta({ example: 'feed/album' }),
        items: z.int().meta({ example: 1 }),
      }),
    ),
  })
  .meta({ id: 'RemapReport' })

export const remapExample = {
  dryRun: true,
  deliveries: 3,
  left: 0,
  unreadable: 0,
  recognised: 2,
  gone: 1,
  counts: {
    read: 5,
    recorded: 2,
    corroborated: 3,
    variants: 0,
    disposed: 0,
    unrecognised: 0,
    demands: 0,
    rejected: 0,
    unmatched: 0,
    minimised: 0,
  },
  unrecognised: [],
}
