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
    `  Beordrad / ordered                    ${it.orderedAt}  (position ${it.log.orderedPosition}) av / by ${it.orderer}`,
    `  Godkänd / approved                    ${approvalText(it)}`,
    ...(it.abortedAt === null
      ? []
      : [`  AVBRUTEN / called off                 ${momentText(it.abortedAt, it.log.abortedPosition)}`]),
    `  Verkställd av / executed by           ${it.executor ?? '–'}`,
    `  FÖRSTÖRD / destroyed                  ${momentText(it.destroyedAt, it.log.executedPosition)}`,
    `  OÅTERKALLELIG / irrecoverable         ${momentText(it.irrecoverableAt, it.log.sweptPosition)}`,
  ]
  return `${lines.join('\n')}\n`
}

export function approvalText(it: Certificate): string {
  if (it.approvedAt === null) return 'krävdes inte / not required'
  return `${momentText(it.approvedAt, it.log.approvedPosition)} av / by ${it.approver ?? '–'}`
}

export function decisionText({ decision }: Certificate['decisions'][number]): string {
  if (decision === null) return '–'
  return `${decision.body} ${decision.reference}${decision.paragraph === undefined ? '' : ` ${decision.paragraph}`}, ${decision.date}`
}

export function momentText(at: string | null, position: string | null): string {
  return at === null ? 'ännu inte / not yet' : `${at}  (position ${position})`
}
