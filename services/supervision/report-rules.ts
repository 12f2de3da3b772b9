import type { Period } from '../events/vocabulary.ts'

/** A round on a channel: when somebody looked through it, how much they saw and acted on. */
export type Round = { readonly from: Date; readonly to: Date; readonly seen: number; readonly acted: number }

/** Something somebody came to know of, and when it was acted on. */
export type KnownItem = { readonly knownAt: Date; readonly actedAt: Date | undefined }

export type SupervisedChannel = {
  readonly interval: Period | undefined
  /** Between these it is to be supervised. */
  readonly openedAt: Date
  readonly closedAt: Date | undefined
}

/** A stretch without a round that was longer than the interval allows. */
export type Gap = { readonly since: Date; readonly until: Date; readonly hours: number }

export type Regularity = {
  readonly rounds: number
  readonly seen: number
  readonly acted: number
  readonly longestHours: number
  readonly gaps: readonly Gap[]
  /** Undefined where no interval is declared: then nobody can say. */
  readonly regular: boolean | undefined
}

export type Promptness = {
  readonly known: number
  readonly acted: number
  readonly open: number
  readonly medianHours: number | undefined
  readonly longestHours: number | undefined
}

const hour = 3_600_000
const zone = 'Europe/Stockholm'

/** The instant by which the next round is due: the same clock time where the municipality is, also over a change of clocks. */
export function dueAfter(last: Date, interval: Period): Date {
  const at = Temporal.Instant.fromEpochMilliseconds(last.getTime()).toZonedDateTimeISO(zone).add(interval)
  return new Date(at.epochMilliseconds)
}

/** Midnight at the beginning of a day where the municipality is. */
export function startOfDay(day: string): Date {
  return new Date(Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds)
}

function hoursBetween(since: Date, until: Date): number {
  return Math.round(((until.getTime() - since.getTime()) / hour) * 10) / 10
}

/**
 * Whether a channel was looked through regularly in a period: every stretch without a round is held against the declared
 * interval. `rounds` in their order, with the last one before the period if there was any.
 */
export function regularity(
  channel: SupervisedChannel,
  rounds: readonly Round[],
  period: { readonly from: Date; readonly to: Date },
): Regularity {
  const from = new Date(Math.max(period.from.getTime(), channel.openedAt.getTime()))
  const to = new Date(Math.min(period.to.getTime(), channel.closedAt?.getTime() ?? Number.POSITIVE_INFINITY))
  const inside = rounds.filter((it) => it.to >= from && it.to < to)
  const before = rounds.findLast((it) => it.to < from)
  const empty = to <= from
  const points = [before?.to ?? from, ...inside.map((it) => it.to), to]
  const gaps: Gap[] = []
  let longest = 0
  for (const [index, since] of points.slice(0, -1).entries()) {
    const until = points[index + 1] as Date
    if (empty || until <= since) continue
    longest = Math.max(longest, hoursBetween(since, until))
    if (channel.interval !== undefined && dueAfter(since, channel.interval) < until) {
      gaps.push({ since, until, hours: hoursBetween(since, until) })
    }
  }
  return {
    rounds: inside.length,
    seen: inside.reduce((sum, it) => sum + it.seen, 0),
    acted: inside.reduce((sum, it) => sum + it.acted, 0),
    longestHours: longest,
    gaps,
    regular: channel.interval === undefined ? undefined : gaps.length === 0,
  }
}

/** How soon what was known of was acted on: from knowledge to action. */
export function promptness(items: readonly KnownItem[]): Promptness {
  const taken = items
    .flatMap(({ knownAt, actedAt }) => (actedAt === undefined ? [] : [hoursBetween(knownAt, actedAt)]))
    .toSorted((a, b) => a - b)
  return {
    known: items.length,
    acted: taken.length,
    open: items.length - taken.length,
    medianHours: taken[Math.floor((taken.length - 1) / 2)],
    longestHours: taken.at(-1),
  }
}
