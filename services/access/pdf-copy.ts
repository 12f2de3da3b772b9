import type { Block, Span } from '../documents/model.ts'
import type { AnswerDisposal, AnswerPerson, AnswerRecord, AnswerThread } from './answer.ts'
import { timeInWords } from './html-format.ts'
import type { Words } from './words-shape.ts'

/** The copy, thread by thread, record by record. */
export function* copyBlocks(threads: readonly AnswerThread[], words: Words): Generator<Block> {
  for (const { channel, records } of threads) {
    yield { kind: 'heading', level: 3, text: words.thread(channel) }
    for (const record of records) yield* recordBlocks(record, channel, words)
  }
}

function personText(person: AnswerPerson, channel: string, words: Words): string {
  switch (person.kind) {
    case 'you':
      return words.you
    case 'controller':
      return `${words.controller} (${channel})`
    case 'other':
    case 'unknown':
      return person.name ?? words.unknown
    default:
      return person.kind satisfies never
  }
}

function* recordBlocks(record: AnswerRecord, channel: string, words: Words): Generator<Block> {
  const { number, relation, verb, occurredAt, precision, inReplyTo, derivedFrom } = record
  yield {
    kind: 'heading',
    level: 4,
    text: `${words.record(number)}: ${words.relations[relation]}`,
  }
  const act = `${personText(record.author, channel, words)} ${words.verbs[verb] ?? verb}`
  const refers = [
    ...(inReplyTo === undefined ? [] : [words.answersTo(inReplyTo)]),
    ...(derivedFrom === undefined ? [] : [words.fromRecord(derivedFrom)]),
  ]
  yield {
    kind: 'paragraph',
    look: 'small',
    text: [timeInWords(occurredAt, precision), act, ...refers].join(' · '),
  }
  yield* contentBlocks(record, words)
  const details = detailsOf(record, channel, words)
  if (details.length > 0) yield { kind: 'list', items: details }
}

function* contentBlocks(record: AnswerRecord, words: Words): Generator<Block> {
  const { title, text, withheld, disposed, other = [], statements = [], notes = [] } = record
  const said: Span[] = [
    ...(title === undefined ? [] : [{ text: text === undefined ? title : `${title}\n`, strong: true }]),
    ...(text === undefined ? [] : [{ text }]),
  ]
  if (said.length > 0) yield { kind: 'paragraph', look: 'quote', text: said }
  if (withheld !== undefined) yield { kind: 'paragraph', text: words.grounds[withheld] }
  if (disposed !== undefined) yield* disposalBlocks(disposed, words)
  for (const it of other) yield { kind: 'paragraph', look: 'quote', text: it }
  for (const it of statements) yield { kind: 'paragraph', text: `${words.statement}: ${it}` }
  for (const it of notes) yield { kind: 'paragraph', text: `${words.note}: ${it}` }
}

function* disposalBlocks({ decidedOn, position, rules }: AnswerDisposal, words: Words): Generator<Block> {
  const decided = decidedOn && position ? ` ${words.decidedOn(decidedOn, position)}` : ''
  yield { kind: 'paragraph', text: words.disposedRecord + decided }
  const by = rules.map(({ name, decision }) =>
    decision === undefined ? name : `${name}: ${decision.body} ${decision.reference}, ${decision.date}`,
  )
  if (by.length > 0) yield { kind: 'list', items: by }
}

function detailsOf(record: AnswerRecord, channel: string, words: Words): string[] {
  const { persons = [], links = [], hashtags = [], attachments = [], client, reaction, objectId } = record
  const rows: [string, readonly string[]][] = [
    [
      words.members.persons,
      persons.map((it) => `${personText(it, channel, words)} (${words.roles[it.role] ?? it.role})`),
    ],
    [words.members.reaction, reaction === undefined ? [] : [reaction]],
    [words.members.links, links],
    [words.members.hashtags, hashtags],
    [
      words.members.attachments,
      attachments.map(({ url, mediaType, description }) =>
        [url, mediaType, description].filter((it) => it !== undefined).join(' · '),
      ),
    ],
    [words.members.client, client === undefined ? [] : [client]],
    [words.members.objectId, objectId === undefined ? [] : [objectId]],
  ]
  return rows.flatMap(([name, values]) => (values.length === 0 ? [] : [`${name}: ${values.join('; ')}`]))
}
