import { creatingVerbs, type Interaction, type Person } from '../events/interaction.ts'
import { type Draft, type DraftPart, noTraits, type Who } from '../ledger/draft.ts'
import { localDay } from '../platform/clock.ts'
import type { JsonObject } from '../platform/json.ts'
import { identify } from '../subjects/identify.ts'
import { authorOf, contentTextOf, factTextOf, isLasting, objectTextOf, streamTextOf } from './fact.ts'
import type { Screen } from './screening.ts'

export type Provenance = {
  readonly platform: string
  /** Text that identifies the fact where the source has no ids of its own, or the envelope's identity. Personal data. */
  readonly alias?: string
  /** What looks through its texts; its flags are sealed with them. */
  readonly screen?: Screen | undefined
  /** Id of the delivery event that brought it. */
  readonly delivery?: string
}

/** Translates what the wire carries into a draft event: open facts in the header, everything personal into parts. */
export function draftOf(interaction: Interaction, provenance: Provenance): Draft {
  const { channel, verb } = interaction
  const author = authorOf(interaction)
  const persons: Who[] = [
    author === undefined ? { by: 'unresolved', traits: noTraits } : identify(provenance.platform, author),
  ]
  const parts: DraftPart[] = [
    {
      person: 0,
      role: 'author',
      category: verb === 'messaged' ? 'message' : 'content',
      content: contentOf(interaction, provenance.screen),
    },
  ]
  if (author !== undefined) parts.push(...partsOf(author, 0))
  for (const person of interaction.persons) {
    if (person === author) continue
    persons.push(identify(provenance.platform, person))
    parts.push(...partsOf(person, persons.length - 1))
  }
  const thread = interaction.thread ?? interaction.inReplyTo
  const references: Record<string, string> = {}
  if (interaction.inReplyTo !== undefined)
    references['inReplyTo'] = objectTextOf(channel, interaction.inReplyTo)
  if (interaction.derivedFrom !== undefined)
    references['derivedFrom'] = objectTextOf(channel, interaction.derivedFrom)
  return {
    type: `interaction.${verb}`,
    stream: { object: streamTextOf(interaction) },
    channelId: channel,
    ...(thread === undefined ? {} : { thread: objectTextOf(channel, thread) }),
    references,
    ...(interaction.capacity === undefined ? {} : { capacity: interaction.capacity }),
    occurredOn: localDay(new Date(interaction.occurredAt)),
    data: {
      basis: interaction.basis,
      precision: interaction.precision,
      // In the header too: it decides which retention rule applies, so the tree must cover it.
      ...(interaction.capacity === undefined ? {} : { capacity: interaction.capacity }),
      ...(provenance.delivery === undefined ? {} : { delivery: provenance.delivery }),
    },
    persons,
    parts,
    fact: factTextOf(interaction),
    ...(provenance.alias === undefined ? {} : { alias: provenance.alias }),
    content: contentTextOf(interaction),
    lasting: isLasting(interaction),
    opens: creatingVerbs.has(verb),
  }
}

/** All of the interaction but its persons: the content, with the ids and the instant that the header may not hold. */
function contentOf(interaction: Interaction, screen: Screen | undefined): JsonObject {
  const { persons: _, channel: __, ...content } = interaction
  const screening = screen && flagsOf(interaction, screen)
  return screening === undefined ? content : { ...content, screening }
}

/** Where in its texts a human should look; undefined when nowhere. */
function flagsOf({ text, title }: Interaction, screen: Screen) {
  const inText = text === undefined ? [] : screen(text)
  const inTitle = title === undefined ? [] : screen(title)
  if (inText.length === 0 && inTitle.length === 0) return undefined
  return {
    ...(inText.length === 0 ? {} : { text: inText }),
    ...(inTitle.length === 0 ? {} : { title: inTitle }),
  }
}

function partsOf(person: Person, index: number): DraftPart[] {
  const { role, email, emailVerified, ip, userAgent, ...identity } = person
  const parts: DraftPart[] = []
  // Also of a person of whom only the role is told: that somebody was mentioned is part of the fact.
  const alone = email === undefined && ip === undefined && userAgent === undefined
  if (Object.keys(identity).length > 0 || alone)
    parts.push({ person: index, role, category: 'identity', content: identity })
  if (email !== undefined)
    parts.push({ person: index, role, category: 'contact', content: { email, emailVerified } })
  if (ip !== undefined || userAgent !== undefined) {
    parts.push({ person: index, role, category: 'network', content: { ip, userAgent } })
  }
  return parts
}
