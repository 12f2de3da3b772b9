import { creatingVerbs, type Interaction, type Person, type Verb } from '../events/interaction.ts'

/** Acts that are objects of their own beside what they act on: a reaction is not part of the post's record. */
const personalActs: ReadonlySet<Verb> = new Set([
  'reacted',
  'followed',
  'unfollowed',
  'blocked',
  'reported',
  'profile-changed',
])

export function authorOf(interaction: Interaction): Person | undefined {
  return interaction.persons.find((person) => person.role === 'author')
}

function authorKey(interaction: Interaction): string {
  const author = authorOf(interaction)
  return author?.platformId ?? author?.handle ?? author?.email ?? author?.displayName ?? ''
}

/** The family of acts by one person on one thing: following and unfollowing are the same thread of events. */
function family(interaction: Interaction): string | undefined {
  const { verb } = interaction
  if (interaction.reaction !== undefined || verb === 'reacted') return 'reaction'
  if (verb === 'followed' || verb === 'unfollowed') return 'follow'
  return personalActs.has(verb) ? verb : undefined
}

/** The text that names the object whose stream the event belongs to, within its controller. Personal data. */
export function objectTextOf(channel: string, objectId: string): string {
  return JSON.stringify([channel, objectId])
}

export function streamTextOf(interaction: Interaction): string {
  const kind = family(interaction)
  return kind === undefined
    ? objectTextOf(interaction.channel, interaction.objectId)
    : JSON.stringify([interaction.channel, interaction.objectId, kind, authorKey(interaction)])
}

/** Whether the object, once disposed of, must not come back: true of what people write, false of who follows whom today. */
export function isLasting(interaction: Interaction): boolean {
  return family(interaction) === undefined
}

/**
 * What makes a fact the same fact, by whatever route it comes: channel, native object, verb, native act or time. Without
 * a time of its own (`observed`) the content stands for it, so that seeing it again is not a new fact. Personal data.
 */
export function factTextOf(interaction: Interaction): string {
  const { channel, objectId, verb } = interaction
  if (creatingVerbs.has(verb)) return JSON.stringify([channel, objectId, 'created'])
  const moment =
    interaction.actId ??
    (interaction.basis === 'observed'
      ? contentTextOf(interaction)
      : String(Date.parse(interaction.occurredAt)))
  return JSON.stringify([
    channel,
    objectId,
    verb,
    family(interaction) === undefined ? '' : authorKey(interaction),
    interaction.reaction ?? '',
    moment,
  ])
}

/** The content fields by which a repetition is told from a variant, version 1: a list, so that their order is fixed. Personal data. */
export function contentTextOf(interaction: Interaction): string {
  return JSON.stringify([
    1,
    interaction.verb,
    interaction.text,
    interaction.title,
    interaction.reaction,
    interaction.links,
    interaction.attachments?.map((it) => it.url),
    interaction.inReplyTo,
    interaction.persons.map((person) => [
      person.role,
      person.platformId ?? person.handle ?? person.displayName ?? '',
    ]),
  ])
}
