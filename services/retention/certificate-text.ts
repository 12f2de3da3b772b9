import type { Certificate } from './certificate.ts'

/** The certificate as a person reads it: Swedish first, English beside. `channelName` gives a channel its declared name. */
export function certificateText(it: Certificate, channelName: (id: string) => string): string {
  const lines = [
    'GALLRINGSBEVIS / Certificate of disposal',
    `  Personuppgiftsansvarig / controller   ${it.controller}`,
    `  Gallring / purge                      ${it.purge}`,
    ...it.decisions.flatMap((rule) => [
      `  Beslut / decision                     ${decisionText(rule)}`,
      `    Regel / rule                        ${rule.name} (${rule.recordType}), frist / period ${rule.period ?? '–'}, version ${rule.version}`,
    ]),
    `  Handlingar / objects                  ${it.objects} (${it.records} poster / records), ${it.oldest ?? '–'} – ${it.newest ?? '–'}`,
    ...it.counts.map(
      (row) =>
        `    ${String(row.objects).padStart(7)}  ${channelName(row.channel)} · ${row.verb} · ${row.capacity}`,
    ),
    `  Positioner / positions                ${it.positions}`,
    `  Verkställd av / executed by           ${it.executor}`,
    `  Beslutad att verkställas / ordered    ${it.orderedAt}  (position ${it.log.orderedPosition})`,
    `  FÖRSTÖRD / destroyed                  ${momentText(it.destroyedAt, it.log.executedPosition)}`,
    `  OÅTERKALLELIG / irrecoverable         ${momentText(it.irrecoverableAt, it.log.sweptPosition)}`,
  ]
  return `${lines.join('\n')}\n`
}

function decisionText({ decision }: Certificate['decisions'][number]): string {
  if (decision === null) return '–'
  return `${decision.body} ${decision.reference}${decision.paragraph === undefined ? '' : ` ${decision.paragraph}`}, ${decision.date}`
}

function momentText(at: string | null, position: string | null): string {
  return at === null ? 'ännu inte / not yet' : `${at}  (position ${position})`
}
