import { drawElement, drawLines, type Element, type Flow, lineHeight, page } from './flow.ts'
import { type Line, linesOf } from './lines.ts'
import type { Block } from './model.ts'
import { drawTable } from './table.ts'

const body = 9.5
const headings = { 1: 20, 2: 14, 3: 11.5, 4: 10 }
const looks = { plain: body, lead: 11, small: 8, quote: body }
const indent = 16

/** Draws one block; between two steps what is drawn may go out. */
export async function* drawBlock(flow: Flow, block: Block): AsyncGenerator<void> {
  switch (block.kind) {
    case 'heading':
      drawHeading(flow, block)
      break
    case 'paragraph':
      drawParagraph(flow, block)
      break
    case 'list':
      drawList(flow, block)
      break
    case 'definitions':
      drawDefinitions(flow, block)
      break
    case 'table':
      if (block.caption !== undefined) drawHeading(flow, { kind: 'heading', level: 4, text: block.caption })
      yield* drawTable(flow, block)
      flow.down(10)
      break
    case 'newPage':
      flow.newPage()
      break
    default:
      block satisfies never
  }
  yield
}

function drawHeading(flow: Flow, { level, text }: Extract<Block, { kind: 'heading' }>): void {
  const size = headings[level]
  if (flow.y() > page.top) flow.down(size * 0.9)
  const lines = linesOf(text, page.width, size, 'strong')
  drawElement(flow, flow.root, `H${level}`, lines, { ...whole(size), keep: 3 * lineHeight(body) })
  // Bookmarks after drawing: the heading may have gone to a new page.
  if (level <= 2) flow.pdf.outline.addItem(text)
  flow.down(size * 0.3)
}

function drawParagraph(flow: Flow, { text, look = 'plain' }: Extract<Block, { kind: 'paragraph' }>): void {
  const size = looks[look]
  const from = look === 'quote' ? indent : 0
  const lines = linesOf(text, page.width - from, size)
  drawElement(flow, flow.root, look === 'quote' ? 'BlockQuote' : 'P', lines, whole(size, from))
  flow.down(6)
}

function whole(size: number, from = 0) {
  return { x: page.left + from, width: page.width - from, size }
}

function drawList(flow: Flow, { items, numbered }: Extract<Block, { kind: 'list' }>): void {
  const list = flow.pdf.struct('L')
  flow.root.add(list)
  for (const [index, text] of items.entries()) {
    const label = linesOf(numbered === true ? `${index + 1}.` : '•', indent, body)
    drawItem(flow, list, label, linesOf(text, page.width - indent, body), indent)
    flow.down(2)
  }
  list.end()
  flow.down(6)
}

/** A label and beside it, `from` points in, its body. */
function drawItem(
  flow: Flow,
  list: Element,
  label: readonly Line[],
  lines: readonly Line[],
  from: number,
): void {
  const { pdf } = flow
  const room = lineHeight(body) * Math.max(label.length, Math.min(2, lines.length))
  if (flow.room() < room) flow.newPage()
  const item = pdf.struct('LI')
  list.add(item)
  const name = pdf.struct('Lbl')
  item.add(name)
  const before = flow.report().pages
  const bottom = drawLines(flow, name, 'Lbl', label, flow.y(), { ...whole(body), width: from })
  name.end()
  drawElement(flow, item, 'LBody', lines, whole(body, from))
  item.end()
  if (flow.report().pages === before && flow.y() < bottom) flow.moveTo(bottom)
}

const termWidth = 140

/** Terms stand beside what they mean. Tagged as a list of labels and bodies, which is what PDF has for it. */
function drawDefinitions(flow: Flow, { entries }: Extract<Block, { kind: 'definitions' }>): void {
  const list = flow.pdf.struct('L')
  flow.root.add(list)
  for (const { term, text } of entries) {
    const label = linesOf(term, termWidth - 10, body, 'strong')
    drawItem(flow, list, label, linesOf(text, page.width - termWidth, body), termWidth)
    flow.down(3)
  }
  list.end()
  flow.down(6)
}
