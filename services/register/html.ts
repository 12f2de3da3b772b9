import type { Register, RegisterRow } from './schemas.ts'
import { basisText, letterText, letterTitles, observedPairs, severities } from './text.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (it) => entities[it] ?? it)
}

function pair(name: string, value: string): string {
  return `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`
}

function section(row: RegisterRow, index: number): string {
  const id = `behandling-${index + 1}`
  const version = row.version === undefined ? '' : ` · version ${row.version}`
  const draft = row.status === 'draft' ? ' · utkast' : ''
  const declared = row.letters.map((it) =>
    pair(`${it.letter}) ${letterTitles[it.letter].sv}`, letterText(it)),
  )
  return `<section aria-labelledby="${id}">
<h2 id="${id}">${escaped(row.name)}${version}${draft}</h2>
<table><caption>Uppgivet / <span lang="en">declared</span></caption><tbody>
${declared.join('\n')}
${pair('Rättslig grund', basisText(row))}
</tbody></table>
<table><caption>Iakttaget i loggen / <span lang="en">observed</span></caption><tbody>
${observedPairs(row)
  .map(([name, value]) => pair(name, value))
  .join('\n')}
</tbody></table>
</section>`
}

/** A page without script, style sheet or picture of another server: headings, captions and row headers for screen readers. */
export function registerHtml(register: Register): string {
  const { controller, day, rows, findings } = register
  const name = escaped(controller.name ?? 'MISSING')
  const found = findings.map(
    (it) =>
      `<tr><td>${severities[it.severity]}</td><td>${escaped(it.sv)}</td><td>${escaped(it.todo.sv)}</td></tr>`,
  )
  return `<!doctype html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Registerförteckning – ${name}</title>
</head>
<body>
<main>
<h1>Registerförteckning enligt artikel 30 – ${name}</h1>
<p>Gäller den <time datetime="${day}">${day}</time>. Det som saknas skrivs MISSING.</p>
${rows.map(section).join('\n')}
<section aria-labelledby="avvikelser">
<h2 id="avvikelser">Avvikelser (${findings.length})</h2>
<table><caption>Skillnader mellan uppgivet, iakttaget och det som krävs</caption>
<thead><tr><th scope="col">Grad</th><th scope="col">Vad</th><th scope="col">Åtgärd</th></tr></thead><tbody>
${found.join('\n')}
</tbody></table>
</section>
</main>
</body>
</html>
`
}
