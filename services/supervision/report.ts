import type { Block, Language } from '../documents/model.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { promptness, regularity, startOfDay } from './report-rules.ts'
import { alarmsOf, itemsOf, roundsOf, supervisedChannels } from './rounds-queries.ts'
import type { SupervisionReport } from './rounds-schemas.ts'

const dayMs = 86_400_000

/** How the channels were supervised in a period: whether regularly, and how soon what was known of was acted on. */
export async function supervisionReport(
  ledger: Ledger,
  log: Log,
  wish: { readonly from: string; readonly to: string; readonly channel?: string | undefined },
): Promise<SupervisionReport> {
  if (wish.from > wish.to) {
    throw new DomainError('validation-failed', '1 field does not fit', {
      violations: [{ pointer: '/to', reason: 'lies before from' }],
    })
  }
  const now = ledger.clock.now()
  const end = startOfDay(new Date(startOfDay(wish.to).getTime() + 1.5 * dayMs).toISOString().slice(0, 10))
  const period = { from: startOfDay(wish.from), to: new Date(Math.min(end.getTime(), now.getTime())) }
  return reading(ledger, log, async (tx) => {
    const all = await supervisedChannels(tx, log.controller)
    const chosen = all.filter(({ channel }) => wish.channel === undefined || channel === wish.channel)
    if (wish.channel !== undefined && chosen.length === 0)
      throw new DomainError('not-found', 'no such channel')
    const channels: SupervisionReport['channels'] = []
    for (const { channel, document } of chosen) {
      const at = [tx, log.controller, channel, period] as const
      const { gaps, regular, ...figures } = regularity(
        {
          interval: document.supervisionInterval,
          openedAt: startOfDay(document.openedOn),
          closedAt: document.closedOn === undefined ? undefined : startOfDay(document.closedOn),
        },
        await roundsOf(...at),
        period,
      )
      const { medianHours = null, longestHours = null, ...counts } = promptness(await itemsOf(...at))
      channels.push({
        channel,
        name: document.name,
        interval: document.supervisionInterval ?? null,
        ...figures,
        gaps: gaps.map(({ since, until, hours }) => ({
          since: since.toISOString(),
          until: until.toISOString(),
          hours,
        })),
        alarms: (await alarmsOf(...at)).map((it) => it.toISOString()),
        regular: regular ?? null,
        items: { ...counts, medianHours, longestHours },
      })
    }
    return { controller: log.slug, from: wish.from, to: wish.to, asOf: now.toISOString(), channels }
  })
}

type Words = Readonly<
  Record<
    | 'title'
    | 'lead'
    | 'channel'
    | 'interval'
    | 'rounds'
    | 'seen'
    | 'longest'
    | 'regular'
    | 'found'
    | 'open'
    | 'median'
    | 'worst'
    | 'yes'
    | 'no'
    | 'unknown'
    | 'regularTitle'
    | 'promptTitle'
    | 'gapsTitle'
    | 'since'
    | 'until'
    | 'hours'
    | 'none',
    string
  >
>

const words: Readonly<Record<Language, Words>> = {
  sv: {
    title: 'Uppsikt över kanaler',
    lead: 'Regelbunden uppsikt och skyndsamt borttagande',
    channel: 'Kanal',
    interval: 'Uppgivet intervall',
    rounds: 'Rundor',
    seen: 'Genomgångna',
    longest: 'Längst utan runda (timmar)',
    regular: 'Regelbunden',
    found: 'Kända',
    open: 'Öppna',
    median: 'Median till åtgärd (timmar)',
    worst: 'Längst till åtgärd (timmar)',
    yes: 'ja',
    no: 'nej',
    unknown: 'intervall saknas',
    regularTitle: 'Regelbunden uppsikt',
    promptTitle: 'Skyndsam åtgärd',
    gapsTitle: 'Tider utan runda utöver intervallet',
    since: 'Från',
    until: 'Till',
    hours: 'Timmar',
    none: 'Inga.',
  },
  en: {
    title: 'Supervision of channels',
    lead: 'Regular supervision and prompt removal',
    channel: 'Channel',
    interval: 'Declared interval',
    rounds: 'Rounds',
    seen: 'Looked through',
    longest: 'Longest without a round (hours)',
    regular: 'Regular',
    found: 'Known of',
    open: 'Open',
    median: 'Median to action (hours)',
    worst: 'Longest to action (hours)',
    yes: 'yes',
    no: 'no',
    unknown: 'no interval declared',
    regularTitle: 'Regular supervision',
    promptTitle: 'Prompt action',
    gapsTitle: 'Times without a round beyond the interval',
    since: 'From',
    until: 'To',
    hours: 'Hours',
    none: 'None.',
  },
}

export function reportTitle(report: SupervisionReport, language: Language): string {
  return `${words[language].title} – ${report.controller}, ${report.from} – ${report.to}`
}

/** The report to read: the same content for HTML and PDF. */
export function reportBlocks(report: SupervisionReport, language: Language): Block[] {
  const it = words[language]
  const number = (value: number | null) => (value === null ? '–' : value.toLocaleString(language))
  const regular = (value: boolean | null) => (value === null ? it.unknown : value ? it.yes : it.no)
  const gaps = report.channels.flatMap(({ name, gaps: missed }) =>
    missed.map((gap) => [
      name,
      gap.since.slice(0, 16).replace('T', ' '),
      gap.until.slice(0, 16).replace('T', ' '),
      number(gap.hours),
    ]),
  )
  const columns = (...titles: string[]) => titles.map((title) => ({ title }))
  return [
    {
      kind: 'paragraph',
      text: `${it.lead}. ${report.asOf.slice(0, 16).replace('T', ' ')} UTC.`,
      look: 'lead',
    },
    { kind: 'heading', level: 2, text: it.regularTitle },
    {
      kind: 'table',
      caption: it.regularTitle,
      columns: columns(it.channel, it.interval, it.rounds, it.seen, it.longest, it.regular),
      rowHeader: true,
      rows: report.channels.map((row) => [
        row.name,
        row.interval ?? '–',
        number(row.rounds),
        number(row.seen),
        number(row.longestHours),
        regular(row.regular),
      ]),
    },
    { kind: 'heading', level: 2, text: it.gapsTitle },
    ...(gaps.length === 0
      ? [{ kind: 'paragraph', text: it.none } as const]
      : [
          {
            kind: 'table',
            caption: it.gapsTitle,
            columns: columns(it.channel, it.since, it.until, it.hours),
            rowHeader: true,
            rows: gaps,
          } as const,
        ]),
    { kind: 'heading', level: 2, text: it.promptTitle },
    {
      kind: 'table',
      caption: it.promptTitle,
      columns: columns(it.channel, it.found, it.open, it.median, it.worst),
      rowHeader: true,
      rows: report.channels.map(({ name, items }) => [
        name,
        number(items.known),
        number(items.open),
        number(items.medianHours),
        number(items.longestHours),
      ]),
    },
  ]
}
