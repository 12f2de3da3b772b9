import { localDay } from '../platform/clock.ts'
import type { AnswerDisposal, AnswerRecord, RedactionGround } from './answer.ts'
import type { Persons } from './compile-masker.ts'
import type { Review } from './compile-review.ts'
import type { Content, Item } from './items.ts'

/** What a record is compiled with: who is who, the numbers of the records, and the list of redactions. */
export type CopyContext = {
  readonly persons: Persons
  readonly numbers: ReadonlyMap<string, number>
  readonly review: Review
  readonly statements: ReadonlyMap<string, readonly string[]>
  readonly redact: (path: string, ground: RedactionGround, count?: number, provision?: string) => void
  readonly disposal: (streamId: string) => AnswerDisposal
}

/** As much of a stranger's text as the rest needs to be understood (C-487/21), in UTF-16 code units. */
const extractLength = 600

/** One record of the copy; what is taken out of it is listed under its path. */
export function compileRecord(context: CopyContext, item: Item, number: number, path: string): AnswerRecord {
  const { event, content, relation, authorId, people } = item
  const { persons, numbers } = context
  const refers = (member: string) => {
    const target = event.data[member]
    return typeof target === 'string' ? numbers.get(target) : undefined
  }
  const [inReplyTo, derivedFrom] = [refers('inReplyTo'), refers('derivedFrom')]
  const listed = people.filter(({ subjectId, role }) => subjectId !== authorId || role !== 'author')
  const notes = context.review
    .notesOf(event.eventId)
    .map((it, at) => masked(context, `${path}/notes/${at}`, it, true))
  const statements = context.statements.get(event.eventId) ?? []
  return {
    number,
    id: event.eventId,
    position: event.position,
    relation,
    verb: event.type.replace(/^interaction\./, ''),
    occurredAt: content?.occurredAt ?? event.occurredOn,
    ...(content?.precision && { precision: content.precision }),
    recordedOn: localDay(event.recordedAt),
    author: persons.shown(authorId),
    ...(listed.length > 0 && {
      persons: listed.map(({ subjectId, role }) => ({ ...persons.shown(subjectId), role })),
    }),
    ...(inReplyTo !== undefined && { inReplyTo }),
    ...(derivedFrom !== undefined && { derivedFrom }),
    ...(event.capacity !== null && relation === 'own' && { capacity: event.capacity }),
    ...(content === undefined ? absent(context, item) : contentOf(context, item, content, path)),
    ...(notes.length > 0 && { notes }),
    ...(statements.length > 0 && { statements }),
    ...(item.other.length > 0 && {
      other: item.other.map((it, at) => masked(context, `${path}/other/${at}`, JSON.stringify(it), true)),
    }),
  }
}

function absent(context: CopyContext, { event, other }: Item): Pick<AnswerRecord, 'disposed'> {
  return other.length > 0 ? {} : { disposed: context.disposal(event.streamId) }
}

function masked(context: CopyContext, path: string, text: string, byOthers: boolean): string {
  const result = context.persons.mask(text, byOthers)
  for (const [ground, count] of result.redactions) context.redact(path, ground, count)
  return result.text
}

/** What was said: the person's own as it stands, the controller's whole, a stranger's as an extract. */
function contentOf(context: CopyContext, item: Item, content: Content, path: string): Partial<AnswerRecord> {
  const { relation, authorId = '' } = item
  const { persons, redact } = context
  const own = relation === 'own'
  const included = context.review.included.has(item.event.eventId)
  if (relation === 'context' && !included && !persons.isController(authorId) && !persons.isKnown(authorId)) {
    redact(path, 'unknownAuthor')
    return { withheld: 'unknownAuthor' }
  }
  const mask = (member: string, text: string) => {
    const reviewed = context.review.redacted(item.event.eventId, member, text)
    for (const { ground, provision } of reviewed.spans) redact(`${path}/${member}`, ground, 1, provision)
    return masked(context, `${path}/${member}`, reviewed.text, !own)
  }
  const extract = (member: string, text: string) => {
    const whole = mask(member, text)
    if (relation !== 'context' || included || persons.isController(authorId) || whole.length <= extractLength)
      return whole
    redact(`${path}/${member}`, 'extract')
    return `${cut(whole)} …`
  }
  for (const raw of ['rawText', 'extensions'] as const) {
    if (content[raw] !== undefined) redact(`${path}/${raw}`, 'unreviewed')
  }
  if (content.native?.detail !== undefined) redact(`${path}/native`, 'unreviewed')
  const { title, text, language, reaction, links, hashtags, attachments, client, objectId } = content
  const list = (member: string, texts: readonly string[]) =>
    texts.map((it, at) => mask(`${member}/${at}`, it))
  return {
    ...(own && objectId !== undefined && { objectId: mask('objectId', objectId) }),
    ...(title !== undefined && { title: extract('title', title) }),
    ...(text !== undefined && { text: extract('text', text) }),
    ...(language !== undefined && { language }),
    ...(reaction !== undefined && { reaction }),
    ...(links !== undefined && { links: list('links', links) }),
    ...(hashtags !== undefined && { hashtags: list('hashtags', hashtags) }),
    ...(attachments !== undefined && {
      attachments: attachments.map(({ url, mediaType, description }, at) => ({
        url: mask(`attachments/${at}/url`, url),
        ...(mediaType && { mediaType }),
        ...(description && { description: extract(`attachments/${at}/description`, description) }),
      })),
    }),
    ...(own && client !== undefined && { client }),
  }
}

/** Never through a surrogate pair, and back to the last blank where there is one. */
function cut(text: string): string {
  const head = text.slice(0, extractLength)
  const blank = head.lastIndexOf(' ')
  return (blank > extractLength / 2 ? head.slice(0, blank) : head).toWellFormed().replace(/\uFFFD$/, '')
}
