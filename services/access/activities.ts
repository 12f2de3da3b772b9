import { Interaction, PersonRole, Verb } from '../events/interaction.ts'
import { toActivity } from '../sources/activitystreams-export.ts'
import type { Answer, AnswerPerson, AnswerRecord, AnswerThread } from './answer.ts'

/** A channel's id is no part of an activity, but of an interaction. */
const nowhere = '00000000-0000-4000-8000-000000000000'

/**
 * The copy as a collection of ActivityStreams 2.0: the same records under the same masks, for a machine. Media stand
 * there by their addresses. Records without content, and what is no interaction, are in the JSON alone.
 */
export function* activitiesOf(answer: Answer): Generator<string> {
  const objects = objectIds(answer)
  let context: unknown
  let total = 0
  for (const thread of answer.copy.threads) {
    for (const record of thread.records) {
      const interaction = interactionOf(answer, thread, record, objects)
      if (interaction === undefined) continue
      const id = `${answer.case.id}/record/${record.number}`
      const { '@context': said, ...activity } = toActivity(interaction, { id })
      if (total === 0) {
        context = said
        yield `{"@context":${JSON.stringify(context)},"type":"OrderedCollection","orderedItems":[\n`
      }
      yield `${total === 0 ? '' : ',\n'}${JSON.stringify(activity)}`
      total += 1
    }
  }
  yield total === 0
    ? '{"@context":"https://www.w3.org/ns/activitystreams","type":"OrderedCollection","orderedItems":[],"totalItems":0}\n'
    : `\n],"totalItems":${total}}\n`
}

/** What each record's object is called: as on the platform where it may be said, else by its number. */
function objectIds({ copy }: Answer): Map<number, string> {
  const ids = new Map<number, string>()
  for (const { records } of copy.threads) {
    for (const { number, objectId } of records) ids.set(number, objectId ?? `record/${number}`)
  }
  return ids
}

function interactionOf(
  answer: Answer,
  thread: AnswerThread,
  record: AnswerRecord,
  objects: ReadonlyMap<number, string>,
): Interaction | undefined {
  const verb = Verb.safeParse(record.verb)
  if (!verb.success || record.disposed !== undefined || record.withheld !== undefined) return undefined
  const { title, text, language, reaction, links, hashtags, attachments, client, inReplyTo, derivedFrom } =
    record
  const person = (it: AnswerPerson, role: string) => {
    const known = PersonRole.safeParse(role)
    return { role: known.success ? known.data : 'subject', ...called(answer, thread, it) }
  }
  const made = Interaction.safeParse({
    channel: nowhere,
    verb: verb.data,
    objectId: objects.get(record.number),
    occurredAt: record.occurredAt,
    ...(record.precision && { precision: record.precision }),
    persons: [
      person(record.author, 'author'),
      ...(record.persons ?? []).filter(({ role }) => role !== 'author').map((it) => person(it, it.role)),
    ],
    ...(inReplyTo !== undefined && { inReplyTo: objects.get(inReplyTo) }),
    ...(derivedFrom !== undefined && { derivedFrom: objects.get(derivedFrom) }),
    ...(title && { title }),
    ...(text && { text }),
    ...(language && { language }),
    ...(reaction && { reaction }),
    ...(links && { links }),
    ...(hashtags && { hashtags }),
    ...(attachments && { attachments: attachments.filter(({ url }) => url) }),
    ...(client && { client }),
  })
  return made.success ? made.data : undefined
}

function called(answer: Answer, thread: AnswerThread, person: AnswerPerson) {
  switch (person.kind) {
    case 'you': {
      const name = answer.accounts[0]?.names[0]
      return name === undefined ? {} : { displayName: name }
    }
    case 'controller':
      return { displayName: `${answer.controller.name}: ${thread.channel}` }
    case 'other':
    case 'unknown':
      return person.name === undefined ? {} : { displayName: person.name }
    default:
      return person.kind satisfies never
  }
}
