import { documentDigest } from '../declarations/schemas.ts'
import type { ProcessingActivity } from '../events/activity.ts'
import { legalBasisTerms } from '../events/register-terms.ts'
import { channelSetKey, type RegisterFacts, type Stated } from './facts.ts'
import { findingsOf } from './findings.ts'
import { lettersOf } from './letters.ts'
import { ownProcessing } from './own-processing.ts'
import { type AssignedClass, assignClasses, classKeyText, recordsOf, standingActivities } from './rules.ts'
import type {
  AppliedRule,
  LetterAnswer,
  Observed,
  Register,
  RegisterChannel,
  RegisterRow,
  SeenRecipient,
} from './schemas.ts'

/** The register of a day from its facts. Pure: the same facts give the same register, byte for byte. */
export function assembleRegister(facts: RegisterFacts): Register {
  const classes = assignClasses(facts)
  const rows = standingActivities(facts).map((activity) => rowOf(facts, classes, activity))
  const { controller, slug, today, size, knownAt } = facts
  const register = {
    controller: {
      slug,
      ...(controller === undefined
        ? {}
        : {
            name: controller.document.name,
            organisationNumber: controller.document.organisationNumber,
            version: controller.version,
            declared: controller.document,
          }),
    },
    day: today,
    size,
    ...(knownAt === undefined ? {} : { knownAt }),
    rows: [...rows, ownProcessing(letterA(facts), size)],
    channels: channelsOf(facts),
    findings: findingsOf(facts, classes, rows),
  }
  return { ...register, digest: documentDigest(register) }
}

function letterA(facts: RegisterFacts): LetterAnswer {
  const nothing = { purposes: [] } as unknown as ProcessingActivity
  const all = facts.channels.map(({ document }) => document)
  return lettersOf(nothing, facts.controller?.document, all, [])[0] as LetterAnswer
}

function rowOf(
  facts: RegisterFacts,
  classes: readonly AssignedClass[],
  activity: Stated<ProcessingActivity>,
): RegisterRow {
  const { id, version, document } = activity
  const own = classes.filter(({ activities }) => activities.includes(id))
  const observed = observedOf(facts, own, document.scope.categories)
  const declared = new Set([...(document.scope.channels ?? []), ...observed.channels.map((it) => it.id)])
  const channels = facts.channels.filter((it) => declared.has(it.id)).map((it) => it.document)
  return {
    id,
    name: document.name,
    version,
    status: document.status === 'draft' ? 'draft' : 'published',
    ...(activity.publication === undefined ? {} : { publication: activity.publication }),
    ...(activity.declaredOn === undefined ? {} : { declaredOn: activity.declaredOn }),
    ...(activity.digest === undefined ? {} : { digest: activity.digest }),
    ...(document.nextReview === undefined ? {} : { nextReview: document.nextReview }),
    letters: lettersOf(document, facts.controller?.document, channels, observed.rules),
    declared: document,
    legalBasis: document.legalBasis.map(({ term, reference }) => ({
      sv: legalBasisTerms[term].sv,
      en: legalBasisTerms[term].en,
      ...(reference === undefined ? {} : { reference }),
    })),
    observed,
  }
}

function observedOf(
  facts: RegisterFacts,
  classes: readonly AssignedClass[],
  categories: readonly string[] | undefined,
): Observed {
  const keys = new Set(classes.map(classKeyText))
  const rows = classes.flatMap((it) => it.rows).filter((it) => categories?.includes(it.category) ?? true)
  const ids = [...new Set(rows.map(({ channel }) => channel))].sort()
  const first = least(rows.map((it) => it.first))
  const last = rows
    .map((it) => it.last)
    .sort()
    .at(-1)
  const retention = facts.retention.filter((it) => keys.has(classKeyText(it)))
  const objects = facts.objects.filter((it) => keys.has(classKeyText(it)))
  const next = least(retention.flatMap(({ nextDue }) => nextDue ?? []))
  return {
    records: total(classes.map((it) => recordsOf(it.rows, categories))),
    subjects: facts.subjects.get(channelSetKey(ids)) ?? 0,
    ...(first === undefined || last === undefined ? {} : { firstSeen: first, lastSeen: last }),
    channels: ids.map((id) => ({
      id,
      name: facts.channels.find((it) => it.id === id)?.document.name ?? 'MISSING',
    })),
    verbs: [...new Set(rows.map(({ verb }) => verb))].sort(),
    categories: [...new Set(rows.map(({ category }) => category))].sort(),
    recipients: recipientsOf(facts, keys),
    rules: rulesOf(classes),
    dueNow: total(retention.map(({ due }) => due)),
    ...(next === undefined ? {} : { nextDue: next }),
    held: total(objects.map(({ held }) => held)),
    disposed: total(objects.map(({ disposed }) => disposed)),
  }
}

