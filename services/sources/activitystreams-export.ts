import { isDeepStrictEqual } from 'node:util'
import { Interaction, type Person } from '../events/interaction.ts'
import { isAbsoluteIri, isAsDateTime, isLanguageTag, isMime } from './activitystreams-literals.ts'
import { iriOfId } from './activitystreams-person.ts'
import { factKey, translateNode } from './activitystreams-translate.ts'
import { type JsonNode, parseExact } from './detail.ts'
import { type Candidate, defined } from './source.ts'

/** Mapper name of what comes in as ActivityStreams, ours or a stranger's. */
export const activityStreamsMapper = 'activitystreams/v1'
const publicIri = 'https://www.w3.org/ns/activitystreams#Public'

/**
 * An interaction as one ActivityStreams 2.0 activity, and the same interaction when it is translated again: what the vocabulary
 * has a word for stands in its words, and what does not come back by them stands in `liggare:fact`. `id` names the event.
 */
export function toActivity(interaction: Interaction, facts: { readonly id: string }): JsonNode {
  const activity = { '@context': context, ...bare(interaction, facts.id) }
  const lost = difference(readBack(activity, interaction), interaction)
  return Object.keys(lost).length === 0 ? activity : { ...activity, [factKey]: lost }
}

const context = [
  'https://www.w3.org/ns/activitystreams',
  {
    liggare: 'urn:liggare:ns:',
    Hashtag: 'as:Hashtag',
    conversation: 'ostatus:conversation',
    ostatus: 'http://ostatus.org#',
  },
]

function bare(it: Interaction, eventId: string): JsonNode {
  const author = it.persons.find(({ role }) => role === 'author')
  const target = it.persons.find(({ role }) => role === 'target')
  const common = defined({
    id: iriOfId(it.actId ?? `event/${eventId}`),
    actor: author === undefined ? undefined : actor(author),
    published: isAsDateTime(it.occurredAt) ? it.occurredAt : undefined,
  })
  const id = iriOfId(it.objectId)
  switch (it.verb) {
    case 'published':
    case 'commented':
    case 'replied':
    case 'messaged':
    case 'mentioned':
      return { type: 'Create', ...common, ...audience(it), object: note(it, id) }
    case 'edited':
      return { type: 'Update', ...common, ...audience(it), object: { ...note(it, id), ...updatedAt(common) } }
    case 'removed':
      return { type: 'Delete', ...common, object: { type: 'Tombstone', id } }
    case 'reacted':
      return { type: 'Like', ...common, object: iriOfId(it.inReplyTo ?? it.objectId), ...emoji(it.reaction) }
    case 'shared':
      return {
        type: 'Announce',
        ...common,
        id,
        object: iriOfId(it.derivedFrom ?? it.objectId),
        ...audience(it),
      }
    case 'followed':
      return { type: 'Follow', ...common, object: target === undefined ? id : actor(target) }
    case 'unfollowed':
      return {
        type: 'Undo',
        ...common,
        object: { type: 'Follow', object: target === undefined ? id : actor(target) },
      }
    case 'blocked':
      return { type: 'Block', ...common, object: target === undefined ? id : actor(target) }
    case 'reported':
      return { type: 'Flag', ...common, ...defined({ content: it.text }), object: id }
    case 'profile-changed':
      return { type: 'Update', ...common, object: { type: 'Person', id } }
    case 'hidden':
    case 'unhidden':
    case 'absence-observed':
    case 'unrecognised':
      // ActivityStreams has no word for these: an extension type, which a stranger reads as some activity.
      return { type: ['Activity', `liggare:${it.verb}`], ...common, object: id }
  }
}

function note(it: Interaction, id: string): JsonNode {
  const language = it.language !== undefined && isLanguageTag(it.language) ? it.language : undefined
  const mentions = it.persons.filter(
    ({ role, platformId }) => role === 'mentioned' && platformId !== undefined,
  )
  const tags = [
    ...mentions.map((person) => ({
      type: 'Mention',
      href: iriOfId(person.platformId ?? ''),
      ...defined({ name: person.handle === undefined ? undefined : `@${person.handle}` }),
    })),
    ...(it.hashtags ?? []).map((tag) => ({ type: 'Hashtag', name: `#${tag}` })),
  ]
  return defined({
    type: it.title === undefined ? 'Note' : 'Article',
    id,
    name: it.title,
    content: it.text,
    mediaType: it.text === undefined ? undefined : 'text/plain',
    contentMap: it.text === undefined || language === undefined ? undefined : { [language]: it.text },
    published: it.verb !== 'edited' && isAsDateTime(it.occurredAt) ? it.occurredAt : undefined,
    inReplyTo: it.inReplyTo === undefined ? undefined : iriOfId(it.inReplyTo),
    context: it.thread === undefined ? undefined : iriOfId(it.thread),
    generator: it.client === undefined ? undefined : { type: 'Application', name: it.client },
    tag: tags.length === 0 ? undefined : tags,
    attachment: attachments(it),
  })
}

function attachments(it: Interaction) {
  const files = (it.attachments ?? []).filter(({ url }) => isAbsoluteIri(url))
  if (files.length === 0) return undefined
  return files.map(({ url, mediaType, description }) =>
    defined({
      type: 'Document',
      url,
      name: description,
      mediaType: mediaType !== undefined && isMime(mediaType) ? mediaType : undefined,
    }),
  )
}

function actor(person: Person): JsonNode {
  const url =
    person.profileUrl !== undefined && isAbsoluteIri(person.profileUrl) ? person.profileUrl : undefined
  return defined({
    type: 'Person',
    id: person.platformId === undefined ? undefined : iriOfId(person.platformId),
    name: person.displayName,
    preferredUsername: person.handle,
    url,
  })
}

function audience(it: Interaction): JsonNode {
  if (it.visibility === 'public') return { to: [publicIri] }
  if (it.visibility === 'followers') return { to: ['urn:liggare:object:author/followers'] }
  const recipients = it.persons.filter(
    ({ role, platformId }) => role === 'recipient' && platformId !== undefined,
  )
  return recipients.length === 0 ? {} : { to: recipients.map(({ platformId }) => iriOfId(platformId ?? '')) }
}

function emoji(reaction: string | undefined): JsonNode {
  return reaction === undefined || reaction === 'like' ? {} : { content: reaction }
}

function updatedAt(common: { published?: string }): JsonNode {
  return common.published === undefined ? {} : { updated: common.published }
}

/** What the words alone give back, with the wire's defaults. */
function readBack(activity: JsonNode, original: Interaction): Candidate {
  const exact = parseExact(JSON.stringify(activity))
  const saying = { mapper: activityStreamsMapper, observedAt: original.occurredAt }
  for (const translated of translateNode(exact, saying)) {
    if (translated.kind !== 'interaction') continue
    const { channel: _, ...read } = Interaction.parse({
      ...translated.interaction,
      channel: original.channel,
    })
    return read
  }
  return {} as Candidate
}

/** The fields that did not come back as they were; null for one that came though it was not there. */
function difference(read: Candidate, original: Interaction): JsonNode {
  const { channel: _, ...wanted } = original
  const lost: { [key: string]: unknown } = {}
  for (const [key, value] of Object.entries(wanted)) {
    if (!isDeepStrictEqual((read as JsonNode)[key], value)) lost[key] = value
  }
  for (const key of Object.keys(read)) if (!(key in wanted)) lost[key] = null
  return lost
}
