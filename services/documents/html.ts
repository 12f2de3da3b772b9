import type { Block, Language, Text } from './model.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (it) => entities[it] ?? it)
}

function textHtml(text: Text): string {
  if (typeof text === 'string') return escapeHtml(text).replaceAll('\n', '<br>')
  return text
    .map(({ text: said, strong, href }) => {
      const inner = escapeHtml(said).replaceAll('\n', '<br>')
      const linked =
        href !== undefined && /^(https?:|mailto:)/.test(href)
          ? `<a href="${escapeHtml(href)}">${inner}</a>`
          : inner
      return strong === true ? `<strong>${linked}</strong>` : linked
    })
    .join('')
}

async function blockHtml(block: Block): Promise<string> {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${escapeHtml(block.text)}</h${block.level}>`
    case 'paragraph':
      return block.look === 'quote'
        ? `<blockquote><p>${textHtml(block.text)}</p></blockquote>`
        : `<p>${textHtml(block.text)}</p>`
    case 'list': {
      const name = block.numbered === true ? 'ol' : 'ul'
      return `<${name}>${block.items.map((item) => `<li>${textHtml(item)}</li>`).join('')}</${name}>`
    }
    case 'definitions':
      return `<dl>${block.entries
        .map(({ term, text }) => `<dt>${escapeHtml(term)}</dt><dd>${textHtml(text)}</dd>`)
        .join('\n')}</dl>`
    case 'table': {
      const head = block.columns.map(({ title }) => `<th scope="col">${escapeHtml(title)}</th>`).join('')
      const lines: string[] = []
      for await (const row of block.rows) {
        const cells = row.map((cell, index) =>
          index === 0 && block.rowHeader === true
            ? `<th scope="row">${textHtml(cell)}</th>`
            : `<td>${textHtml(cell)}</td>`,
        )
        lines.push(`<tr>${cells.join('')}</tr>`)
      }
      const caption = block.caption === undefined ? '' : `<caption>${escapeHtml(block.caption)}</caption>`
      return `<table>${caption}<thead><tr>${head}</tr></thead><tbody>\n${lines.join('\n')}\n</tbody></table>`
    }
    case 'newPage':
      return ''
    default:
      return block satisfies never
  }
}

/** A short document as one page, without script, style sheet or picture of another server: for screens and screen readers. */
export async function pageHtml(
  info: {
    readonly title: string
    readonly language: Language
    readonly alternate?: { readonly href: string; readonly language: Language; readonly text: string }
  },
  blocks: readonly Block[],
): Promise<string> {
  const { title, language, alternate } = info
  const other =
    alternate === undefined
      ? ''
      : `<nav aria-label="${language === 'sv' ? 'Språk' : 'Language'}"><a href="${escapeHtml(alternate.href)}" hreflang="${alternate.language}" lang="${alternate.language}">${escapeHtml(alternate.text)}</a></nav>\n`
  const parts: string[] = []
  for (const block of blocks) parts.push(await blockHtml(block))
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
</head>
<body>
${other}<main>
<h1>${escapeHtml(title)}</h1>
${parts.join('\n')}
</main>
</body>
</html>
`
}
