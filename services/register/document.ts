import { pageHtml } from '../documents/html.ts'
import type { Block, Language, Text } from '../documents/model.ts'
import { pdfOf } from '../documents/pdf.ts'
import type { Register, RegisterRow } from './schemas.ts'
import { channelTable, findingTable, type Table } from './tables.ts'
import { basisText, furtherPairs, letterText, observedPairs, rowTitle } from './text.ts'
import { headings, letterTitles } from './words.ts'

function titleOf({ controller }: Register, language: Language): string {
  return `${headings.title[language]} – ${controller.name ?? 'MISSING'}`
}

/** Two columns, each row named by its first cell. What is missing stands out. */
function pairsBlock(
  caption: string,
  pairs: readonly (readonly [string, string])[],
  language: Language,
): Block {
  const shown = (value: string): Text => (value === 'MISSING' ? [{ text: value, strong: true }] : value)
  return {
    kind: 'table',
    caption,
    columns: [
      { title: headings.member[language], share: 2 },
      { title: headings.value[language], share: 5 },
    ],
    rows: pairs.map(([name, value]) => [name, shown(value)]),
    rowHeader: true,
  }
}

function rowBlocks(row: RegisterRow, language: Language): Block[] {
  const declared = [
    ...row.letters.map((it): [string, string] => [
      `${it.letter}) ${letterTitles[it.letter][language]}`,
      letterText(it, language),
    ]),
    [language === 'sv' ? 'Rättslig grund' : 'Legal basis', basisText(row, language)] as [string, string],
    ...furtherPairs(row, language),
  ]
  return [
    { kind: 'heading', level: 3, text: rowTitle(row, language) },
    ...(row.digest === undefined ? [] : [versionBlock(row, language)]),
    pairsBlock(headings.declared[language], declared, language),
    pairsBlock(headings.observed[language], observedPairs(row, language), language),
  ]
}

function versionBlock({ publication, declaredOn, digest }: RegisterRow, language: Language): Block {
  const number = language === 'sv' ? 'Publicering' : 'Publication'
  const parts = [...(publication === undefined ? [] : [`${number} ${publication}`]), declaredOn ?? '']
  return { kind: 'paragraph', look: 'small', text: `${parts.join(' · ')} · ${digest}` }
}

function tableBlock({ header, rows }: Table, shares: readonly number[]): Block {
  return {
    kind: 'table',
    columns: header.map((title, index) => ({ title, share: shares[index] ?? 1 })),
    rows: rows.map((row) => row.map(String)),
  }
}

function blocksOf(register: Register, language: Language): Block[] {
  const { day, knownAt, rows, findings } = register
  const lead =
    language === 'sv'
      ? `Gäller den ${day}. Det som saknas skrivs MISSING.`
      : `As it holds on ${day}. What is missing is printed as MISSING.`
  const known = language === 'sv' ? 'Loggen till och med' : 'The log up to'
  return [
    { kind: 'paragraph', look: 'lead', text: lead },
    {
      kind: 'paragraph',
      look: 'small',
      text: `${known} ${knownAt ?? '–'} (${register.size}) · ${register.digest}`,
    },
    { kind: 'heading', level: 2, text: headings.activities[language] },
    ...rows.flatMap((row) => rowBlocks(row, language)),
    { kind: 'heading', level: 2, text: headings.channels[language] },
    tableBlock(channelTable(register, language), [3, 3, 4, 4, 4, 3, 4]),
    { kind: 'heading', level: 2, text: `${headings.findings[language]} (${findings.length})` },
    tableBlock(findingTable(register, language), [1, 4, 4]),
  ]
}

/** A page for screens and screen readers; `other` is where the same page stands in the other language. */
export function registerHtml(register: Register, language: Language, other?: string): Promise<string> {
  const title = titleOf(register, language)
  const alternate =
    other === undefined
      ? {}
      : {
          alternate:
            language === 'sv'
              ? ({ href: other, language: 'en', text: 'In English' } as const)
              : ({ href: other, language: 'sv', text: 'På svenska' } as const),
        }
  return pageHtml({ title, language, ...alternate }, blocksOf(register, language))
}

/** The same as PDF. Dated by what it takes in, not by the clock: the same register makes the same bytes. */
export function registerPdf(register: Register, language: Language): AsyncGenerator<Uint8Array, unknown> {
  const title = titleOf(register, language)
  const { controller, day, knownAt } = register
  const created = new Date(knownAt ?? `${day}T12:00:00Z`)
  const info = {
    title,
    language,
    author: controller.name ?? controller.slug,
    created,
    footer: `${title} · ${day}`,
  }
  return pdfOf(info, [{ kind: 'heading', level: 1, text: title }, ...blocksOf(register, language)])
}
