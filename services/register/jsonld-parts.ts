import type { ProcessingActivity } from '../events/activity.ts'
import { measureTerms } from '../events/register-terms.ts'
import { day, type Node, ofTerm, without } from './jsonld-words.ts'
import type { RegisterRow } from './schemas.ts'

type MeasureTerm = keyof typeof measureTerms

/** Those that DPV 2.3 has under OrganisationalMeasure; the others stand under TechnicalMeasure. */
const organisational: ReadonlySet<MeasureTerm> = new Set<MeasureTerm>([
  'erasurePolicy',
  'staffTraining',
  'incidentManagement',
  'approval',
  'audit',
  'otherOrganisational',
])

export function measures(declared: ProcessingActivity['measures']): Node {
  const nodes = (wanted: boolean) =>
    (declared ?? [])
      .filter(({ term }) => organisational.has(term) === wanted)
      .map(({ term, text }) => ofTerm(measureTerms[term].dpv, text))
  return {
    'dpv:hasTechnicalMeasure': nodes(false),
    'dpv:hasOrganisationalMeasure': nodes(true),
  }
}

/** How long, by which rule and decision: DPV has the time, and a purge is its Erase; the decision is ours. */
export function storage({ observed, declared, letters }: RegisterRow): Node[] {
  const texts = declared === undefined ? (letters.find((it) => it.letter === 'f')?.sv ?? []) : []
  const said = declared?.retentionText === undefined ? texts : [declared.retentionText]
  return [
    ...said.map((text) => ({ '@type': 'dpv:StorageCondition', 'dct:description': text })),
    ...observed.rules.map((it) =>
      without({
        '@type':
          it.action === 'destroy' ? ['dpv:StorageDuration', 'dpv:StorageDeletion'] : 'dpv:StorageCondition',
        'dct:title': it.name,
        'dpv:hasDuration':
          it.period === undefined
            ? undefined
            : { '@type': 'dpv:Duration', 'liggare:period': { '@type': 'xsd:duration', '@value': it.period } },
        'dpv:hasProcessing': it.action === 'destroy' ? { '@id': 'dpv:Erase' } : { '@id': 'dpv:Store' },
        'liggare:action': it.action,
        'liggare:rule': { '@id': `urn:uuid:${it.id}` },
        'liggare:ruleVersion': it.version,
        'liggare:decision': it.reference,
      }),
    ),
  ]
}

/** What Swedish law asks of a row and DPV has no word for. */
export function ownTerms(it: ProcessingActivity): Node {
  return {
    'liggare:automatedDecisions': it.automatedDecisions?.used,
    'liggare:archiveDuty': it.archiveDuty?.applies,
    'liggare:archiveGround': it.archiveDuty?.ground,
    'liggare:recordType': it.recordType,
    'liggare:classification': it.classification,
    'liggare:secrecyGround': it.secrecyGround,
    'liggare:nextReview': it.nextReview === undefined ? undefined : day(it.nextReview),
  }
}

/** What the log shows, which no vocabulary of declarations has words for. */
export function observedNode({ observed }: RegisterRow): Node {
  const { firstSeen, lastSeen, nextDue } = observed
  return without({
    '@type': 'liggare:Observation',
    'liggare:records': observed.records,
    'liggare:subjects': observed.subjects,
    'liggare:firstSeen': firstSeen === undefined ? undefined : day(firstSeen),
    'liggare:lastSeen': lastSeen === undefined ? undefined : day(lastSeen),
    'liggare:channel': observed.channels.map(({ id }) => ({ '@id': `urn:uuid:${id}` })),
    'liggare:verb': observed.verbs,
    'liggare:category': observed.categories,
    'dpv:hasRecipient': observed.recipients.map((one) =>
      without({
        '@type': 'dpv:Recipient',
        'dpv:hasName': one.organisation,
        'liggare:recipientKind': one.kind,
        'liggare:ground': one.grounds,
        'liggare:disclosures': one.disclosures,
        'liggare:objects': one.objects,
      }),
    ),
    'liggare:dueNow': observed.dueNow,
    'liggare:nextDue': nextDue === undefined ? undefined : day(nextDue),
    'liggare:held': observed.held,
    'liggare:disposed': observed.disposed,
  })
}
