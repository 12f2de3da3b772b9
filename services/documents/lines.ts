import bidiFactory from 'bidi-js/dist/bidi.mjs'
import { fontOf, type Weight } from './fonts.ts'
import type { Text } from './model.ts'

const bidi = bidiFactory()

/** A stretch of one line in one font and one direction, in the order in which it is seen. */
export type Piece = {
  readonly text: string
  readonly weight: Weight
  readonly href?: string
  readonly width: number
}
export type Line = {
  readonly pieces: readonly Piece[]
  readonly width: number
  readonly rightToLeft: boolean
  /** What the line says, where that is not what its pieces say from left to right. */
  readonly actual?: string
  readonly replaced: number
}

type Style = { readonly weight: Weight; readonly href?: string }
/** A text with the style of each of its UTF-16 units. */
type Styled = { readonly text: string; readonly styleAt: (index: number) => Style }

const missing = '\u25a1'
const hidden = /[\p{Cc}\p{Cf}\p{Variation_Selector}]/u
const rightToLeft =
  /[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u
/** Where a line may end: after a space that is not a fixed one, a hyphen or a slash. */
const unit =
  /[^ \u1680\u2000-\u2006\u2008-\u200b\u205f\u3000/-]*(?:[ \u1680\u2000-\u2006\u2008-\u200b\u205f\u3000]+|[/-]+|$)/gu
const graphemes = new Intl.Segmenter('sv', { granularity: 'grapheme' })
const safeLink = /^(?:https?:\/\/|mailto:)[^\s]+$/i

/** Breaks a text into lines no wider than `width`, in points. A word that is wider than a line is broken itself. */
export function linesOf(text: Text, width: number, size: number, weight: Weight = 'plain'): Line[] {
  const spans = typeof text === 'string' ? [{ text }] : text
  return hardLines(spans, weight).flatMap((styled) => softLines(styled, width, size))
}

function hardLines(spans: Exclude<Text, string>, weight: Weight): Styled[] {
  const lines: { text: string; parts: { from: number; style: Style }[] }[] = [{ text: '', parts: [] }]
  for (const span of spans) {
    const style: Style = {
      weight: span.strong === true ? 'strong' : weight,
      ...(span.href !== undefined && safeLink.test(span.href) && { href: span.href }),
    }
    const pieces = span.text.normalize('NFC').split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) lines.push({ text: '', parts: [] })
      const line = lines.at(-1)
      if (line === undefined) continue
      line.parts.push({ from: line.text.length, style })
      line.text += piece.replaceAll('\t', '    ')
    }
  }
  return lines.map(({ text, parts }) => ({
    text,
    styleAt: (index) => (parts.findLast(({ from }) => from <= index) ?? parts[0])?.style ?? { weight },
  }))
}

function softLines(styled: Styled, width: number, size: number): Line[] {
  const { text } = styled
  const levels = rightToLeft.test(text) ? bidi.getEmbeddingLevels(text) : undefined
  const lines: Line[] = []
  let from = 0
  let used = 0
  const end = (to: number) => {
    lines.push(lineOf(styled, levels, from, to, size))
    from = to
    used = 0
  }
  for (const [start, stop] of units(text)) {
    const wide = widthOf(styled, start, stop, size)
    const bare = wide - widthOf(styled, start + text.slice(start, stop).trimEnd().length, stop, size)
    if (used + bare <= width) {
      used += wide
      continue
    }
    if (bare <= width) {
      end(start)
      used = wide
      continue
    }
    for (const { segment, index } of graphemes.segment(text.slice(start, stop))) {
      const at = start + index
      const one = widthOf(styled, at, at + segment.length, size)
      if (used + one > width && at > from && segment.trim() !== '') end(at)
      used += one
    }
  }
  end(text.length)
  return lines
}

function units(text: string): [number, number][] {
  return [...text.matchAll(unit)].flatMap((it) => (it[0] === '' ? [] : [[it.index, it.index + it[0].length]]))
}

const widths = new Map<string, number>()

function widthOf(styled: Styled, from: number, to: number, size: number): number {
  let total = 0
  for (const { text, style } of runs(styled, from, to))
    total += advanceOf(shown(text, style.weight).text, style.weight)
  return total * size
}

