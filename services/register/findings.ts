import type { ProcessingActivity } from '../events/activity.ts'
import type { Verb } from '../events/interaction.ts'
import type { RegisterFacts, Stated } from './facts.ts'
import { finding } from './finding.ts'
import { recipientFindings } from './findings-recipients.ts'
import { type AssignedClass, rulesInForce } from './rules.ts'
import type { Finding, LetterAnswer, RegisterRow } from './schemas.ts'

type DataTerm = NonNullable<ProcessingActivity['personalData']>[number]['term']

/** Which declared terms cover what the log holds. Only these are ever judged: what a text is about the log cannot see. */
const termsOf: Readonly<Record<string, readonly DataTerm[]>> = {
  content: ['publicText', 'opinion', 'reaction', 'relation', 'picture'],
  message: ['privateMessage'],
  identity: ['name', 'handle', 'accountId', 'profile'],
  contact: ['email', 'telephone', 'address'],
  network: ['networkAddress', 'device'],
}

const categoryNames: Readonly<Record<string, string>> = {
  content: 'innehåll / content',
  message: 'meddelanden / messages',
  identity: 'identitet / identity',
  contact: 'kontaktuppgifter / contact',
  network: 'nätverksuppgifter / network',
}

/** Acts on a record that is there already: the unit of retention is the object, by what created it. */
const onObjects: ReadonlySet<Verb> = new Set<Verb>([
  'edited',
  'hidden',
  'unhidden',
  'removed',
  'absence-observed',
])

const sensitive: ReadonlySet<DataTerm> = new Set<DataTerm>([
  'health',
  'ethnicOrigin',
  'politicalOpinion',
  'religiousBelief',
  'philosophicalBelief',
  'tradeUnionMembership',
  'sexualLife',
  'biometric',
  'genetic',
])

const letterNames: Readonly<Record<LetterAnswer['letter'], string>> = {
  a: 'a) personuppgiftsansvarig / controller',
  b: 'b) ändamål / purposes',
  c: 'c) kategorier av registrerade och uppgifter / categories of subjects and data',
  d: 'd) mottagare / recipients',
  e: 'e) överföringar / transfers',
  f: 'f) tidsfrister för radering / time limits',
  g: 'g) säkerhetsåtgärder / measures',
}

/** Everything that differs, in a fixed order: the controller, what is seen, each activity, channels, rules. */
export function findingsOf(
  facts: RegisterFacts,
  classes: readonly AssignedClass[],
  rows: readonly RegisterRow[],
): Finding[] {
  const activities = new Map(facts.activities.map((it) => [it.id, it]))
  return [
    ...(facts.controller === undefined ? [finding('controller-missing', '')] : []),
    ...undeclared(facts, classes),
    ...rows.flatMap((row) => {
      const activity = activities.get(row.id)
      return activity === undefined ? [] : activityFindings(facts, activity, row)
    }),
    ...channelFindings(facts),
    ...rulesInForce(facts).flatMap(({ id, document }) =>
      document.action === 'destroy' && document.decision === undefined
        ? [finding('rule-without-decision', document.name, { rule: id })]
        : [],
    ),
  ]
}

function undeclared(facts: RegisterFacts, classes: readonly AssignedClass[]): Finding[] {
  const names = new Map(facts.channels.map(({ id, document }) => [id, document.name]))
  const found = new Map<string, Finding>()
  for (const { channel, verb, activities, rules } of classes) {
    const at = `${names.get(channel) ?? channel}: ${verb}`
    if (!names.has(channel)) found.set(channel, finding('channel-not-declared', channel, { channel }))
    if (activities.length === 0) found.set(`seen ${at}`, finding('seen-not-declared', at, { channel }))
    if (rules.length === 0 && !onObjects.has(verb))
      found.set(`rule ${at}`, finding('no-rule', at, { channel }))
  }
  return [...found.values()]
}

function activityFindings(
  { today, channels, drafted }: RegisterFacts,
  { id, document }: Stated<ProcessingActivity>,
  row: RegisterRow,
): Finding[] {
  const { letters, observed } = row
  const at = { activity: id }
  const { name, personalData, legalBasis, nextReview } = document
  const found: Finding[] = []
  for (const { letter, state } of letters) {
    if (state !== 'missing') continue
    // Letters f and g are demanded "where possible".
    const severity = letter === 'f' || letter === 'g' ? 'notice' : 'fault'
    found.push(finding('field-missing', `${name}: ${letterNames[letter]}`, { ...at, letter }, severity))
  }
  if (document.status === 'draft') found.push(finding('not-published', name, at))
  if (drafted.includes(id)) found.push(finding('draft-waiting', name, at))
  if (observed.records === 0) found.push(finding('activity-never-seen', name, at))
  found.push(...categoryFindings(name, personalData, observed, at))
  if (nextReview === undefined) found.push(finding('review-missing', name, at))
  else if (nextReview < today) found.push(finding('review-overdue', name, at))
  const under = new Set(row.observed.channels.map((it) => it.id))
  const sending = channels.filter((it) => under.has(it.id)).map((it) => it.document)
  found.push(...recipientFindings(document, row, sending, at))
  const tasks = legalBasis.filter(({ term }) =>
    ['legalObligation', 'publicTask', 'officialAuthority'].includes(term),
  )
  if (tasks.some(({ reference }) => reference === undefined))
    found.push(finding('basis-without-reference', name, at))
  const isSensitive = personalData?.some(({ term }) => sensitive.has(term)) ?? false
  if (isSensitive && (document.sensitiveGrounds?.length ?? 0) === 0)
    found.push(finding('sensitive-without-ground', name, at))
  return found
}

function categoryFindings(
  name: string,
  declared: ProcessingActivity['personalData'],
  observed: RegisterRow['observed'],
  at: { activity: string },
): Finding[] {
  // Nothing declared at all is letter c missing; nothing seen at all is said once.
  if (declared === undefined || observed.records === 0) return []
  const terms = new Set(declared.map(({ term }) => term))
  const undeclared = observed.categories.filter(
    (category) => !(termsOf[category]?.some((term) => terms.has(term)) ?? false),
  )
  const unseen = Object.entries(termsOf).filter(
    ([category, covered]) =>
      !observed.categories.includes(category) && covered.some((term) => terms.has(term)),
  )
  return [
    ...undeclared.map((category) =>
      finding('category-not-declared', `${name}: ${categoryNames[category] ?? category}`, at),
    ),
    ...unseen.map(([category]) =>
      finding('category-never-seen', `${name}: ${categoryNames[category] ?? category}`, at),
    ),
  ]
}

function channelFindings({ channels, observations, today }: RegisterFacts): Finding[] {
  const seen = new Set(observations.map(({ channel }) => channel))
  return channels.flatMap(({ id, document }) =>
    seen.has(id) || document.openedOn > today || (document.closedOn ?? '9999') < today
      ? []
      : [finding('channel-never-seen', document.name, { channel: id })],
  )
}
