import { createHash } from 'node:crypto'
import { getDocument, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { expect, test } from 'vitest'
import { linesOf } from '../../services/documents/lines.ts'
import type { Block, DocumentInfo, Report } from '../../services/documents/model.ts'
import { pdfOf } from '../../services/documents/pdf.ts'

const info: DocumentInfo = {
  title: 'Utdrag för Kultur & fritid <prov>',
  language: 'sv',
  author: 'Kommunstyrelsen i Exempelkommun',
  subject: 'Prov',
  created: new Date('2026-03-01T12:00:00Z'),
  footer: 'Dnr KS 2026/17',
}

async function made(blocks: Iterable<Block>, about = info): Promise<{ bytes: Buffer; report: Report }> {
  const pieces: Uint8Array[] = []
  const pdf = pdfOf(about, blocks)
  for (;;) {
    const step = await pdf.next()
    if (step.done === true) return { bytes: Buffer.concat(pieces), report: step.value }
    pieces.push(step.value)
  }
}

async function opened(blocks: Iterable<Block>): Promise<PDFDocumentProxy> {
  const { bytes } = await made(blocks)
  return getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise
}

async function textOf(pdf: PDFDocumentProxy, page: number): Promise<string[]> {
  const { items } = await (await pdf.getPage(page)).getTextContent()
  return items.flatMap((it) => ('str' in it && it.str.trim() !== '' ? [it.str] : []))
}

type Node = { role?: string; children?: Node[] }

/** Every element of a page with the roles of its children, as one line. */
async function rolesOf(pdf: PDFDocumentProxy, page: number): Promise<string> {
  const tree = (await (await pdf.getPage(page)).getStructTree()) as Node | null
  const say = ({ role, children = [] }: Node): string => {
    const inner = children.filter((it) => it.role !== undefined).map(say)
    return inner.length === 0 ? `${role}` : `${role}(${inner.join(' ')})`
  }
  return tree === null ? '' : say(tree)
}

function rows(count: number, text = 'Hej'): string[][] {
  return Array.from({ length: count }, (_, index) => [`rad ${index + 1}`, text, `${index}`])
}

function table(of: Iterable<readonly string[]>): Block {
  const columns = [{ title: 'När' }, { title: 'Vad', share: 3 }, { title: 'Antal', align: 'end' as const }]
  return { kind: 'table', columns, rows: of, rowHeader: true }
}

test('says its title, language, author and day, and that it is tagged', async () => {
  const { bytes } = await made([{ kind: 'heading', level: 1, text: 'Utdrag' }])
  const pdf = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise
  const { info: stated } = await pdf.getMetadata()
  expect(stated).toMatchObject({
    PDFFormatVersion: '1.7',
    Language: 'sv-SE',
    Title: 'Utdrag för Kultur och fritid ‹prov›',
    Author: 'Kommunstyrelsen i Exempelkommun',
    CreationDate: 'D:20260301120000Z',
  })
  expect(await pdf.getMarkInfo()).toEqual(
    new Map(Object.entries({ Marked: true, UserProperties: false, Suspects: false })),
  )
  expect(await pdf.getViewerPreferences()).toEqual(new Map([['DisplayDocTitle', true]]))
  const text = bytes.toString('utf8')
  expect(text).toContain('<rdf:li xml:lang="x-default">Utdrag för Kultur och fritid ‹prov›</rdf:li>')
  expect(text).toContain('<pdfaid:part>2</pdfaid:part>')
  expect(text).toContain('<pdfaid:conformance>A</pdfaid:conformance>')
  expect(text).toContain('<pdfuaid:part>1</pdfuaid:part>')
  expect(text).not.toMatch(/\/JavaScript|\/OpenAction|Helvetica/)
})

test('is tagged as headings, paragraphs, quotes, lists and links', async () => {
  const pdf = await opened([
    { kind: 'heading', level: 1, text: 'Utdrag' },
    { kind: 'paragraph', text: [{ text: 'Se ' }, { text: 'imy.se', href: 'https://www.imy.se/' }] },
    { kind: 'paragraph', text: 'Citerat', look: 'quote' },
    { kind: 'list', items: ['ett'] },
    { kind: 'definitions', entries: [{ term: 'Ändamål', text: 'Svara' }] },
  ])
  expect(await rolesOf(pdf, 1)).toBe(
    'Root(Document(H1 P(Link) BlockQuote L(LI(Lbl LBody)) L(LI(Lbl LBody))))',
  )
  expect(await (await pdf.getPage(1)).getAnnotations()).toMatchObject([
    { subtype: 'Link', url: 'https://www.imy.se/' },
  ])
  expect((await pdf.getOutline()).map(({ title }) => title)).toEqual(['Utdrag'])
})

test('makes no link of an address that would run something', async () => {
  const pdf = await opened([
    { kind: 'paragraph', text: [{ text: 'Tryck', href: 'javascript:app.alert(1)' }] },
    { kind: 'paragraph', text: '<script>alert(1)</script>' },
  ])
  expect(await (await pdf.getPage(1)).getAnnotations()).toEqual([])
  expect(await textOf(pdf, 1)).toEqual(expect.arrayContaining(['Tryck', '<script>alert(1)</script>']))
})

test('numbers its pages and says how many there are', async () => {
  const pdf = await opened([table(rows(120))])
  expect(pdf.numPages).toBeGreaterThan(2)
  for (let page = 1; page <= pdf.numPages; page += 1) {
    const text = (await textOf(pdf, page)).join('')
    expect(text).toContain(`Sida ${page} (${pdf.numPages})`)
    expect(text).toContain('Dnr KS 2026/17')
  }
})

test('repeats the header of a table on every page, where it is read aloud only once', async () => {
  const pdf = await opened([table(rows(120))])
  for (let page = 1; page <= pdf.numPages; page += 1) {
    expect((await textOf(pdf, page)).join(' ')).toMatch(/När +Vad +Antal/)
  }
  expect(await rolesOf(pdf, 1)).toContain('Table(THead(TR(TH TH TH)) TBody(TR(TH TD TD)')
  const all = await Promise.all(Array.from({ length: pdf.numPages }, (_, at) => textOf(pdf, at + 1)))
  expect(all.flat().filter((it) => it.startsWith('rad '))).toHaveLength(120)
})

test('goes on with a row that is longer than a page', async () => {
  const long = Array.from({ length: 3_000 }, (_, index) => `ord${index}`).join(' ')
  const pdf = await opened([table([['rad 1', long, '0']])])
  const words = new Set<string>()
  for (let page = 1; page <= pdf.numPages; page += 1) {
    for (const it of (await textOf(pdf, page)).join(' ').split(/\s+/)) words.add(it)
  }
  expect(pdf.numPages).toBeGreaterThan(3)
  expect(long.split(' ').filter((it) => !words.has(it))).toEqual([])
})

test('breaks a word that is wider than the page', async () => {
  const pdf = await opened([{ kind: 'paragraph', text: `${'å'.repeat(1_000)} slut` }])
  const { items } = await (await pdf.getPage(1)).getTextContent()
  for (const item of items) {
    if ('str' in item) expect(item.transform[4] + item.width).toBeLessThan(539)
  }
  expect((await textOf(pdf, 1)).join('')).toContain('ååå slut')
})

test('keeps texts from right to left readable, with what stands in them from left to right', async () => {
  const seen = (text: string) => {
    const [line] = linesOf(text, 400, 10)
    return [line?.rightToLeft, line?.pieces.map((it) => it.text).join('|')]
  }
  expect(seen('שלום (עולם) 123 Exempelstad')).toEqual([true, 'Exempelstad| |123| |(|עולם|)| |שלום'])
  expect(seen('مرحبا ١٢٣')).toEqual([true, '١|٢|٣| |مرحبا'])
  expect(seen('hej שלום עולם då')).toEqual([false, 'hej |עולם| |שלום| då'])
  const pdf = await opened([{ kind: 'paragraph', text: 'שלום עולם' }])
  expect((await textOf(pdf, 1)).join('')).toContain('שלום עולם')
})

test('shows a character the fonts lack as a box, and keeps it as text', async () => {
  const { bytes, report } = await made([{ kind: 'paragraph', text: 'Hej 漢字' }])
  expect(report).toEqual({ pages: 1, replaced: 2 })
  const pdf = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise
  expect((await textOf(pdf, 1)).join('')).toContain('Hej □□')
})

test('is the same bytes for the same content', async () => {
  const blocks = (): Block[] => [
    { kind: 'heading', level: 1, text: 'Utdrag' },
    { kind: 'paragraph', text: 'Räksmörgås شكرا' },
    table(rows(60)),
  ]
  const digest = async () =>
    createHash('sha256')
      .update((await made(blocks())).bytes)
      .digest('hex')
  expect(await digest()).toBe(await digest())
})

test('is written as it is made, however long its table is', async () => {
  let read = 0
  function* endless() {
    for (;;) {
      read += 1
      yield [`rad ${read}`, 'En text', `${read}`]
    }
  }
  let pieces = 0
  for await (const piece of pdfOf(info, [table(endless())])) {
    pieces += piece.length > 0 ? 1 : 0
    if (read === 500) break
  }
  expect(pieces).toBeGreaterThan(100)
})
