import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { create, type Font } from 'fontkit'

export type Weight = 'plain' | 'strong'
const files: Readonly<Record<Weight, string>> = {
  plain: 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  strong: 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
}

/** Characters that stand beside one another without being shaped: Latin, Greek, Cyrillic, punctuation, symbols. */
const unshaped =
  /^[\u0020-\u007e\u00a0-\u02af\u0370-\u0482\u048a-\u0556\u1e00-\u1fff\u2010-\u205e\u2070-\u214f\u2190-\u27bf\ufffd\u{1f000}-\u{1faff}]*$/u

const measuring = new Map<Weight, Font>()

/** The font of this weight to measure with: DejaVu, free to embed, from Latin to Hebrew and Arabic. */
export function fontOf(weight: Weight): Font {
  const known = measuring.get(weight)
  if (known !== undefined) return known
  const font = openFont(weight)
  measuring.set(weight, font)
  return font
}

const bytes = new Map<Weight, Uint8Array>()

/**
 * The font of this weight for one document. A font remembers which letter led to a glyph first, and forgets the letter
 * where a glyph was part of another: shared, one document would change the bytes of the next.
 */
export function openFont(weight: Weight): Font {
  const read = bytes.get(weight) ?? readFileSync(fileURLToPath(import.meta.resolve(files[weight])))
  bytes.set(weight, read)
  return quick(create(read))
}

/** Shaping is thirty times as slow as looking glyphs up, and only scripts whose letters join or carry marks need it. */
function quick(font: Font): Font {
  const layout = (text: string, features?: unknown) => {
    if (!unshaped.test(text)) return font.layout(text, features)
    const glyphs = Array.from(text, (it) => font.glyphForCodePoint(it.codePointAt(0) ?? 0))
    const positions = glyphs.map(({ advanceWidth }) => {
      return { xAdvance: advanceWidth, yAdvance: 0, xOffset: 0, yOffset: 0 }
    })
    // pdfkit scales the positions and asks for the whole width only then.
    return {
      glyphs,
      positions,
      get advanceWidth() {
        return positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0)
      },
    }
  }
  return Object.create(font, { layout: { value: layout } })
}
