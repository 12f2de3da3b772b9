import type { Capacity, Verb } from '../events/interaction.ts'
import { creatingVerbs } from '../events/interaction.ts'
import type { Day } from '../events/vocabulary.ts'
import { writeMark } from './class-rules.ts'
import type { HoldKind } from './hold-queries.ts'
import { objectDue } from './object-due.ts'
import { daysBetween } from './period.ts'
import type { Resolution } from './resolve.ts'
import type { TriggerDays } from './rules.ts'

export type AuditKind =
  | 'kept-too-long'
  | 'destroyed-too-early'
  | 'destroyed-without-decision'
  | 'destroyed-while-held'
  | 'destroyed-without-order'
  | 'destroyed-without-approval'
  | 'destroyed-after-abort'
  | 'destroyed-above-limit'
  | 'due-not-destroyed'
  | 'intended-not-executed'

/** What is not as the rules have it. `days`: too many or too few, where that can be counted. */
export type AuditFinding = {
  readonly kind: AuditKind
  readonly object: string | null
  /** The intent, or the last event there is. */
  readonly position: string
  readonly days: number | null
}

/** An event of an object, as far as retention looks at it. */
export type ObjectEvent = {
  readonly position: bigint
  readonly verb: Verb
  readonly channel: string
  readonly capacity: Capacity
  readonly thread: string | null
  readonly occurredOn: Day
  readonly recordedOn: Day
}

export type TriggeredOn = {
  readonly position: bigint
  readonly trigger: string
  readonly day: Day
  readonly recordedOn: Day
}

/** What somebody has said of an object: tags given or taken, a capacity ruled. In the order of the log. */
export type Said = {
  readonly type: string
  readonly tags: readonly string[]
  readonly capacity: Capacity | undefined
  readonly recordedOn: Day
}

/** The mark that all that was said leaves. */
export function markOf(said: readonly Said[]): string {
  const tags = new Set<string>()
  let ruled: Capacity | undefined
  for (const it of said) {
    if (it.type === 'capacity.ruled') ruled = it.capacity
    for (const tag of it.tags) {
      if (it.type === 'object.tagged') tags.add(tag)
      else tags.delete(tag)
    }
  }
  return writeMark(ruled, tags)
}

export type PastHold = {
  readonly kind: HoldKind
  readonly target: string
  /** What narrows a query. */
  readonly verb?: string | undefined
  readonly firstOn?: Day | undefined
  readonly lastOn?: Day | undefined
  readonly from: bigint
  readonly to: bigint | undefined
  readonly liftedOn: Day | undefined
}

/** The event that gives the object its class and its day: that which created it, else the first. Events in the order of the log. */
export function foundingEvent(events: readonly ObjectEvent[]): ObjectEvent {
  return events.find(({ verb }) => creatingVerbs.has(verb)) ?? (events[0] as ObjectEvent)
}

const columns: Readonly<Record<string, 'closedOn' | 'obsoleteOn' | 'withdrawnOn' | 'deliveredOn'>> = {
  matterClosed: 'closedOn',
  declaredObsolete: 'obsoleteOn',
  withdrawn: 'withdrawnOn',
  archiveDelivered: 'deliveredOn',
}

export function daysOf(
  events: readonly ObjectEvent[],
  triggered: readonly TriggeredOn[],
  channelClosedOn: Day | undefined,
): TriggerDays {
  const founding = foundingEvent(events)
  const days: { -readonly [K in keyof TriggerDays]: Day } = {
    occurredOn: founding.occurredOn,
    receivedOn: events[0]?.recordedOn ?? founding.recordedOn,
  }
  if (creatingVerbs.has(founding.verb)) days.publishedOn = founding.occurredOn
  if (channelClosedOn !== undefined) days.channelClosedOn = channelClosedOn
  for (const it of triggered) {
    const column = columns[it.trigger]
    if (column !== undefined) days[column] = it.day
  }
  return days
}

export type AuditedObject = {
  readonly object: string
  readonly days: TriggerDays
  readonly resolution: Resolution
  /** The first day on which the rule that decides, and every trigger, was in the log. */
  readonly knownOn: Day
  /** Since when its content, ruled private, may be destroyed by another's word; then no rule is needed. */
  readonly privateSince: Day | undefined
  /** Holds that ever covered it. */
  readonly holds: readonly PastHold[]
  /** Its intent; undefined while it is kept. */
  readonly condemned: { readonly position: bigint; readonly on: Day } | undefined
}

/** Judges one object. `graceDays`: how long after its day it may stand, that is the interval of the purge job. */
export function auditObject(
  it: AuditedObject,
  now: { readonly position: bigint; readonly on: Day },
  graceDays: number,
): AuditFinding[] {
  const at = it.condemned ?? now
  const found: AuditFinding[] = []
  const report = (kind: AuditKind, days: number | null = null) =>
    found.push({ kind, object: it.object, position: String(at.position), days })
  const byRule = objectDue(it.resolution, it.days, at.on).dueDay
  const dueDay = [byRule, it.privateSince].filter((day) => day !== undefined).toSorted()[0]
  const holding = it.holds.filter(
    ({ from, to }) => from < at.position && (to === undefined || to > at.position),
  )
  if (it.condemned !== undefined) {
    if (holding.length > 0) report('destroyed-while-held')
    if (it.resolution.outcome !== 'destroy' && it.privateSince === undefined)
      report('destroyed-without-decision')
    else if (dueDay === undefined) report('destroyed-too-early')
    else if (dueDay > at.on) report('destroyed-too-early', daysBetween(at.on, dueDay))
  }
  if (dueDay === undefined || dueDay > at.on || holding.length > 0) return found
  const free = it.holds.flatMap(({ from, liftedOn }) =>
    from < at.position && liftedOn !== undefined ? [liftedOn] : [],
  )
  const late = daysBetween([dueDay, it.knownOn, ...free].toSorted().at(-1) as Day, at.on)
  if (late > graceDays) report(it.condemned === undefined ? 'due-not-destroyed' : 'kept-too-long', late)
  return found
}

/** A purge as its events tell it; positions in the log. */
export type AuditedPurge = {
  readonly ordered: bigint | undefined
  readonly approval: boolean
  readonly limit: number
  /** Days in which a decision can revoke it before it is executed, rounded up. */
  readonly waitDays: number
  /** Approvals by another than who ordered it. */
  readonly approved: bigint | undefined
  readonly aborted: bigint | undefined
  readonly executed: bigint | undefined
  readonly intents: readonly { readonly position: bigint; readonly objects: number; readonly on: Day }[]
}

/** Judges a purge: ordered, approved, not called off, within its limit, brought to its end. */
export function auditPurge(it: AuditedPurge, now: { readonly on: Day }, graceDays: number): AuditFinding[] {
  const found: AuditFinding[] = []
  let taken = 0
  for (const { position, objects, on } of it.intents) {
    const report = (kind: AuditKind, days: number | null = null) =>
      found.push({ kind, object: null, position: String(position), days })
    taken += objects
    if (it.ordered === undefined || it.ordered > position) report('destroyed-without-order')
    else if (it.approval && !(it.approved !== undefined && it.approved < position))
      report('destroyed-without-approval')
    else if (taken > it.limit) report('destroyed-above-limit')
    if (it.aborted !== undefined && it.aborted < position) report('destroyed-after-abort')
    const age = daysBetween(on, now.on)
    if (it.executed === undefined && age > graceDays + it.waitDays) report('intended-not-executed', age)
  }
  return found
}
