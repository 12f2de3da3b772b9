import type { Block, Definition, DocumentInfo, Text } from '../documents/model.ts'
import { pdfOf } from '../documents/pdf.ts'
import type { Answer, AnswerActivity, Said } from './answer.ts'
import { disclosureCells, goneText, notHeldTexts, partOf } from './handed-text.ts'
import { timeInWords } from './html-format.ts'
import { copyBlocks } from './pdf-copy.ts'
import { ruleText } from './rule-text.ts'
import { recordAt, type Volume } from './volumes.ts'
import { wordsFor } from './words.ts'
import type { Words } from './words-shape.ts'

/** A volume of the answer as PDF: what the HTML says, in the same order. */
export function answerPdf(answer: Answer, volume: Volume): AsyncIterable<Uint8Array> {
  const words = wordsFor(answer.language)
  const info: DocumentInfo = {
    title: titleOf(answer, volume, words),
    language: answer.language,
    author: answer.controller.name,
    // The answer's own day, not the clock's.
    created: new Date(`${answer.preparedOn}T12:00:00Z`),
    footer: `${answer.controller.name} · ${answer.case.id}`,
  }
  return pdfOf(info, volume.number === 1 ? first(answer, volume, words) : later(answer, volume, words))
}

function titleOf(answer: Answer, { number, of }: Volume, words: Words): string {
  const part = of === 1 ? '' : `, ${words.volume(number, of)}`
  return `${words.title}${part} – ${answer.controller.name}`
}

function* first(answer: Answer, volume: Volume, words: Words): Generator<Block> {
  const { headings } = words
  yield { kind: 'paragraph', text: `${answer.controller.name} · ${answer.preparedOn}` }
  yield h(1, words.title)
  yield h(2, headings.letter)
  yield* letter(answer, volume, words)
  if (answer.accounts.length > 0) yield h(2, headings.accounts)
  for (const account of answer.accounts) yield accountBlock(account, words)
  yield h(2, headings.activities)
  yield* activities(answer, words)
  yield h(2, headings.disclosures)
  yield* disclosures(answer, words)
  yield h(2, headings.lookUps)
  yield* lookUps(answer, words)
  yield h(2, headings.withheld)
  yield* withheld(answer, volume, words)
  yield h(2, headings.notHeld)
  yield* notHeld(answer, words)
  yield h(2, headings.rights)
  yield { kind: 'list', items: words.rightsText }
  yield h(2, headings.complaint)
  yield* complaint(answer, words)
  yield h(2, headings.appeal)
  yield* appeal(answer, words)
  yield h(2, headings.copy)
  if (volume.threads.length === 0) yield p(words.none)
  yield* copyBlocks(volume.threads, words)
  yield h(2, headings.about)
  yield p(`${words.glyphs} ${answer.format} · ${answer.case.id} · ${answer.upTo.position}`)
}

function* later(answer: Answer, volume: Volume, words: Words): Generator<Block> {
  yield h(1, `${words.title}, ${words.volume(volume.number, volume.of)}`)
  yield h(2, words.headings.copy)
  yield* copyBlocks(volume.threads, words)
  yield h(2, words.headings.withheld)
  yield* withheld(answer, volume, words)
}

function h(level: 1 | 2 | 3 | 4, text: string): Block {
  return { kind: 'heading', level, text }
}

function p(text: Text): Block {
  return { kind: 'paragraph', text }
}

function* letter(answer: Answer, volume: Volume, words: Words): Generator<Block> {
  const { controller, confirmation, deadline, upTo } = answer
  const { records, firstOn = '', lastOn = '', processed } = confirmation
  const { day, withEves } = deadline.paused ?? deadline.unpaused
  const said = words.letter
  const text = processed ? said.yes(controller.name, records, firstOn, lastOn) : said.no(controller.name)
  yield { kind: 'paragraph', look: 'lead', text: [{ text, strong: true }] }
  yield p(said.received(answer.case.receivedOn, words.arrivals[answer.case.arrival]))
  yield p(said.deadline(day, withEves))
  yield p(`${said.upTo(upTo.position, timeInWords(upTo.recordedAt))} ${freeText(answer, words)}`)
  if (processed) yield p(said.how)
  if (volume.of > 1) yield p(words.volumes(volume.of))
  yield p(said.first)
}

/** Whether, and how far, running text was searched for the person's names. */
export function freeText({ searched }: Answer, { letter: said }: Words): string {
  const { freeText: found } = searched
  return found === undefined ? said.freeText : said.freeTextSearched(found.upTo, found.hits, found.unreviewed)
}

function accountBlock(account: Answer['accounts'][number], words: Words): Block {
  const members = [
    'names',
    'handles',
    'platformIds',
    'emails',
    'profiles',
    'networkAddresses',
    'devices',
  ] as const
  const entries = members.flatMap((member): Definition[] =>
    account[member].length === 0 ? [] : [{ term: words.columns[member], text: account[member].join('\n') }],
  )
  const assurance = { term: words.columns.assurance, text: words.assurances[account.assurance] }
  return { kind: 'definitions', entries: [...entries, assurance] }
}

