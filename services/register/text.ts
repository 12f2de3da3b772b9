import type { Finding, LetterAnswer, Register, RegisterRow } from './schemas.ts'

export const letterTitles: Readonly<
  Record<LetterAnswer['letter'], { readonly sv: string; readonly en: string }>
> = {
  a: { sv: 'Personuppgiftsansvarig', en: 'Controller' },
  b: { sv: 'Ändamål', en: 'Purposes' },
  c: { sv: 'Kategorier av registrerade och uppgifter', en: 'Categories of data subjects and of data' },
  d: { sv: 'Mottagare', en: 'Recipients' },
  e: { sv: 'Överföringar till tredjeland', en: 'Transfers to third countries' },
  f: { sv: 'Tidsfrister för radering', en: 'Time limits for erasure' },
  g: { sv: 'Säkerhetsåtgärder', en: 'Security measures' },
}

export const severities: Readonly<Record<Finding['severity'], string>> = { fault: 'BRIST', notice: 'NOTERA' }

/** What stands at a letter: MISSING where nothing is declared. */
export function letterText({ state, sv }: LetterAnswer): string {
  return state === 'missing' ? 'MISSING' : sv.join('; ')
}

/** The observed side as pairs of a Swedish name and what the log shows. */
export function observedPairs({ observed, status }: RegisterRow): [name: string, value: string][] {
  const { records, subjects, firstSeen, lastSeen, channels, verbs, categories, rules } = observed
  // Liggare's own row counts events: what falls due and is held stands in the other rows.
  if (status === 'own') return [['Händelser i loggen', String(records)]]
  const pairs: [string, string][] = [
    ['Interaktioner', String(records)],
    ['Personer på kanalerna', String(subjects ?? 0)],
    ['Iakttagen', firstSeen === undefined ? 'aldrig' : `${firstSeen} – ${lastSeen}`],
    ['Kanaler', channels.map((it) => it.name).join(', ')],
    ['Handlingar', verbs.join(', ')],
    ['Kategorier', categories.join(', ')],
    ['Regler', rules.map((it) => `${it.name} v${it.version}`).join(', ')],
    ['Att gallra nu', String(observed.dueNow)],
    ['Nästa gallringsdag', observed.nextDue ?? '–'],
    ['Under gallringsstopp', String(observed.held)],
    ['Gallrade', String(observed.disposed)],
  ]
  return pairs.map(([name, value]) => [name, value === '' ? '–' : value])
}

export function basisText({ legalBasis }: RegisterRow): string {
  return legalBasis
    .map(({ sv, reference }) => (reference === undefined ? sv : `${sv} (${reference})`))
    .join('; ')
}

/** For a terminal: Swedish, with English headings. */
export function registerText(register: Register): string {
  const { controller, day, rows, channels, findings } = register
  const lines = [
    `REGISTER OF PROCESSING (art. 30) · Registerförteckning`,
    `${controller.name ?? 'MISSING'} (${controller.slug}) · ${day} · log size ${register.size}`,
  ]
  for (const row of rows) {
    const draft = row.status === 'draft' ? ' · UTKAST' : ''
    lines.push(
      '',
      `${row.name}${row.version === undefined ? '' : ` · v${row.version}`}${draft}`,
      '  DECLARED',
    )
    for (const answer of row.letters)
      lines.push(`    ${answer.letter}) ${letterTitles[answer.letter].sv}: ${letterText(answer)}`)
    lines.push(`    Rättslig grund: ${basisText(row)}`, '  OBSERVED')
    for (const [name, value] of observedPairs(row)) lines.push(`    ${name}: ${value}`)
  }
  lines.push('', 'CHANNELS · Kanaler')
  for (const it of channels) {
    const split = it.capacities.map(({ capacity, records }) => `${capacity} ${records}`).join(', ')
    lines.push(
      `  ${it.name}: ${it.controllership ?? 'MISSING'}, ${it.records} interaktioner${split === '' ? '' : ` (${split})`}, ${it.subjects} personer`,
    )
  }
  lines.push('', `FINDINGS · Avvikelser (${findings.length})`)
  for (const it of findings) lines.push(`  ${severities[it.severity]} ${it.sv} → ${it.todo.sv}`)
  return lines.join('\n')
}
