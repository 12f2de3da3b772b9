import type { Answer, AnswerActivity, Said } from './answer.ts'
import { disclosureCells, goneText, notHeldTexts, partOf } from './handed-text.ts'
import { copyHtml, recordLink } from './html-copy.ts'
import { timeInWords } from './html-format.ts'
import { bdi, escapeHtml, facts, list, paragraph, section, styles, table } from './html-parts.ts'
import { freeText } from './pdf.ts'
import { ruleText } from './rule-text.ts'
import { recordAt, type Volume } from './volumes.ts'
import { wordsFor } from './words.ts'
import type { Words } from './words-shape.ts'

type Part = [id: string, heading: string, body: string]

/** A volume of the answer to read: a short letter, then activity by activity, then the copy. No script, nothing fetched. */
export function answerHtml(answer: Answer, volume: Volume): string {
  const words = wordsFor(answer.language)
  const { headings } = words
  const part = volume.of === 1 ? '' : `, ${words.volume(volume.number, volume.of)}`
  const parts = volume.number === 1 ? first(answer, volume, words) : later(answer, volume, words)
  const contents = parts.map(([id, heading]) => `<li><a href="#${id}">${escapeHtml(heading)}</a></li>`)
  return `<!doctype html>
<html lang="${answer.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="robots" content="noindex">
<title>${escapeHtml(`${words.title}${part} – ${answer.controller.name}`)}</title>
<style>${styles}</style>
</head>
<body>
<a class="skip" href="#${parts[0]?.[0]}">${escapeHtml(parts[0]?.[1] ?? headings.letter)}</a>
<header>
<p>${bdi(answer.controller.name)} · <time datetime="${answer.preparedOn}">${answer.preparedOn}</time></p>
<h1>${escapeHtml(words.title + part)}</h1>
</header>
<nav aria-label="${escapeHtml(words.contents)}"><ol>${contents.join('')}</ol></nav>
<main>
${parts.map(([id, heading, body]) => section(id, 2, escapeHtml(heading), body)).join('')}</main>
<footer>${about(answer, words)}</footer>
</body>
</html>
`
}

function first(answer: Answer, volume: Volume, words: Words): Part[] {
  const { headings } = words
  return [
    ['letter', headings.letter, letter(answer, volume, words)],
    ...(answer.accounts.length === 0
      ? []
      : [['accounts', headings.accounts, accounts(answer, words)] satisfies Part]),
    ['activities', headings.activities, activities(answer, words)],
    ['disclosures', headings.disclosures, disclosures(answer, words)],
    ['lookups', headings.lookUps, lookUps(answer, words)],
    ['withheld', headings.withheld, withheld(answer, volume, words)],
    ['not-held', headings.notHeld, notHeld(answer, words)],
    ['rights', headings.rights, list(words.rightsText.map(escapeHtml))],
    ['complaint', headings.complaint, complaint(answer, words)],
    ['appeal', headings.appeal, appeal(answer, words)],
    ['copy', headings.copy, copyHtml(volume, words, answer.language) || paragraph(words.none)],
  ]
}

function later(answer: Answer, volume: Volume, words: Words): Part[] {
  const { headings } = words
  return [
    ['copy', headings.copy, copyHtml(volume, words, answer.language)],
    ['withheld', headings.withheld, withheld(answer, volume, words)],
  ]
}

function letter(answer: Answer, volume: Volume, words: Words): string {
  const { controller, confirmation, deadline, upTo } = answer
  const { records, firstOn = '', lastOn = '', processed } = confirmation
  const { day, withEves } = deadline.paused ?? deadline.unpaused
  const said = words.letter
  const text = processed ? said.yes(controller.name, records, firstOn, lastOn) : said.no(controller.name)
  return [
    `<p><strong>${escapeHtml(text)}</strong></p>`,
    ...[
      said.received(answer.case.receivedOn, words.arrivals[answer.case.arrival]),
      said.deadline(day, withEves),
      `${said.upTo(upTo.position, timeInWords(upTo.recordedAt))} ${freeText(answer, words)}`,
      ...(processed ? [said.how] : []),
      ...(volume.of > 1 ? [words.volumes(volume.of)] : []),
      said.first,
    ].map(paragraph),
  ].join('\n')
}

function accounts({ accounts: all }: Answer, words: Words): string {
  const { columns } = words
  const members = [
    'names',
    'handles',
    'platformIds',
    'emails',
    'profiles',
    'networkAddresses',
    'devices',
  ] as const
  return all
    .map((account, index) =>
      facts(`${index + 1}.`, [
        ...members.flatMap((member): [string, string][] =>
          account[member].length === 0
            ? []
            : [[columns[member], account[member].map((it) => bdi(it)).join('<br>')]],
        ),
        [columns.assurance, escapeHtml(words.assurances[account.assurance])],
      ]),
    )
    .join('')
}

function activities(answer: Answer, words: Words): string {
  const outside = answer.outsideRegister
  return [
    ...answer.activities.map((it) => activity(it, words, answer.language)),
    outside.length === 0 ? '' : paragraph(words.outside(outside.join(', '))),
    answer.activities.length + outside.length === 0 ? paragraph(words.none) : '',
  ].join('')
}