function* activities(answer: Answer, words: Words): Generator<Block> {
  for (const activity of answer.activities) {
    yield h(3, activity.name)
    yield { kind: 'definitions', entries: activityEntries(activity, words, answer.language) }
  }
  const outside = answer.outsideRegister
  if (outside.length > 0) yield p(words.outside(outside.join(', ')))
  if (answer.activities.length + outside.length === 0) yield p(words.none)
}

function activityEntries(it: AnswerActivity, words: Words, language: Answer['language']): Definition[] {
  const { columns, notStated, none } = words
  const stated = <T>(all: readonly T[] | undefined, nothing: string, show: (it: T) => string) =>
    all === undefined ? notStated : all.length === 0 ? nothing : all.map(show).join('\n')
  const said = ({ label, text }: Said) => (text ? `${label}: ${text}` : label)
  const together = (...parts: readonly (string | undefined)[]) => parts.filter(Boolean).join(' · ')
  const storage = [
    ...(it.storage.text ? [it.storage.text] : []),
    ...it.storage.rules.map((rule) => ruleText(rule, words, language)),
  ]
  const automated = it.automatedDecisions
  return [
    { term: columns.records, text: String(it.records) },
    { term: columns.purposes, text: stated(it.purposes, none, said) },
    { term: columns.legalBasis, text: stated(it.legalBasis, none, said) },
    { term: columns.categories, text: stated(it.categories, none, said) },
    {
      term: columns.recipients,
      text: stated(it.recipients, none, ({ kind, name, country, text }) =>
        together(words.recipientKinds[kind] ?? kind, name, country, text),
      ),
    },
    { term: columns.storage, text: storage.length === 0 ? notStated : storage.join('\n') },
    { term: columns.source, text: together(...it.source.channels, it.source.text) },
    {
      term: columns.automated,
      text:
        automated === undefined
          ? notStated
          : `${automated.used ? words.automatedYes : words.automatedNo} ${automated.text ?? ''}`.trim(),
    },
    {
      term: columns.transfers,
      text: stated(it.transfers, words.noTransfers, ({ destination, safeguard, text }) =>
        together(destination, safeguard, text),
      ),
    },
  ]
}

function* disclosures({ disclosures: all }: Answer, words: Words): Generator<Block> {
  if (all.length === 0) return yield p(words.noDisclosures)
  const { columns } = words
  yield {
    kind: 'table',
    columns: [
      { title: columns.date },
      { title: columns.recipient, share: 2 },
      { title: columns.ground, share: 2 },
      { title: columns.handedOver, share: 3 },
    ],
    rows: all.map((it) => disclosureCells(it, words)),
  }
}

function* lookUps({ lookUps: all, lookUpsUnjudged, preparedOn }: Answer, words: Words): Generator<Block> {
  const { columns } = words
  if (all.length === 0) yield p(words.noLookUps)
  else {
    yield {
      kind: 'table',
      columns: [
        { title: columns.date },
        { title: columns.kind, share: 2 },
        { title: columns.purpose, share: 3 },
      ],
      rows: all.map(({ on, kind, purpose }) => [
        on,
        words.lookKinds[kind] ?? kind,
        purpose ?? words.notStated,
      ]),
    }
  }
  yield p(words.preparing(preparedOn))
  if (lookUpsUnjudged > 0) yield p(words.unjudged(lookUpsUnjudged))
}

function* withheld(answer: Answer, { redactions }: Volume, words: Words): Generator<Block> {
  if (redactions.length === 0) return yield p(words.noRedactions)
  const { columns } = words
  yield p(words.maskedNote)
  yield {
    kind: 'table',
    columns: [
      { title: columns.where, share: 2 },
      { title: columns.ground, share: 4 },
      { title: columns.count, align: 'end' },
    ],
    rows: redactions.map(({ path, ground, count }) => [
      placeOf(answer, path, words),
      words.grounds[ground],
      String(count),
    ]),
  }
}

function placeOf(answer: Answer, path: string, words: Words): string {
  const record = recordAt(answer.copy.threads, path)
  if (record !== undefined) return words.record(record.number)
  return partOf(path, words)
}

function* notHeld(answer: Answer, words: Words): Generator<Block> {
  const { disposed, under } = answer.notHeld
  yield p(disposed === 0 ? words.nothingMissing : words.disposed(disposed))
  if (under.length > 0) yield { kind: 'list', items: under.map((it) => goneText(it, words)) }
  for (const text of notHeldTexts(answer, words)) yield p(text)
}

function* complaint({ controller }: Answer, words: Words): Generator<Block> {
  const { name, email, url } = controller.complaintAuthority
  yield p(words.complaintText([name, email, url].filter(Boolean).join(', ')))
  const officer = controller.dataProtectionOfficer
  if (officer !== undefined) yield p(`${officer.function}: ${officer.email}`)
}

function* appeal({ controller }: Answer, words: Words): Generator<Block> {
  const { contact, administrativeCourt = words.court } = controller
  for (const text of words.appealText(controller.name, administrativeCourt)) yield p(text)
  if (contact === undefined) return
  yield p(`${contact.function}: ${[contact.email, contact.postalAddress].filter(Boolean).join(', ')}`)
}
