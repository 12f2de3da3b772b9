// What these packages are used for here beyond the types they bring.

declare module 'bidi-js/dist/bidi.mjs' {
  type Levels = { readonly levels: Uint8Array; readonly paragraphs: readonly { readonly level: number }[] }
  type Bidi = {
    /** The embedding level of each UTF-16 unit; odd ones run from right to left. */
    getEmbeddingLevels(text: string): Levels
    /** Ranges, both ends inclusive, to be reversed one after the other to bring a line into the order it is seen in. */
    getReorderSegments(text: string, levels: Levels, start: number, end: number): [number, number][]
    getMirroredCharacter(character: string): string | null
  }
  // biome-ignore lint/style/noDefaultExport: it is how the package exports
  export default function bidiFactory(): Bidi
}

declare module 'fontkit' {
  export type Glyph = { readonly id: number; readonly advanceWidth: number; readonly codePoints: number[] }
  export type Position = { xAdvance: number; yAdvance: number; xOffset: number; yOffset: number }
  export type Run = { glyphs: Glyph[]; positions: Position[]; advanceWidth: number }
  export type Font = {
    readonly unitsPerEm: number
    hasGlyphForCodePoint(codePoint: number): boolean
    glyphForCodePoint(codePoint: number): Glyph
    layout(text: string, features?: unknown): Run
  }
  export function create(bytes: Uint8Array): Font
}

declare namespace PDFKit {
  namespace Mixins {
    interface AnnotationOption {
      structParent?: PDFStructureElement
    }
    interface StructureElementOptions {
      scope?: 'Column' | 'Row'
    }
    interface PDFFont {
      registerFont(name: string, font: import('fontkit').Font): this
    }
  }
}