function activity(it: AnswerActivity, words: Words, language: Answer['language']): string {
  const { columns, notStated, none } = words
  const words_ = (all: readonly Said[] | undefined) => stated(all, notStated, none, saidHtml)
  const { automatedDecisions, transfers } = it
  const automated =
    automatedDecisions === undefined
      ? escapeHtml(notStated)
      : escapeHtml(automatedDecisions.used ? words.automatedYes : words.automatedNo) +
        (automatedDecisions.text ? ` ${bdi(automatedDecisions.text)}` : '')
  const storage = [
    ...(it.storage.text ? [bdi(it.storage.text)] : []),
    ...it.storage.rules.map((rule) => bdi(ruleText(rule, words, language))),
  ]
  return facts(bdi(it.name), [
    [columns.records, String(it.records)],
    [columns.purposes, words_(it.purposes)],
    [columns.legalBasis, words_(it.legalBasis)],
    [columns.categories, words_(it.categories)],
    [
      columns.recipients,
      stated(it.recipients, notStated, none, ({ kind, name, country, text }) =>
        [words.recipientKinds[kind] ?? kind, name, country, text]
          .flatMap((part) => (part ? [bdi(part)] : []))
          .join(' · '),
      ),
    ],
    [columns.storage, storage.length === 0 ? escapeHtml(notStated) : list(storage)],
    [
      columns.source,
      [...it.source.channels, ...(it.source.text ? [it.source.text] : [])].map((s) => bdi(s)).join(' · '),
    ],
    [columns.automated, automated],
    [
      columns.transfers,
      stated(transfers, notStated, words.noTransfers, ({ destination, safeguard, text }) =>
        [destination, safeguard, text].flatMap((part) => (part ? [bdi(part)] : [])).join(' · '),
      ),
    ],
  ])
}

/** Left out in the register is not the same as none. */
function stated<T>(
  all: readonly T[] | undefined,
  notStated: string,
  none: string,
  show: (it: T) => string,
): string {
  if (all === undefined) return escapeHtml(notStated)
  return all.length === 0 ? escapeHtml(none) : list(all.map(show))
}

function saidHtml({ label, text }: Said): string {
  return text ? `${escapeHtml(label)}: ${bdi(text)}` : escapeHtml(label)
}

function disclosures({ disclosures: all }: Answer, words: Words): string {
  if (all.length === 0) return paragraph(words.noDisclosures)
  const { columns, headings } = words
  const rows = all.map((it) => disclosureCells(it, words).map((cell) => bdi(cell)))
  return table(
    escapeHtml(headings.disclosures),
    [columns.date, columns.recipient, columns.ground, columns.handedOver],
    rows,
  )
}

function lookUps({ lookUps: all, lookUpsUnjudged, preparedOn }: Answer, words: Words): string {
  const { columns } = words
  const rows = all.map(({ on, kind, purpose }) => [
    on,
    escapeHtml(words.lookKinds[kind] ?? kind),
    purpose === undefined ? escapeHtml(words.notStated) : bdi(purpose),
  ])
  return [
    rows.length === 0
      ? paragraph(words.noLookUps)
      : table(escapeHtml(words.headings.lookUps), [columns.date, columns.kind, columns.purpose], rows),
    paragraph(words.preparing(preparedOn)),
    lookUpsUnjudged === 0 ? '' : paragraph(words.unjudged(lookUpsUnjudged)),
  ].join('\n')
}

/** Where a redaction is, for a reader: the record, as a link, or the part of the answer. The JSON has the path itself. */
function whereHtml(answer: Answer, volume: Volume, path: string, words: Words): string {
  const found = recordAt(answer.copy.threads, path)
  if (found !== undefined) return recordLink(volume, found.number, words.record(found.number))
  return escapeHtml(partOf(path, words))
}

function withheld(answer: Answer, volume: Volume, words: Words): string {
  const { redactions } = volume
  if (redactions.length === 0) return paragraph(words.noRedactions)
  const { columns } = words
  const rows = redactions.map(({ path, ground, count }) => [
    whereHtml(answer, volume, path, words),
    escapeHtml(words.grounds[ground]),
    String(count),
  ])
  return (
    paragraph(words.maskedNote) +
    table(escapeHtml(words.headings.withheld), [columns.where, columns.ground, columns.count], rows)
  )
}

function notHeld(answer: Answer, words: Words): string {
  const { disposed, under } = answer.notHeld
  return [
    paragraph(disposed === 0 ? words.nothingMissing : words.disposed(disposed)),
    list(under.map((it) => bdi(goneText(it, words)))),
    ...notHeldTexts(answer, words).map(paragraph),
  ].join('')
}

function complaint({ controller }: Answer, words: Words): string {
  const { name, email, url } = controller.complaintAuthority
  const officer = controller.dataProtectionOfficer
  return [
    paragraph(words.complaintText([name, email, url].filter(Boolean).join(', '))),
    officer === undefined ? '' : `<p>${bdi(officer.function)}: ${bdi(officer.email)}</p>`,
  ].join('')
}

function appeal({ controller }: Answer, words: Words): string {
  const { contact, administrativeCourt = words.court } = controller
  const to =
    contact === undefined
      ? ''
      : `<p>${bdi(contact.function)}: ${bdi(contact.email)}${contact.postalAddress ? `, ${bdi(contact.postalAddress)}` : ''}</p>`
  return words.appealText(controller.name, administrativeCourt).map(paragraph).join('') + to
}

function about({ case: { id }, upTo, format }: Answer, words: Words): string {
  return `<p>${escapeHtml(words.headings.about)}: <code>${format}</code> · <code>${id}</code> · <code>${upTo.position}</code></p>`
}
