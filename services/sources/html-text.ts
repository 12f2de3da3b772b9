/** The name of the repair, as in an interaction's `repair`. */
export const htmlRepair = 'html-text/v1'

export type HtmlText = {
  readonly text: string
  /** Targets of `<a href>`, in order, each once; those of mentions and hashtags left out. */
  readonly links: readonly string[]
}

// The names of U+00A0 to U+00FF in order (HTML 4 § 24.2.1).
const latin1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'.split(
    ' ',
  )
const named: ReadonlyMap<string, string> = new Map([
  ...latin1.map((name, index): [string, string] => [name, String.fromCodePoint(0xa0 + index)]),
  ...Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    ndash: '–',
    mdash: '—',
    lsquo: '‘',
    rsquo: '’',
    sbquo: '‚',
    ldquo: '“',
    rdquo: '”',
    bdquo: '„',
    bull: '•',
    hellip: '…',
    prime: '′',
    Prime: '″',
    euro: '€',
    trade: '™',
    larr: '←',
    rarr: '→',
    uarr: '↑',
    darr: '↓',
    minus: '−',
    ensp: '\u2002',
    emsp: '\u2003',
    thinsp: '\u2009',
    zwnj: '\u200c',
    zwj: '\u200d',
    lrm: '\u200e',
    rlm: '\u200f',
    OElig: 'Œ',
    oelig: 'œ',
    Scaron: 'Š',
    scaron: 'š',
  }),
])

/** Character references resolved once; a reference that HTML does not know, or that no text can hold, stays as it is written. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,8}));/g,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return named.get(name) ?? whole
      const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex, 16)
      const holds = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
      return holds ? String.fromCodePoint(code) : whole
    },
  )
}

const paragraphs = new Set([
  'p',
  'div',
  'blockquote',
  'ul',
  'ol',
  'pre',
  'table',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'figure',
])
const lines = new Set(['br', 'li', 'tr', 'hr'])
const silent = new Set(['script', 'style', 'template', 'noscript'])

/**
 * What a reader of the HTML reads. Never parsed into a tree and never rendered: tags are skipped, blocks become line breaks,
 * references become characters. `lines: 'kept'` is for text whose own line breaks count (what WordPress stores).
 */
export function htmlToText(html: string, newlines: 'collapsed' | 'kept' = 'collapsed'): HtmlText {
  const parts: string[] = []
  const links = new Set<string>()
  const collapse = (text: string) =>
    newlines === 'kept' ? text.replace(/\r\n?/g, '\n') : text.replace(/[ \t\r\n\f]+/g, ' ')
  let from = 0
  while (from < html.length) {
    const tag = nextTag(html, from)
    parts.push(decodeEntities(collapse(html.slice(from, tag?.start ?? html.length))))
    if (tag === undefined) break
    from = tag.end
    if (paragraphs.has(tag.name)) parts.push('\u0000\u0000')
    else if (lines.has(tag.name)) parts.push(tag.closing ? '' : '\u0000')
    else if (tag.name === 'a' && !tag.closing) addLink(html.slice(tag.start, tag.end), links)
    if (silent.has(tag.name) && !tag.closing) from = endOfSilent(html, tag)
  }
  return { text: tidy(parts.join('')), links: [...links] }
}

type Tag = { readonly name: string; readonly closing: boolean; readonly start: number; readonly end: number }

const tagStart = /<(?:!--|(\/?)([A-Za-z][A-Za-z0-9]*)|[!?])/g

/** The next tag or comment, or undefined where the rest is text: an unclosed `<` is one. */
function nextTag(html: string, from: number): Tag | undefined {
  tagStart.lastIndex = from
  const found = tagStart.exec(html)
  if (found === null) return undefined
  const comment = found[0] === '<!--'
  const close = html.indexOf(comment ? '-->' : '>', tagStart.lastIndex)
  if (close === -1) return undefined
  return {
    name: found[2]?.toLowerCase() ?? '',
    closing: found[1] === '/',
    start: found.index,
    end: close + (comment ? 3 : 1),
  }
}

function endOfSilent(html: string, tag: Tag): number {
  const end = new RegExp(`</${tag.name}\\s*>`, 'gi')
  end.lastIndex = tag.end
  return end.exec(html) === null ? html.length : end.lastIndex
}

function addLink(tag: string, links: Set<string>): void {
  if (/\sclass\s*=\s*["'][^"']*\b(?:mention|hashtag)\b/i.test(tag)) return
  const href = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(tag)
  const target = decodeEntities(href?.[1] ?? href?.[2] ?? '').trim()
  if (/^https?:\/\//i.test(target) && target.length <= 2048 && target.isWellFormed() && links.size < 200)
    links.add(target)
}

/** NUL marks a break (no text holds one): one is a line, more are a paragraph. No regular expression: runs of blanks cost squares. */
function tidy(marked: string): string {
  let text = ''
  let breaks = 0
  for (const [index, piece] of marked.split('\u0000').entries()) {
    if (index > 0) breaks++
    const trimmed = trimBlanks(piece)
    if (trimmed === '') continue
    text += (text === '' ? '' : breaks > 1 ? '\n\n' : breaks === 1 ? '\n' : '') + trimmed
    breaks = 0
  }
  return text
}

function trimBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && blanks.has(text.charCodeAt(start))) start++
  while (end > start && blanks.has(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

const blanks: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0x0c])
