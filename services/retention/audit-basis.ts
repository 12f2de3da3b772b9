import { ProcessingActivity } from '../events/activity.ts'
import { type ConflictPolicy, RetentionRule } from '../events/retention-rule.ts'
import type { Day } from '../events/vocabulary.ts'
import type { StoredEvent } from '../ledger/read.ts'
import { localDay } from '../platform/clock.ts'
import type { PastRuling } from './audit-past.ts'
import type { ObjectHistory, Seen } from './audit-queries.ts'
import { daysOf, foundingEvent, markOf } from './audit-rules.ts'
import { factsOf, type RetentionBasis } from './basis-queries.ts'
import { readMark } from './class-rules.ts'
import { type Resolution, resolve } from './resolve.ts'
import type { RuleVersion } from './rules.ts'

/** What was declared at some point, and on which day each version of a rule came into the log or was approved. */
type Declared = RetentionBasis & { readonly declaredOn: ReadonlyMap<string, Day> }

/** Judges an object by what was declared and seen when it was condemned, or is now. */
export function judgeOf(
  deciding: readonly StoredEvent[],
  seen: readonly Seen[],
  actors: ReadonlyMap<string, string>,
  rulings: ReadonlyMap<string, readonly PastRuling[]>,
) {
  const declared = deciding.filter(({ type }) => type.endsWith('.declared') || type === 'rule.approved')
  const bases = new Map<number, Declared>()
  const resolutions = new Map<string, Resolution>()
  const basisAt = (position: bigint): { basis: Declared; version: number } => {
    let version = declared.length
    while (version > 0 && BigInt(declared[version - 1]?.position ?? 0) >= position) version -= 1
    const basis = bases.get(version) ?? basisOf(declared.slice(0, version), actors)
    bases.set(version, basis)
    return { basis, version }
  }
  return (it: ObjectHistory, now: { readonly position: bigint; readonly on: Day }) => {
    const at = it.condemned ?? now
    const founding = foundingEvent(it.events)
    const { channel, verb } = founding
    const mark = markOf(it.said)
    const capacity = readMark(mark).capacity ?? founding.capacity
    const { basis, version } = basisAt(at.position)
    const key = `${channel} ${verb}`
    const categories = seen.filter((row) => row.key === key && row.since < at.position)
    const known = `${version} ${at.on} ${key} ${capacity} ${mark} ${categories.length}`
    const names = categories.map(({ category }) => category)
    const resolution =
      resolutions.get(known) ??
      resolve(
        basis.rules,
        factsOf(
          { ...basis, seen: new Map([[key, names]]) },
          { classId: 0, channelId: channel, verb, capacity, mark },
        ),
        at.on,
        basis.setting,
      )
    if (resolutions.size > 10_000) resolutions.clear()
    resolutions.set(known, resolution)
    const days = daysOf(it.events, it.triggered, basis.closed.get(channel))
    const since = [
      it.events[0]?.recordedOn as Day,
      ...it.triggered.map(({ recordedOn }) => recordedOn),
      ...it.said.map(({ recordedOn }) => recordedOn),
      ...resolution.deciding.flatMap((rule) => [
        rule.rule.validFrom,
        basis.declaredOn.get(nameOf(rule)) as Day,
      ]),
    ]
    const knownOn = since.toSorted().at(-1) as Day
    const ruling = rulings.get(it.object)?.findLast(({ position }) => position < at.position)
    const word = ruling?.capacity === 'private' ? ruling.approved : undefined
    const privateSince = word !== undefined && word.position < at.position ? word.on : undefined
    return { object: it.object, days, resolution, knownOn, privateSince, condemned: it.condemned }
  }
}

const nameOf = ({ id, version }: Pick<RuleVersion, 'id' | 'version'>) => `${id} ${version}`

/** The versions of the rules: one that needs approval awaits it until another than its author has given it. */
function ruleVersions(events: readonly StoredEvent[], actors: ReadonlyMap<string, string>) {
  const declaredOn = new Map<string, Day>()
  const rules: RuleVersion[] = []
  for (const event of events) {
    if (event.type !== 'rule.declared') continue
    const it = { id: event.streamId, version: event.streamVersion }
    const author = actors.get(event.position)
    const approval = events.find(
      ({ type, data, position }) =>
        type === 'rule.approved' &&
        data['rule'] === it.id &&
        data['version'] === it.version &&
        actors.get(position) !== undefined &&
        actors.get(position) !== author,
    )
    const awaitsApproval = event.data['approval'] === true && approval === undefined
    rules.push({ ...it, rule: RetentionRule.parse(event.data['document']), awaitsApproval })
    const inForceBy = event.data['approval'] === true && approval !== undefined ? approval : event
    declaredOn.set(nameOf(it), localDay(inForceBy.recordedAt))
  }
  return { rules, declaredOn }
}

function basisOf(events: readonly StoredEvent[], actors: ReadonlyMap<string, string>): Declared {
  const newest = new Map(events.map((event) => [`${event.type} ${event.streamId}`, event]))
  const documents = (kind: string) => [...newest.values()].filter(({ type }) => type === `${kind}.declared`)
  const closed = new Map<string, Day>()
  for (const { streamId, data } of documents('channel')) {
    const { closedOn } = data['document'] as { closedOn?: Day }
    if (closedOn !== undefined) closed.set(streamId, closedOn)
  }
  let setting: ConflictPolicy = 'longest'
  for (const { data } of documents('controller')) {
    const { conflictPolicy } = data['document'] as { conflictPolicy?: { policy: ConflictPolicy } }
    setting = conflictPolicy?.policy ?? setting
  }
  return {
    ...ruleVersions(events, actors),
    activities: documents('activity').map(({ streamId, data }) => ({
      id: streamId,
      scope: ProcessingActivity.parse(data['document']).scope,
    })),
    rulesPosition: events.at(-1)?.position ?? '-1',
    closed,
    seen: new Map(),
    setting,
  }
}
