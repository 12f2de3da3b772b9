import type { ProcessingActivity } from '../events/activity.ts'
import type { ChannelDeclaration } from '../events/channel.ts'
import type { RetentionRule } from '../events/retention-rule.ts'
import type { Day } from '../events/vocabulary.ts'
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

const openDays = (it: ChannelDeclaration): Validity => ({ from: it.openedOn, to: it.closedOn })
const validDays = (it: { validFrom?: Day | undefined; validTo?: Day | undefined }): Validity => ({
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
