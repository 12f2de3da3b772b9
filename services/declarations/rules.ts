import type { ProcessingActivity } from '../events/activity.ts'
import type { ChannelDeclaration } from '../events/channel.ts'
import type { ControllerDeclaration } from '../events/controller.ts'
import type { RetentionRule } from '../events/retention-rule.ts'
import { controllershipPeriods, governsFrom, type Versioned, versionOn } from '../events/validity.ts'
import { type Day, dayAfter } from '../events/vocabulary.ts'
import { DomainError, type Violation } from '../platform/errors.ts'
import { canonicalJson, type Json } from '../platform/json.ts'

type Standing<T> = ReadonlyMap<string, T>

/** What is declared now, by id: the open side. */
export type World = {
  readonly channels: Standing<ChannelDeclaration>
  readonly activities: Standing<ProcessingActivity>
  readonly rules: Standing<RetentionRule>
}

function unknownIn(
  pointer: string,
  ids: readonly string[] | undefined,
  known: ReadonlyMap<string, unknown>,
  reason: string,
): Violation[] {
  return (ids ?? []).flatMap((id, index) =>
    known.has(id) ? [] : [{ pointer: `${pointer}/${index}`, reason }],
  )
}

function demandKnown(violations: readonly Violation[]): void {
  if (violations.length === 0) return
  throw new DomainError('validation-failed', `${violations.length} references lead nowhere`, { violations })
}

type Validity = { readonly from: Day | undefined; readonly to: Day | undefined }
type Dated = { readonly validFrom?: Day | undefined; readonly validTo?: Day | undefined }

/** Whether two spans of days share one; an open end reaches on for ever. */
function overlap(a: Validity, b: Validity): boolean {
  return (a.to ?? '9999') >= (b.from ?? '0000') && (b.to ?? '9999') >= (a.from ?? '0000')
}

function refuseTwin<T>(
  standing: Standing<T>,
  id: string | undefined,
  document: T,
  validity: (it: T) => Validity,
  same: (it: T) => boolean,
  what: string,
): void {
  for (const [other, it] of standing) {
    if (other === id || !same(it) || !overlap(validity(it), validity(document))) continue
    throw new DomainError(
      'state-conflict',
      `${other} has the same ${what} on days that overlap. Change that one, or end it first.`,
    )
  }
}

/** The days on which a channel is this controller's: till it is closed or another takes it over. */
const openDays = ({ openedOn, closedOn, reassignment }: ChannelDeclaration): Validity => ({
  from: openedOn,
  to: reassignment === undefined ? closedOn : dayAfter(reassignment.from, -1),
})
const validDays = (it: Dated): Validity => ({
  from: it.validFrom,
  to: it.validTo,
})

/** One account is one channel on any day. Accounts outside the public list are sealed and cannot be compared. */
export function checkChannel(world: World, id: string | undefined, document: ChannelDeclaration): void {
  refuseTwin(
    world.channels,
    id,
    document,
    openDays,
    (it) =>
      it.platform === document.platform &&
      ((it.accountId !== undefined && it.accountId === document.accountId) || it.name === document.name),
    'platform and account, or platform and name,',
  )
}

/** The first day of a span on which none of the versions holds: it can only begin where the span does or one has ended. */
function firstWithout(
  { from = '0001-01-01', to = '9999-12-31' }: Validity,
  versions: readonly Versioned<Dated>[],
) {
  const ends = versions.flatMap(({ document: { validTo } }) =>
    validTo === undefined ? [] : [dayAfter(validTo)],
  )
  return [from, ...ends]
    .filter((day) => from <= day && day <= to)
    .sort()
    .find((day) => versionOn(versions, day) === undefined)
}

/** Every day on which one of its channels is open the controller must be there to answer for it. */
export function checkController(
  channels: Standing<ChannelDeclaration>,
  controllers: readonly Versioned<ControllerDeclaration>[],
): void {
  for (const [id, channel] of channels) {
    const day = firstWithout(openDays(channel), controllers)
    if (day === undefined) continue
    throw new DomainError(
      'state-conflict',
      `Channel ${id} would have no controller on ${day}. Close it, or let another controller take it over, before that day.`,
      {
        violations: [{ pointer: '/validTo', reason: `leaves channel ${id} without a controller on ${day}` }],
      },
    )
  }
}

/** The decisions on a channel follow each other: on each day that it is open one governs, and one only. */
export function checkControllership(
  before: readonly Versioned<ChannelDeclaration>[],
  document: ChannelDeclaration,
): void {
  const others = before.filter((it) => governsFrom(it.document) !== governsFrom(document))
  const periods = controllershipPeriods([...others, { version: Number.MAX_SAFE_INTEGER, document }])
  for (const [index, period] of periods.entries()) {
    const { to } = period.document.legalSource
    if (to === undefined) continue
    const next = periods[index + 1]
    const from = next === undefined ? undefined : governsFrom(next.document)
    if (from !== undefined && from <= to) {
      throw new DomainError(
        'state-conflict',
        `Two decisions would govern the channel on ${from}: one holds to ${to}, the other from ${from}. End the first the day before.`,
        { violations: [{ pointer: '/legalSource', reason: `overlaps on ${from} with another decision` }] },
      )
    }
    const uncovered = dayAfter(to)
    if ((from ?? '9999-12-31') > uncovered && uncovered <= (openDays(document).to ?? '9999')) {
      throw new DomainError(
        'state-conflict',
        `No decision would govern the channel on ${uncovered}, though it is open. Declare what holds from that day, or close the channel.`,
        { violations: [{ pointer: '/legalSource/to', reason: `leaves ${uncovered} without a decision` }] },
      )
    }
  }
}

export function checkActivity(world: World, id: string | undefined, document: ProcessingActivity): void {
  demandKnown(
    unknownIn('/scope/channels', document.scope.channels, world.channels, 'is no channel of this controller'),
  )
  refuseTwin(world.activities, id, document, validDays, (it) => it.name === document.name, 'name')
}

export function checkRule(world: World, id: string | undefined, document: RetentionRule): void {
  const { scope } = document
  demandKnown([
    ...unknownIn('/scope/channels', scope.channels, world.channels, 'is no channel of this controller'),
    ...unknownIn(
      '/scope/activities',
      scope.activities,
      world.activities,
      'is no activity of this controller',
    ),
  ])
  refuseTwin(world.rules, id, document, validDays, (it) => it.name === document.name, 'name')
  refuseTwin(
    world.rules,
    id,
    document,
    validDays,
    (it) =>
      it.recordType === document.recordType &&
      textOf(it.scope) === textOf(scope) &&
      // Destruction after delivery is a rule of its own, beside the one that preserves.
      (it.start === 'archiveDelivered') === (document.start === 'archiveDelivered'),
    'record type and scope',
  )
  checkDecision(world, id, document)
}

/** One decision has one text: the same body, number and paragraph with other words or another day is an error of one of them. */
function checkDecision(world: World, id: string | undefined, { decision }: RetentionRule): void {
  if (decision === undefined) return
  for (const [other, it] of world.rules) {
    if (other === id || it.decision === undefined) continue
    const { body, reference, paragraph } = it.decision
    if (body !== decision.body || reference !== decision.reference || paragraph !== decision.paragraph)
      continue
    if (textOf(it.decision) === textOf(decision)) continue
    throw new DomainError(
      'state-conflict',
      `Rule ${other} cites the same decision with another day or wording. One decision has one text.`,
      {
        violations: [{ pointer: '/decision', reason: 'stands with another day or wording in another rule' }],
      },
    )
  }
}

function textOf(value: object): string {
  return canonicalJson(value as Json)
}
