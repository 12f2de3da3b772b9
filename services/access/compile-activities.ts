import { ProcessingActivity } from '../events/activity.ts'
import type { ChannelDeclaration } from '../events/channel.ts'
import { type Capacity, Verb } from '../events/interaction.ts'
import {
  legalBasisTerms,
  personalDataTerms,
  purposeTerms,
  safeguardTerms,
  type Term,
} from '../events/register-terms.ts'
import { RetentionRule } from '../events/retention-rule.ts'
import { type ScopeFacts, withinScope } from '../events/scope.ts'
import type { Answer, AnswerActivity, AnswerRule, Said } from './answer.ts'
import type { Language } from './case-file.ts'
import type { DeclaredThen } from './gather-queries.ts'
import type { Item } from './items.ts'

type Declared<T> = { readonly id: string; readonly version: number; readonly document: T }
/** Of a channel only what stands open about it. */
export type ChannelThen = Pick<ChannelDeclaration, 'platform' | 'name' | 'controllership'> &
  Partial<Pick<ChannelDeclaration, 'handle' | 'accountId'>> & { readonly publicList?: boolean }

/** The declared documents as they stood at the answer's position. */
export type RegisterThen = {
  readonly controller: unknown
  readonly channels: ReadonlyMap<string, ChannelThen>
  readonly activities: readonly Declared<ProcessingActivity>[]
  readonly rules: readonly Declared<RetentionRule>[]
}

export function registerOf(declared: readonly DeclaredThen[]): RegisterThen {
  const of = (kind: string) => declared.filter((it) => it.kind === kind)
  return {
    controller: of('controller')[0]?.document,
    channels: new Map(of('channel').map(({ id, document }) => [id, document as unknown as ChannelThen])),
    activities: of('activity').map((it) => ({ ...it, document: ProcessingActivity.parse(it.document) })),
    rules: rulesIn(of('rule')),
  }
}

export function rulesIn(declared: readonly DeclaredThen[]): Declared<RetentionRule>[] {
  return declared.map((it) => ({ ...it, document: RetentionRule.parse(it.document) }))
}

/** The facts by which activities and rules are scoped, for one item. */
function factsOf({ event, categories }: Item): ScopeFacts | undefined {
  const verb = Verb.safeParse(event.type.replace(/^interaction\./, ''))
  if (!verb.success || event.channelId === null) return undefined
  const capacity = (event.capacity ?? 'undetermined') as Capacity
  return { channel: event.channelId, verb: verb.data, capacity, categories }
}

/** Art. 15.1 (a)–(h) and 15.2 for every activity under which something of the person is processed. */
export function compileActivities(
  items: readonly Item[],
  register: RegisterThen,
  language: Language,
): Pick<Answer, 'activities' | 'outsideRegister'> {
  const facts = items.flatMap((item) => factsOf(item) ?? [])
  const declared = register.activities.filter(({ document }) => document.status !== 'draft')
  const activities = declared.flatMap((activity) => {
    const under = facts.filter((it) => withinScope(activity.document.scope, it))
    return under.length === 0 ? [] : [activityOf(activity, under, register, language)]
  })
  const outside = facts.filter((it) => !declared.some(({ document }) => withinScope(document.scope, it)))
  return {
    activities,
    outsideRegister: [...new Set(outside.map(({ channel }) => channelName(register, channel)))].toSorted(),
  }
}

export function channelName(register: RegisterThen, channel: string): string {
  return register.channels.get(channel)?.name ?? channel
}

function activityOf(
  { id, version, document }: Declared<ProcessingActivity>,
  under: readonly ScopeFacts[],
  register: RegisterThen,
  language: Language,
): AnswerActivity {
  const { name, purposes, legalBasis, personalData, recipients, transfers, retentionText } = document
  const { source, automatedDecisions } = document
  const rules = register.rules.filter(
    ({ document: rule }) =>
      rule.scope.tags === undefined &&
      under.some((it) => withinScope(rule.scope, { ...it, activities: [id] })),
  )
  const channels = [...new Set(under.map(({ channel }) => channel))]
  return {
    id,
    version,
    name,
    records: under.length,
    purposes: purposes.map((it) => said(purposeTerms[it.term], it, language)),
    legalBasis: legalBasis.map((it) => {
      const text = [it.reference, it.text].filter(Boolean).join('; ')
      return said(legalBasisTerms[it.term], { term: it.term, text }, language)
    }),
    ...(personalData && {
      categories: personalData.map((it) => said(personalDataTerms[it.term], it, language)),
    }),
    ...(recipients && {
      recipients: recipients.map(({ kind, name: who, country, text }) => ({
        kind,
        ...(who && { name: who }),
        ...(country && { country }),
        ...(text && { text }),
      })),
    }),
    ...(transfers && {
      transfers: transfers.map(({ destination, recipient, safeguard, documentation, text }) => {
        const more = [recipient, documentation, text].filter(Boolean).join('; ')
        return {
          destination,
          ...(safeguard && { safeguard: safeguardTerms[safeguard][language] }),
          ...(more && { text: more }),
        }
      }),
    }),
    storage: { ...(retentionText && { text: retentionText }), rules: rules.map(ruleOf) },
    source: {
      ...(source && { text: source }),
      channels: channels.map((channel) => channelName(register, channel)).toSorted(),
    },
    ...(automatedDecisions && {
      automatedDecisions: {
        used: automatedDecisions.used,
        ...(automatedDecisions.text && { text: automatedDecisions.text }),
      },
    }),
  }
}

function said(
  term: Term,
  it: { readonly term: string; readonly text?: string | undefined },
  language: Language,
): Said {
  return { term: it.term, label: term[language], ...(it.text ? { text: it.text } : {}) }
}

export function ruleOf({ id, version, document }: Declared<RetentionRule>): AnswerRule {
  const { name, action, period, start, decision } = document
  return {
    id,
    version,
    name,
    action,
    ...(period && { period }),
    start,
    ...(decision && {
      decision: { body: decision.body, reference: decision.reference, date: decision.date },
    }),
  }
}
