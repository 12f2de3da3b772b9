import { pageHtml } from '../documents/html.ts'
import type { Block, Language } from '../documents/model.ts'
import type { DiaryEntry } from './diary-schemas.ts'

const words = {
  sv: {
    title: 'Diarium',
    lead: 'Handlingar från våra konton i sociala medier. Den som vill ta del av en handling vänder sig till registrator.',
    caption: 'Diarieförda handlingar',
    date: 'Inkom eller upprättades',
    designation: 'Beteckning',
    correspondent: 'Avsändare eller mottagare',
    brief: 'Vad det rör',
    received: 'inkom',
    drawnUp: 'upprättades',
    leftOut: 'Utelämnat: sekretess',
    person: 'Enskild person',
    nobody: '–',
    none: 'Inga handlingar.',
    of: (shown: number, total: number) => `Visar ${shown} av ${total}.`,
    other: 'In English',
  },
  en: {
    title: 'Diary',
    lead: 'Records from our accounts in social media. Whoever wants to see one turns to the registrar.',
    caption: 'Registered records',
    date: 'Came in or drawn up',
    designation: 'Designation',
    correspondent: 'Sender or recipient',
    brief: 'What it concerns',
    received: 'came in',
    drawnUp: 'drawn up',
    leftOut: 'Left out: secrecy',
    person: 'Private person',
    nobody: '–',
    none: 'No records.',
    of: (shown: number, total: number) => `Showing ${shown} of ${total}.`,
    other: 'På svenska',
  },
} as const

/** The diary as a plain page with the four columns of OSL 5:2. */
export function diaryPage(
  diary: { readonly items: readonly DiaryEntry[]; readonly total: number },
  controller: string,
  language: Language,
  /** The address of the page in the other language. */
  href: string,
): Promise<string> {
  const it = words[language]
  const { items, total } = diary
  const correspondent = (entry: DiaryEntry) => {
    if (entry.leftOut.includes('correspondent')) return it.leftOut
    return entry.correspondent ?? (entry.person ? it.person : it.nobody)
  }
  const blocks: Block[] = [
    { kind: 'paragraph', text: it.lead, look: 'lead' },
    { kind: 'paragraph', text: items.length === 0 ? it.none : it.of(items.length, total) },
    ...(items.length === 0
      ? []
      : [
          {
            kind: 'table',
            caption: it.caption,
            columns: [it.date, it.designation, it.correspondent, it.brief].map((title) => ({ title })),
            rowHeader: true,
            rows: items.map((entry) => [
              `${entry.enteredOn}, ${it[entry.direction]}`,
              entry.designation,
              correspondent(entry),
              entry.leftOut.includes('brief') ? it.leftOut : (entry.brief ?? it.nobody),
            ]),
          } as const,
        ]),
  ]
  const other = language === 'sv' ? 'en' : 'sv'
  return pageHtml(
    { title: `${it.title} – ${controller}`, language, alternate: { href, language: other, text: it.other } },
    blocks,
  )
}
