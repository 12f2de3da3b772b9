import type { Language } from '../documents/model.ts'
import { sensitiveGroundTerms } from '../events/register-terms.ts'
import type { LetterAnswer, Register, RegisterRow, SeenRecipient } from './schemas.ts'
import {
  capacities,
  categoryNames,
  controllerships,
  headings,
  letterTitles,
  recipientGrounds,
  recipientKinds,
  severities,
  statuses,
  verbs,
} from './words.ts'

type Pairs = [name: string, value: string][]
type Channel = Register['channels'][number]

const missing = 'MISSING'

/** What stands at a letter: MISSING where nothing is declared. */
export function letterText(answer: LetterAnswer, language: Language): string {
  return answer.state === 'missing' ? missing : answer[language].join('; ')
}

export function basisText({ legalBasis }: RegisterRow, language: Language): string {
  return legalBasis
    .map((it) => (it.reference === undefined ? it[language] : `${it[language]} (${it.reference})`))
    .join('; ')
}

/** What the law or good order asks for beside the letters: MISSING where it is not declared. */
export function furtherPairs({ declared }: RegisterRow, language: Language): Pairs {
  if (declared === undefined) return []
  const sv = language === 'sv'
  const yes = (it: boolean) => (it ? (sv ? 'Ja' : 'Yes') : sv ? 'Nej' : 'No')
  const said = (...parts: readonly (string | undefined)[]) =>
    parts.filter((it) => it !== undefined && it !== '').join(', ')
  const { sensitiveGrounds, source, processors, dpia, automatedDecisions, information, archiveDuty } =
    declared
  const listed = (items: readonly string[] | undefined) =>
    items === undefined ? missing : items.length === 0 ? (sv ? 'Inga' : 'None') : items.join('; ')
  return [
    [
      sv ? 'Undantag enligt artikel 9.2' : 'Ground of article 9.2',
      (sensitiveGrounds ?? [])
        .map(({ term, reference, text }) => said(sensitiveGroundTerms[term][language], reference, text))
        .join('; ') || '–',
    ],
    [sv ? 'Källa' : 'Source', source ?? missing],
    [
      sv ? 'Personuppgiftsbiträden' : 'Processors',
      listed(processors?.map((it) => said(it.name, it.service, it.country, it.agreement))),
    ],
    [
      sv ? 'Konsekvensbedömning' : 'Impact assessment',
      dpia === undefined ? missing : said(yes(dpia.needed), dpia.ground, dpia.date, dpia.result),
    ],
    [
      sv ? 'Automatiserade beslut' : 'Automated decisions',
      automatedDecisions === undefined
        ? missing
        : said(yes(automatedDecisions.used), automatedDecisions.text),
    ],
    [
      sv ? 'Information till de registrerade' : 'Information to the data subjects',
      information === undefined ? missing : said(information.text, information.address),
    ],
    [
      sv ? 'Arkivskyldighet' : 'Duty to archive',
      archiveDuty === undefined ? missing : said(yes(archiveDuty.applies), archiveDuty.ground),
    ],
    [sv ? 'Handlingstyp' : 'Record type', declared.recordType ?? missing],
    [sv ? 'Klassificering' : 'Classification', declared.classification ?? missing],
    [sv ? 'Sekretessgrund' : 'Secrecy ground', declared.secrecyGround ?? '–'],
    [sv ? 'Nästa översyn' : 'Next review', declared.nextReview ?? missing],
  ]
}

function recipientText(it: SeenRecipient, language: Language): string {
  const name = it.organisation ?? recipientKinds[it.kind][language]
  const grounds = it.grounds.map((ground) => recipientGrounds[ground][language]).join(', ')
  return `${name} (${grounds}; ${it.objects}; ${it.first} – ${it.last})`
}

