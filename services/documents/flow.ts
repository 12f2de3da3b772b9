import type PDFDocument from 'pdfkit'
import { fontOf } from './fonts.ts'
import type { Line } from './lines.ts'
import type { DocumentInfo } from './model.ts'
import { totalPages } from './total.ts'

/** A4 in points, with 20 mm at the sides. */
export const page = { left: 57, right: 538, top: 57, bottom: 772, footer: 794, width: 481 }
const leading = 1.4
const ink = '#1a1a1a'
const linkInk = '#0b4f8a'
const faint = '#5a5a5a'

type Pdf = InstanceType<typeof PDFDocument>
export type Element = PDFKit.PDFStructureElement

/** Where the next line goes, and on which page. */
export type Flow = {
  readonly pdf: Pdf
  /** The structure element everything hangs from. */
  readonly root: Element
  readonly y: () => number
  readonly moveTo: (y: number) => void
  readonly down: (points: number) => void
  /** Room left on the page, in points. */
  readonly room: () => number
  readonly newPage: () => void
  readonly count: (replaced: number) => void
  readonly report: () => { pages: number; replaced: number }
  readonly end: () => void
}

/** Starts a document: `pdf` has no page yet. */
export function flowOf(pdf: Pdf, info: DocumentInfo): Flow {
  const root = pdf.struct('Document')
  pdf.addStructure(root)
  let y = page.top
  let pages = 0
  let replaced = 0
  const total = totalPages(pdf)
  const newPage = () => {
    pdf.addPage()
    pages += 1
    y = page.top
    artifact(pdf, 'Pagination', () => {
      pdf.font('plain').fontSize(8).fillColor(faint)
      const number = `${info.language === 'sv' ? 'Sida' : 'Page'} ${pages} (`
      const width = pdf.widthOfString(number)
      const left = page.right - width - total.width
      pdf.text(number, left, page.footer, { lineBreak: false })
      total.place(left + width, page.footer)
      pdf.text(clipped(pdf, info.footer ?? info.title, left - page.left - 12), page.left, page.footer, {
        lineBreak: false,
      })
    })
  }
  newPage()
  return {
    pdf,
    root,
    y: () => y,
    moveTo: (to) => {
      y = to
    },
    down: (points) => {
      y += points
    },
    room: () => page.bottom - y,
    newPage,
    count: (more) => {
      replaced += more
    },
    report: () => ({ pages, replaced }),
    end: () => {
      root.end()
      total.end(pages)
    },
  }
}

/** Draws what is no part of the text: numbers, rules, what is repeated on a new page. */
export function artifact(pdf: Pdf, type: 'Pagination' | 'Layout', draw: () => void): void {
  pdf.markContent('Artifact', { type })
  draw()
  pdf.endMarkedContent()
}

function clipped(pdf: Pdf, text: string, width: number): string {
  const font = fontOf('plain')
  const clean = Array.from(text.replace(/\s+/g, ' '), (it) =>
    font.hasGlyphForCodePoint(it.codePointAt(0) ?? 0) ? it : '',
  ).join('')
  if (pdf.widthOfString(clean) <= width) return clean
  let end = clean.length
  while (end > 0 && pdf.widthOfString(`${clean.slice(0, end)}…`) > width) end -= 1
  return `${clean.slice(0, end)}…`
}

export function lineHeight(size: number): number {
  return size * leading
}

type Place = {
  readonly x: number
  readonly width: number
  readonly size: number
  readonly alignEnd?: boolean
}

/** Draws lines one below the other from `y` on, as content of `element`, on the page at hand. Returns where they end. */
export function drawLines(
  flow: Flow,
  element: Element,
  tag: string,
  lines: readonly Line[],
  y: number,
  place: Place,
): number {
  const { pdf } = flow
  let at = y
  for (const line of lines) {
    flow.count(line.replaced)
    const toEnd = line.rightToLeft !== (place.alignEnd ?? false)
    let x = toEnd ? place.x + place.width - line.width : place.x
    for (const { pieces, href } of linkRuns(line)) {
      const link = href === undefined ? undefined : pdf.struct('Link')
      if (link !== undefined) element.add(link)
      const parent = link ?? element
      const content = pdf.markStructureContent(link === undefined ? tag : 'Link')
      if (line.actual !== undefined) pdf.markContent('Span', { actual: actualOf(line, pieces) })
      const from = x
      for (const { text, weight, width } of pieces) {
        pdf.font(weight).fontSize(place.size)
        pdf.fillColor(link === undefined ? ink : linkInk)
        pdf.text(text, x, at, { lineBreak: false })
        x += width
      }
      if (line.actual !== undefined) pdf.endMarkedContent()
      pdf.endMarkedContent()
      parent.add(content)
      if (link !== undefined && href !== undefined) {
        const height = lineHeight(place.size)
        // pdfkit writes a plain string as a name; a text has to be an object.
        const Contents = Object(pieces.map(({ text }) => text).join(''))
        pdf.link(from, at, x - from, height, href, { Contents, structParent: link })
        link.end()
      }
    }
    at += lineHeight(place.size)
  }
  return at
}

/** Stretches of a line that are one link, or none. */
function linkRuns({ pieces }: Line): { pieces: Line['pieces'][number][]; href: string | undefined }[] {
  const found: { pieces: Line['pieces'][number][]; href: string | undefined }[] = []
  for (const piece of pieces) {
    const last = found.at(-1)
    if (last !== undefined && last.href === piece.href) last.pieces.push(piece)
    else found.push({ pieces: [piece], href: piece.href })
  }
  return found
}

function actualOf(line: Line, pieces: Line['pieces']): string {
  const whole = pieces.length === line.pieces.length
  return whole ? (line.actual ?? '') : pieces.map(({ text }) => text).join('')
}

/** Draws lines as one element, going on over as many pages as they need. */
export function drawElement(
  flow: Flow,
  parent: Element,
  type: string,
  lines: readonly Line[],
  place: Place & { readonly keep?: number },
): void {
  const element = flow.pdf.struct(type)
  parent.add(element)
  const height = lineHeight(place.size)
  // What introduces something is not left alone at the foot of a page.
  if (flow.room() < height * Math.min(lines.length, 2) + (place.keep ?? 0)) flow.newPage()
  let done = 0
  while (done < lines.length) {
    const fits = Math.max(1, Math.floor(flow.room() / height))
    const now = lines.slice(done, done + fits)
    flow.moveTo(drawLines(flow, element, type, now, flow.y(), place))
    done += now.length
    if (done < lines.length) flow.newPage()
  }
  element.end()
}
