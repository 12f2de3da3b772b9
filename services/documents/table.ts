import { artifact, drawLines, type Element, type Flow, lineHeight, page } from './flow.ts'
import { type Line, linesOf } from './lines.ts'
import type { Block, Text } from './model.ts'

const size = 8.5
const padding = 4

type Table = Extract<Block, { kind: 'table' }>
type Cell = { readonly x: number; readonly width: number; readonly alignEnd: boolean }

/** A table with its header again on every page; a row longer than a page goes on over the next. */
export async function* drawTable(flow: Flow, table: Table): AsyncGenerator<void> {
  const cells = cellsOf(table)
  const element = flow.pdf.struct('Table')
  flow.root.add(element)
  const titles = table.columns.map(({ title }, index) => linesIn(title, cells[index], 'strong'))
  header(flow, element, titles, cells)
  const body = flow.pdf.struct('TBody')
  element.add(body)
  for await (const row of table.rows) {
    drawRow(flow, body, row, cells, titles, table.rowHeader === true)
    yield
  }
  body.end()
  element.end()
}

function cellsOf({ columns }: Table): Cell[] {
  const shares = columns.map(({ share }) => share ?? 1)
  const whole = shares.reduce((sum, it) => sum + it, 0)
  let x = page.left
  return columns.map(({ align }, index) => {
    const width = (page.width * (shares[index] ?? 1)) / whole
    const cell = { x: x + padding, width: width - 2 * padding, alignEnd: align === 'end' }
    x += width
    return cell
  })
}

function linesIn(text: Text, cell: Cell | undefined, weight: 'plain' | 'strong'): Line[] {
  return linesOf(text, cell?.width ?? page.width, size, weight)
}

function header(flow: Flow, table: Element, titles: readonly Line[][], cells: readonly Cell[]): void {
  if (flow.room() < heightOf(titles) + 4 * lineHeight(size)) flow.newPage()
  const head = flow.pdf.struct('THead')
  table.add(head)
  const row = flow.pdf.struct('TR')
  head.add(row)
  band(flow, titles)
  const top = flow.y() + padding
  for (const [index, lines] of titles.entries()) {
    const cell = flow.pdf.struct('TH', { scope: 'Column' })
    row.add(cell)
    drawLines(flow, cell, 'TH', lines, top, place(cells[index]))
    cell.end()
  }
  head.end()
  flow.down(heightOf(titles))
}

/** The header on a following page is there to be seen only: a reader aloud has heard it. */
function repeatHeader(flow: Flow, titles: readonly Line[][], cells: readonly Cell[]): void {
  band(flow, titles)
  const top = flow.y() + padding
  artifact(flow.pdf, 'Pagination', () => {
    for (const [index, lines] of titles.entries()) {
      const { x, width, alignEnd } = place(cells[index])
      for (const [line, { pieces, width: wide }] of lines.entries()) {
        let at = alignEnd ? x + width - wide : x
        for (const piece of pieces) {
          flow.pdf.font(piece.weight).fontSize(size).fillColor('#1a1a1a')
          flow.pdf.text(piece.text, at, top + line * lineHeight(size), { lineBreak: false })
          at += piece.width
        }
      }
    }
  })
  flow.down(heightOf(titles))
}

function drawRow(
  flow: Flow,
  body: Element,
  texts: readonly Text[],
  cells: readonly Cell[],
  titles: readonly Line[][],
  rowHeader: boolean,
): void {
  const { pdf } = flow
  const row = pdf.struct('TR')
  body.add(row)
  const header = (index: number) => rowHeader && index === 0
  const columns = cells.map((cell, index) => {
    const element = header(index) ? pdf.struct('TH', { scope: 'Row' }) : pdf.struct('TD')
    row.add(element)
    return { element, cell, lines: linesIn(texts[index] ?? '', cell, header(index) ? 'strong' : 'plain') }
  })
  const most = Math.max(1, ...columns.map(({ lines }) => lines.length))
  let done = 0
  while (done < most) {
    const left = most - done
    const fits = Math.floor((flow.room() - 2 * padding) / lineHeight(size))
    // A short row is moved whole; a long one begins where there is room for some of it.
    if (fits < Math.min(left, 5)) {
      flow.newPage()
      repeatHeader(flow, titles, cells)
      continue
    }
    const now = Math.min(fits, left)
    const top = flow.y() + padding
    for (const [index, { element, cell, lines }] of columns.entries()) {
      const tag = header(index) ? 'TH' : 'TD'
      drawLines(flow, element, tag, lines.slice(done, done + now), top, place(cell))
    }
    flow.down(now * lineHeight(size) + 2 * padding)
    rule(flow)
    done += now
  }
  for (const { element } of columns) element.end()
  row.end()
}

function place(cell: Cell | undefined) {
  return {
    x: cell?.x ?? page.left,
    width: cell?.width ?? page.width,
    size,
    alignEnd: cell?.alignEnd ?? false,
  }
}

function heightOf(titles: readonly Line[][]): number {
  return Math.max(...titles.map(({ length }) => length)) * lineHeight(size) + 2 * padding
}

function band(flow: Flow, titles: readonly Line[][]): void {
  const { pdf } = flow
  artifact(pdf, 'Layout', () => {
    pdf.rect(page.left, flow.y(), page.width, heightOf(titles)).fill('#e9edf1')
  })
}

function rule({ pdf, y }: Flow): void {
  artifact(pdf, 'Layout', () => {
    pdf.moveTo(page.left, y()).lineTo(page.right, y()).lineWidth(0.5).strokeColor('#b8bec5').stroke()
  })
}