/** The observed side as pairs of a name and what the log shows. */
export function observedPairs({ observed, status }: RegisterRow, language: Language): Pairs {
  const { firstSeen, lastSeen, rules } = observed
  const sv = language === 'sv'
  // Liggare's own row counts events: what falls due and is held stands in the other rows.
  if (status === 'own') return [[sv ? 'Händelser i loggen' : 'Events in the log', String(observed.records)]]
  const never = sv ? 'aldrig' : 'never'
  const categories = observed.categories.map((it) => categoryNames[it]?.[language] ?? it)
  const recipients = observed.recipients.map((it) => recipientText(it, language))
  const pairs: Pairs = [
    [sv ? 'Interaktioner' : 'Interactions', String(observed.records)],
    [sv ? 'Personer på kanalerna' : 'Persons on the channels', String(observed.subjects ?? 0)],
    [sv ? 'Iakttagen' : 'Seen', firstSeen === undefined ? never : `${firstSeen} – ${lastSeen}`],
    [sv ? 'Kanaler' : 'Channels', observed.channels.map((it) => it.name).join(', ')],
    [sv ? 'Handlingar' : 'Acts', observed.verbs.map((it) => verbs[it][language]).join(', ')],
    [sv ? 'Kategorier' : 'Categories', categories.join(', ')],
    [sv ? 'Faktiska mottagare' : 'Actual recipients', recipients.join('; ')],
    [sv ? 'Regler' : 'Rules', rules.map((it) => `${it.name} v${it.version}`).join(', ')],
    [sv ? 'Att gallra nu' : 'Due now', String(observed.dueNow)],
    [sv ? 'Nästa gallringsdag' : 'Next due day', observed.nextDue ?? ''],
    [sv ? 'Under gallringsstopp' : 'Under a hold', String(observed.held)],
    [sv ? 'Gallrade' : 'Disposed of', String(observed.disposed)],
  ]
  return pairs.map(([name, value]) => [name, value === '' ? '–' : value])
}

export function rowTitle({ name, version, status }: RegisterRow, language: Language): string {
  const draft = status === 'draft' ? ` · ${statuses.draft[language]}` : ''
  return `${name}${version === undefined ? '' : ` · v${version}`}${draft}`
}

export function capacityText({ capacities: split }: Channel, language: Language): string {
  return split.map(({ capacity, records }) => `${capacities[capacity][language]} ${records}`).join(', ')
}

export function controllershipText({ controllership }: Channel, language: Language): string {
  return controllership === undefined
    ? missing
    : (controllerships[controllership]?.[language] ?? controllership)
}

/** For a terminal. */
export function registerText(register: Register, language: Language = 'sv'): string {
  const { controller, day, rows, channels, findings } = register
  const sv = language === 'sv'
  const lines = [
    headings.title[language],
    `${controller.name ?? missing} (${controller.slug}) · ${day} · ${sv ? 'loggens storlek' : 'log size'} ${register.size}`,
  ]
  for (const row of rows) {
    lines.push('', rowTitle(row, language), `  ${headings.declared[language].toUpperCase()}`)
    for (const answer of row.letters)
      lines.push(
        `    ${answer.letter}) ${letterTitles[answer.letter][language]}: ${letterText(answer, language)}`,
      )
    lines.push(`    ${sv ? 'Rättslig grund' : 'Legal basis'}: ${basisText(row, language)}`)
    for (const [name, value] of furtherPairs(row, language)) lines.push(`    ${name}: ${value}`)
    lines.push(`  ${headings.observed[language].toUpperCase()}`)
    for (const [name, value] of observedPairs(row, language)) lines.push(`    ${name}: ${value}`)
  }
  lines.push('', headings.channels[language].toUpperCase())
  for (const it of channels) {
    const split = capacityText(it, language)
    lines.push(
      `  ${it.name}: ${controllershipText(it, language)}, ${it.records} ${sv ? 'interaktioner' : 'interactions'}${split === '' ? '' : ` (${split})`}, ${it.subjects} ${sv ? 'personer' : 'persons'}`,
    )
  }
  lines.push('', `${headings.findings[language].toUpperCase()} (${findings.length})`)
  for (const it of findings)
    lines.push(`  ${severities[it.severity][language]} ${it[language]} → ${it.todo[language]}`)
  return lines.join('\n')
}