/** In ems. */
function advanceOf(text: string, weight: Weight): number {
  const key = `${weight}${text}`
  const known = widths.get(key)
  if (known !== undefined) return known
  const font = fontOf(weight)
  const advance = font.layout(text).advanceWidth / font.unitsPerEm
  // Forgotten all at once: what is needed comes back at the price of one look-up each.
  if (widths.size > 20_000) widths.clear()
  if (text.length < 60) widths.set(key, advance)
  return advance
}

type StyledRun = { readonly text: string; readonly from: number; readonly style: Style }

function runs(styled: Styled, from: number, to: number, level?: Uint8Array): StyledRun[] {
  const found: StyledRun[] = []
  let start = from
  for (let index = from + 1; index <= to; index += 1) {
    const same =
      index < to && styled.styleAt(index) === styled.styleAt(start) && level?.[index] === level?.[start]
    if (same) continue
    found.push({ text: styled.text.slice(start, index), from: start, style: styled.styleAt(start) })
    start = index
  }
  return found
}

/** What can be drawn of a text: characters that steer are left out, characters the font lacks are replaced. */
function shown(text: string, weight: Weight): { text: string; replaced: number } {
  if (/^[ -~\u00a0-\u00ac\u00ae-\u024f]*$/.test(text)) return { text, replaced: 0 }
  const font = fontOf(weight)
  let replaced = 0
  const drawn = Array.from(text, (it) => {
    if (/[\s]/u.test(it)) return ' '
    // Joiners tell Arabic and Indic letters how to stand; as glyphs they are empty.
    if (hidden.test(it)) return /[\u200c\u200d]/.test(it) && font.hasGlyphForCodePoint(0x200c) ? it : ''
    if (font.hasGlyphForCodePoint(it.codePointAt(0) ?? 0)) return it
    replaced += 1
    return missing
  })
  return { text: drawn.join(''), replaced }
}

function lineOf(
  styled: Styled,
  levels: ReturnType<typeof bidi.getEmbeddingLevels> | undefined,
  from: number,
  until: number,
  size: number,
): Line {
  const logical = styled.text.slice(from, until).trimEnd()
  const to = from + logical.length
  const inOrder = levels === undefined ? runs(styled, from, to) : visual(styled, levels, from, to)
  let replaced = 0
  let width = 0
  const pieces = inOrder.map(({ text, style }): Piece => {
    const drawn = shown(text, style.weight)
    replaced += drawn.replaced
    const wide = advanceOf(drawn.text, style.weight) * size
    width += wide
    return { text: drawn.text, ...style, width: wide }
  })
  return {
    pieces,
    width,
    rightToLeft: ((levels?.paragraphs[0]?.level ?? 0) & 1) === 1,
    replaced,
    ...((levels !== undefined || replaced > 0) && logical !== '' && { actual: logical }),
  }
}

/**
 * The runs of a line from left to right (Unicode Standard Annex 9, L2). The font turns the letters of a word that runs
 * from right to left itself, so that only words and runs change places here.
 */
function visual(
  styled: Styled,
  levels: ReturnType<typeof bidi.getEmbeddingLevels>,
  from: number,
  to: number,
): StyledRun[] {
  if (to <= from) return []
  const order = Array.from({ length: to - from }, (_, index) => from + index)
  for (const [start, end] of bidi.getReorderSegments(styled.text, levels, from, to - 1)) {
    const turned = order.slice(start - from, end - from + 1).reverse()
    order.splice(start - from, turned.length, ...turned)
  }
  const place = new Map(order.map((index, at) => [index, at]))
  const words = runs(styled, from, to, levels.levels).flatMap((run) => {
    const odd = ((levels.levels[run.from] ?? 0) & 1) === 1
    // Arabic digits count from left to right, but the font would turn them with the letters.
    if (!odd && !/[\u0660-\u0669\u06f0-\u06f9]/.test(run.text)) return [run]
    if (!odd) return Array.from(run.text, (text, at) => ({ ...run, text, from: run.from + at }))
    return [...run.text.matchAll(/\s+|[^\s\p{L}\p{M}\p{N}]|[\p{L}\p{M}\p{N}\p{Cf}]+/gu)].map((it) => ({
      text: bidi.getMirroredCharacter(it[0]) ?? it[0],
      from: run.from + it.index,
      style: run.style,
    }))
  })
  return words.toSorted((a, b) => (place.get(a.from) ?? 0) - (place.get(b.from) ?? 0))
}
