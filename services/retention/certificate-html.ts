import type { Certificate } from './certificate.ts'
import { approvalText, decisionText, momentText } from './certificate-text.ts'

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

function row(sv: string, en: string, value: string): string {
  return `<tr><th scope="row">${escaped(sv)} / <span lang="en">${escaped(en)}</span></th><td>${escaped(value)}</td></tr>`
}

function decisionSection(it: Certificate): string {
  const rows = it.decisions.map(
    (rule) =>
      `<tr><th scope="row">${escaped(rule.name)}</th><td>${escaped(rule.recordType)}</td><td>${escaped(rule.period ?? '–')}</td><td>${rule.version}</td><td>${escaped(decisionText(rule))}</td></tr>`,
  )
  return `<table><caption>Gallringsbeslut och regler / <span lang="en">decisions and rules</span></caption>
<thead><tr><th scope="col">Regel / <span lang="en">rule</span></th><th scope="col">Handlingstyp / <span lang="en">record type</span></th><th scope="col">Frist / <span lang="en">period</span></th><th scope="col">Version</th><th scope="col">Beslut / <span lang="en">decision</span></th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>`
}

function countSection(it: Certificate, channelName: (id: string) => string): string {
  const rows = it.counts.map(
    (count) =>
      `<tr><th scope="row">${escaped(channelName(count.channel))}</th><td>${escaped(count.verb)}</td><td>${escaped(count.capacity)}</td><td>${count.objects}</td></tr>`,
  )
  return `<table><caption>Antal handlingar / <span lang="en">number of objects</span></caption>
<thead><tr><th scope="col">Kanal / <span lang="en">channel</span></th><th scope="col">Handling / <span lang="en">verb</span></th><th scope="col">Egenskap / <span lang="en">capacity</span></th><th scope="col">Antal / <span lang="en">objects</span></th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>`
}

/** The certificate as a page: no script, no style sheet or picture of another server, headings and captions for screen readers. */
export function certificateHtml(it: Certificate, channelName: (id: string) => string): string {
  const aborted =
    it.abortedAt === null
      ? []
      : [row('Avbruten', 'called off', momentText(it.abortedAt, it.log.abortedPosition))]
  const facts = [
    row('Personuppgiftsansvarig', 'controller', it.controller),
    row('Gallring', 'purge', it.purge),
    row('Handlingar', 'objects', String(it.objects)),
    row('Poster', 'records', String(it.records)),
    row('Äldsta och nyaste', 'oldest and newest', `${it.oldest ?? '–'} – ${it.newest ?? '–'}`),
    row('Positionernas kontrollsumma', 'digest of positions', it.positions),
    row('Beordrad', 'ordered', `${momentText(it.orderedAt, it.log.orderedPosition)} av / by ${it.orderer}`),
    row('Godkänd', 'approved', approvalText(it)),
    ...aborted,
    row('Verkställd av', 'executed by', it.executor ?? '–'),
    row('Förstörd', 'destroyed', momentText(it.destroyedAt, it.log.executedPosition)),
    row('Oåterkallelig', 'irrecoverable', momentText(it.irrecoverableAt, it.log.sweptPosition)),
    row('Loggens storlek', 'size of the log', `${it.log.sizeBefore} → ${it.log.sizeAfter ?? '–'}`),
  ]
  return `<!doctype html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gallringsbevis ${escaped(it.purge)}</title>
</head>
<body>
<main>
<h1>Gallringsbevis / <span lang="en">certificate of disposal</span></h1>
<table><caption>Vad som gallrats, när och av vem / <span lang="en">what was destroyed, when and by whom</span></caption><tbody>
${facts.join('\n')}
</tbody></table>
${decisionSection(it)}
${countSection(it, channelName)}
<p>Beviset innehåller inget av det som gallrats. Det är framställt ur loggen och kan kontrolleras mot den.
<span lang="en">The certificate holds nothing of what was destroyed. It is made from the log and can be checked against it.</span></p>
</main>
</body>
</html>
`
}
