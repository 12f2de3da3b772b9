import type { AnswerDisposal, AnswerPerson, AnswerRecord } from './answer.ts'
import type { Language } from './case-file.ts'
import { timeInWords } from './html-format.ts'
import { bdi, escapeHtml, list, section } from './html-parts.ts'
import { fileName, type Volume, volumeOf } from './volumes.ts'
import type { Words } from './words-shape.ts'

/** The records of a volume, thread by thread. */
export function copyHtml(volume: Volume, words: Words, language: Language): string {
  return volume.threads
    .map(({ channel, records }, index) => {
      const heading = words.thread(channel)
      return section(
        `thread-${index + 1}`,
        3,
        `${escapeHtml(heading)} (${index + 1})`,
        records.map((record) => recordHtml(record, channel, volume, words, language)).join(''),
      )
    })
    .join('')
}

/** A link to a record, in whichever volume it stands. */
export function recordLink(from: Volume, record: number, said: string): string {
  const volume = volumeOf(record)
  const file = volume === from.number ? '' : fileName(volume, 'html')
  return `<a href="${file}#record-${record}">${escapeHtml(said)}</a>`
}

function personHtml(person: AnswerPerson, channel: string, words: Words): string {
  switch (person.kind) {
    case 'you':
      return escapeHtml(words.you)
    case 'controller':
      return `${escapeHtml(words.controller)} (${bdi(channel)})`
    case 'other':
    case 'unknown':
      return person.name === undefined ? escapeHtml(words.unknown) : bdi(person.name)
    default:
      return person.kind satisfies never
  }
}

function recordHtml(
  record: AnswerRecord,
  channel: string,
  volume: Volume,
  words: Words,
  language: Language,
): string {
  const { number, relation, verb, occurredAt, precision, inReplyTo, derivedFrom } = record
  const when = `<time datetime="${escapeHtml(occurredAt)}">${escapeHtml(timeInWords(occurredAt, precision))}</time>`
  const refers = [
    inReplyTo === undefined ? '' : recordLink(volume, inReplyTo, words.answersTo(inReplyTo)),
    derivedFrom === undefined ? '' : recordLink(volume, derivedFrom, words.fromRecord(derivedFrom)),
  ].filter(Boolean)
  const act = escapeHtml(words.verbs[verb] ?? verb)
  return `<article class="${relation}" id="record-${number}" aria-labelledby="record-${number}-h">
<h4 id="record-${number}-h">${escapeHtml(words.record(number))}: ${escapeHtml(words.relations[relation])}</h4>
<p class="meta">${when} · ${personHtml(record.author, channel, words)} ${act}${refers.map((it) => ` · ${it}`).join('')}</p>
${contentHtml(record, words, language)}${detailsHtml(record, channel, words)}</article>
`
}

function contentHtml(record: AnswerRecord, words: Words, language: Language): string {
  const { title, text, withheld, disposed, other } = record
  // Where the source says nothing of the language, the page must not claim its own.
  const spoken = record.language ?? (language === 'sv' ? undefined : 'und')
  return [
    title === undefined ? '' : `<p><strong>${bdi(title, spoken)}</strong></p>\n`,
    text === undefined ? '' : `<p class="text">${bdi(text, spoken)}</p>\n`,
    withheld === undefined ? '' : `<p><em>${escapeHtml(words.grounds[withheld])}</em></p>\n`,
    disposed === undefined ? '' : disposalHtml(disposed, words),
    ...(other ?? []).map((it) => `<p class="text">${bdi(it)}</p>\n`),
    ...(record.statements ?? []).map((it) => `<p>${escapeHtml(words.statement)}: ${bdi(it)}</p>\n`),
    ...(record.notes ?? []).map((it) => `<p>${escapeHtml(words.note)}: ${bdi(it)}</p>\n`),
  ].join('')
}

function disposalHtml(disposed: AnswerDisposal, words: Words): string {
  const { decidedOn, position, rules } = disposed
  const decided = decidedOn && position ? ` ${words.decidedOn(decidedOn, position)}` : ''
  const by = rules.map(({ name, decision }) =>
    decision === undefined ? name : `${name}: ${decision.body} ${decision.reference}, ${decision.date}`,
  )
  return `<p>${escapeHtml(words.disposedRecord + decided)}</p>${list(by.map((it) => bdi(it)))}\n`
}

function detailsHtml(record: AnswerRecord, channel: string, words: Words): string {
  const { persons = [], links = [], hashtags = [], attachments = [], client, reaction, objectId } = record
  const rows: [string, readonly string[]][] = [
    [
      words.members.persons,
      persons.map(
        (it) => `${personHtml(it, channel, words)} (${escapeHtml(words.roles[it.role] ?? it.role)})`,
      ),
    ],
    [words.members.reaction, reaction === undefined ? [] : [bdi(reaction)]],
    [words.members.links, links.map((it) => bdi(it))],
    [words.members.hashtags, hashtags.map((it) => bdi(it))],
    [
      words.members.attachments,
      attachments.map(({ url, mediaType, description }) =>
        [url, mediaType, description].flatMap((it) => (it === undefined ? [] : [bdi(it)])).join(' · '),
      ),
    ],
    [words.members.client, client === undefined ? [] : [bdi(client)]],
    [words.members.objectId, objectId === undefined ? [] : [bdi(objectId)]],
  ]
  const said = rows.filter(([, values]) => values.length > 0)
  return list(said.map(([name, values]) => `${escapeHtml(name)}: ${values.join('; ')}`))
}
