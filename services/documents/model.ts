/** A document as what it says. How it looks, and how it is tagged, is decided here and nowhere else. */

export type Language = 'sv' | 'en'

/** A part of a text. Only http, https and mailto addresses become links; others stay plain text. */
export type Span = { readonly text: string; readonly strong?: boolean; readonly href?: string }
/** Line feeds break the line. Everything else is shown as it is written, markup too. */
export type Text = string | readonly Span[]

export type Column = {
  readonly title: string
  /** Its share of the width beside those of the others; 1 without. */
  readonly share?: number
  readonly align?: 'start' | 'end'
}

export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3 | 4; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: Text; readonly look?: 'plain' | 'lead' | 'small' | 'quote' }
  | { readonly kind: 'list'; readonly items: readonly Text[]; readonly numbered?: boolean }
  | { readonly kind: 'definitions'; readonly entries: readonly Definition[] }
  | {
      readonly kind: 'table'
      readonly caption?: string
      readonly columns: readonly Column[]
      /** Read one at a time, so a table may be as long as it likes. */
      readonly rows: Iterable<readonly Text[]> | AsyncIterable<readonly Text[]>
      /** The first cell of each row names the row. */
      readonly rowHeader?: boolean
    }
  | { readonly kind: 'newPage' }

export type Definition = { readonly term: string; readonly text: Text }

export type DocumentInfo = {
  readonly title: string
  readonly language: Language
  /** The public body that speaks. */
  readonly author: string
  readonly subject?: string
  /** The instant the document states as its own. Never the clock's: the same content makes the same bytes. */
  readonly created: Date
  /** What stands at the foot of each page beside its number; the title without. */
  readonly footer?: string
}

export type Report = {
  readonly pages: number
  /** Characters that the fonts lack, which are shown as □ and kept as text to copy or to hear. */
  readonly replaced: number
}
