import type { ImportReport } from './import-types.ts'
import type { Counts } from './tally.ts'

const words: readonly (readonly [keyof Counts, string])[] = [
  ['read', 'Lästa'],
  ['recorded', 'Nya'],
  ['corroborated', 'Fanns redan, bekräftade'],
  ['variants', 'Fanns med annat innehåll, sparat bredvid'],
  ['disposed', 'Redan gallrade, kommer inte tillbaka'],
  ['unrecognised', 'Okända, sparade som de kom'],
  ['demands', 'Plattformens krav, väntar på beslut'],
  ['rejected', 'Avvisade'],
  ['unmatched', 'Av de nya: ändring eller borttagning av något aldrig sett'],
  ['minimised', 'Av de nya: andras, bara att det skett'],
]

/** The report for people. */
export function importText(report: ImportReport): string {
  return [
    report.dryRun ? 'Provläsning, inget har sparats' : `Import ${report.id ?? ''} är klar`,
    `  Format ${report.mapper}; ${accounts[report.account]}`,
    ...(report.resumedAfter > 0 ? [`  Fortsatt efter ${report.resumedAfter} poster`] : []),
    ...countLines(report.counts, report.kinds),
  ].join('\n')
}

/** What became of the items, and of what is unrecognised, for people. */
export function countLines(counts: Counts, kinds: Readonly<Record<string, number>>): string[] {
  const width = Math.max(...words.map(([, word]) => word.length))
  const lines = words
    .filter(([name]) => counts[name] > 0 || name === 'read' || name === 'recorded')
    .map(([name, word]) => `  ${word.padEnd(width)}  ${String(counts[name]).padStart(9)}`)
  const unknown = Object.entries(kinds).map(([kind, count]) => `    ${kind}: ${count}`)
  return [...lines, ...(unknown.length > 0 ? ['  Okända, per slag:', ...unknown] : [])]
}

const accounts: Readonly<Record<ImportReport['account'], string>> = {
  same: 'kontot är kanalens',
  unknown: 'om kontot är kanalens kan inte jämföras',
}