/** Whoever records of these classes were handed to, each once. A disclosure of records of two classes counts in both. */
function recipientsOf(facts: RegisterFacts, keys: ReadonlySet<string>): SeenRecipient[] {
  const own = facts.recipients.filter((it) => keys.has(classKeyText(it)))
  const grouped = Map.groupBy(own, ({ kind, organisation }) => `${kind} ${organisation ?? ''}`)
  return [...grouped.values()].flatMap((rows) => {
    const [one] = rows
    if (one === undefined) return []
    return [
      {
        kind: one.kind,
        ...(one.organisation === undefined ? {} : { organisation: one.organisation }),
        grounds: [...new Set(rows.flatMap((it) => it.grounds))].sort(),
        disclosures: new Set(rows.flatMap((it) => it.ids)).size,
        objects: total(rows.map(({ objects }) => objects)),
        first: rows.map((it) => it.first).sort()[0] ?? one.first,
        last:
          rows
            .map((it) => it.last)
            .sort()
            .at(-1) ?? one.last,
      },
    ]
  })
}

function rulesOf(classes: readonly AssignedClass[]): AppliedRule[] {
  const rules = new Map(classes.flatMap((it) => it.rules).map((it) => [it.id, it]))
  return [...rules.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, version, document: { name, action, period, decision, scope } }) => ({
      id,
      version,
      name,
      action,
      ...(period === undefined ? {} : { period }),
      ...(decision === undefined ? {} : { reference: decision.reference }),
      ...(scope.tags === undefined ? {} : { tags: scope.tags }),
    }))
}

function channelsOf(facts: RegisterFacts): RegisterChannel[] {
  const { observations, channels, subjects } = facts
  const ids = new Set([...channels.map(({ id }) => id), ...observations.map(({ channel }) => channel)])
  return [...ids].sort().map((id) => {
    const document = channels.find((it) => it.id === id)?.document
    const split = new Map<RegisterChannel['capacities'][number]['capacity'], number>()
    const classes = Map.groupBy(
      observations.filter(({ channel }) => channel === id),
      classKeyText,
    )
    for (const rows of classes.values()) {
      const capacity = rows[0]?.capacity ?? 'undetermined'
      split.set(capacity, (split.get(capacity) ?? 0) + recordsOf(rows, undefined))
    }
    return {
      id,
      name: document?.name ?? 'MISSING',
      ...(document === undefined
        ? {}
        : {
            platform: document.platform,
            controllership: document.controllership,
            legalSource: `${document.legalSource.decision}, ${document.legalSource.date}`,
            openedOn: document.openedOn,
            ...(document.closedOn === undefined ? {} : { closedOn: document.closedOn }),
            ...(document.jointControllers === undefined
              ? {}
              : { jointControllers: document.jointControllers }),
            ...(document.arrangement === undefined ? {} : { arrangement: document.arrangement }),
            ...(document.transfers === undefined ? {} : { transfers: document.transfers }),
          }),
      records: total([...split.values()]),
      subjects: subjects.get(channelSetKey([id])) ?? 0,
      capacities: [...split]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([capacity, records]) => ({ capacity, records })),
    }
  })
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, it) => sum + it, 0)
}

function least<T extends string>(days: readonly T[]): T | undefined {
  return days.reduce<T | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined)
}
