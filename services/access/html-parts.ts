/** Text as HTML: nothing in it is ever markup. NUL and the like cannot be shown and are replaced. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (it) => `&#${it.charCodeAt(0)};`)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\uFFFD')
}

/** Text by people: isolated, so that no direction in it reaches what stands around it. */
export function bdi(text: string, language?: string): string {
  const lang = language === undefined ? '' : ` lang="${escapeHtml(language)}"`
  return `<bdi${lang}>${escapeHtml(text)}</bdi>`
}

export function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`
}

export function section(id: string, level: 2 | 3, heading: string, body: string): string {
  return `<section aria-labelledby="${id}">\n<h${level} id="${id}">${heading}</h${level}>\n${body}\n</section>\n`
}

export function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.map((it) => `<li>${it}</li>`).join('')}</ul>`
}

/** A table of facts: each row's first cell is its heading. */
export function facts(caption: string, rows: readonly (readonly [string, string])[]): string {
  const body = rows.map(
    ([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${value}</td></tr>`,
  )
  return `<table><caption>${caption}</caption><tbody>\n${body.join('\n')}\n</tbody></table>\n`
}

export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const head = columns.map((it) => `<th scope="col">${escapeHtml(it)}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map((it) => `<td>${it}</td>`).join('')}</tr>`)
  return `<table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>\n`
}

/** Colours have a contrast of at least 7:1; the page reads without them, on paper and at 400 %. */
export const styles = `
:root{color-scheme:light}
body{margin:0 auto;padding:1rem;max-width:46rem;font:1rem/1.6 system-ui,sans-serif;color:#1a1a1a;background:#fff}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.3rem;margin-top:2.5rem;border-bottom:2px solid #1a1a1a}h3{font-size:1.1rem;margin-top:2rem}h4{font-size:1rem;margin:0}
a{color:#003f87}a:focus-visible{outline:3px solid #003f87;outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{position:static}
table{width:100%;border-collapse:collapse;margin:1rem 0}caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{border:1px solid #767676;padding:.35rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:#f2f2f2}tbody th{width:16rem}
article{border-left:4px solid #767676;margin:1rem 0;padding:.25rem 0 .25rem 1rem;break-inside:avoid}article.own{border-color:#003f87;border-left-width:8px}
.text{white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0}.meta{color:#404040;margin:0}ul{padding-left:1.2rem}td ul{margin:0}
@media print{body{max-width:none}a{color:inherit}h2{break-after:avoid}}
@media (max-width:30rem){tbody th{width:auto}}
`
