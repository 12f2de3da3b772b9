import type { RetentionStart } from '../../services/events/retention-rule.ts'
import { add, naive, next, show } from './naive-calendar.ts'

/** What a clerk with cards and a wall calendar knows of a rule. Written without a look at how the house does it. */
export type PlainRule = {
  readonly preserve: boolean
  readonly decided: boolean
  readonly years: number
  readonly months: number
  readonly days: number
  readonly start: RetentionStart
  readonly rounding: 'none' | 'calendarYearEnd'
  readonly verb: 'commented' | 'messaged' | 'reacted' | undefined
  readonly tag: string | undefined
  readonly channel: number | undefined
  readonly shortest: boolean
  readonly from: string
  readonly to: string | undefined
}

export type Card = {
  readonly id: string
  readonly name: string
  readonly verb: 'commented' | 'messaged' | 'reacted'
  readonly channel: number
  readonly tags: Set<string>
  /** The days that happened, by the word a rule uses for them. */
  readonly days: Partial<Record<RetentionStart, string>>
  readonly holds: Set<string>
  gone: boolean
}

/** The first day on which the card may go by this rule; undefined while nothing has started it. */
function goesOn(rule: PlainRule, card: Card, channelClosed: string | undefined): string | undefined {
  const word = rule.start === 'calendarYearEnd' ? 'occurred' : rule.start
  const day = word === 'channelClosed' ? channelClosed : card.days[word]
  if (day === undefined) return undefined
  const from = rule.start === 'calendarYearEnd' ? `${day.slice(0, 4)}-12-31` : day
  const end = add(from, rule.years, rule.months, rule.days)
  if (rule.rounding === 'calendarYearEnd') return show(next(naive(`${end.slice(0, 4)}-12-31`)))
  return rule.start === 'calendarYearEnd' ? show(next(naive(end))) : end
}

/** The version that counts today: of those that have begun the one declared last, if it has not ended. */
function todays(versions: readonly PlainRule[], today: string): PlainRule[] {
  const begun = versions.filter((it) => it.from <= today).at(-1)
  return begun === undefined || (begun.to !== undefined && begun.to < today) ? [] : [begun]
}

/** On which day the card may go, if the rules stay as they are today. */
export function clerksDay(
  card: Card,
  rules: Iterable<readonly PlainRule[]>,
  today: string,
  channelClosed: string | undefined,
): string | undefined {
  const own = [...rules]
    .flatMap((versions) => todays(versions, today))
    .filter((it) => it.verb === undefined || it.verb === card.verb)
    .filter((it) => it.tag === undefined || card.tags.has(it.tag))
    .filter((it) => it.channel === undefined || it.channel === card.channel)
  const kept = own.some((it) => it.preserve)
  const weighed = own
    .filter((it) => !it.preserve && it.decided)
    .filter((it) => !kept || it.start === 'archiveDelivered')
  if (weighed.length === 0) return undefined
  const days = weighed.map((it) => goesOn(it, card, channelClosed))
  // The house's setting is the longer time; a rule with a ground of its own for the shorter departs from it for all.
  if (weighed.some((it) => it.shortest)) return days.filter((day) => day !== undefined).toSorted()[0]
  return days.some((day) => day === undefined) ? undefined : days.toSorted().at(-1)
}
