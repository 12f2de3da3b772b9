import type { Interaction, Person } from '../events/interaction.ts'
import type { OpenedPart } from '../ledger/open.ts'
import type { StoredEvent } from '../ledger/read.ts'
import type { JsonObject } from '../platform/json.ts'

/** What a part of an interaction says of one person, with the id the log has for that person. */
export type Someone = Omit<Partial<Person>, 'role'> & { readonly subjectId: string; readonly role: string }

/** The content of an interaction as it was sealed: all but channel and persons. */
export type Content = Partial<Omit<Interaction, 'channel' | 'persons'>>

/**
 * How an item concerns the person asking: what they did, what others did to or wrote about them, what was done with an
 * object they stand in, or what is needed to understand the rest.
 */
export type Relation = 'own' | 'about' | 'act' | 'context'

/** An opened event of the log. */
export type Item = {
  readonly event: StoredEvent
  readonly relation: Relation
  /** The thread it stands in: the object id of its root. */
  readonly thread: string
  /** Undefined when it has been destroyed, or is no interaction. */
  readonly content: Content | undefined
  readonly authorId: string | undefined
  readonly people: readonly Someone[]
  /** Of all its parts, also destroyed ones. */
  readonly categories: readonly string[]
  /** A message, or something shown to few: released only to a proven account. */
  readonly private: boolean
  /** Sealed for the person asking by an event that is no interaction. */
  readonly other: readonly JsonObject[]
}

const contentCategories: ReadonlySet<string> = new Set(['content', 'message'])

/** One event with its parts, seen from the persons in `subjects`. */
export function itemOf(
  event: StoredEvent,
  parts: readonly OpenedPart[],
  subjects: ReadonlySet<string>,
  mentioned: boolean,
  inTheirs: boolean,
  thread: string,
): Item {
  const interaction = event.type.startsWith('interaction.')
  const main = interaction ? parts.find(({ category }) => contentCategories.has(category)) : undefined
  const content = main?.content as Content | undefined
  const concerned = mentioned || parts.some(({ subjectId }) => subjects.has(subjectId))
  return {
    event,
    relation: relationOf(main, subjects, concerned, inTheirs),
    thread,
    content,
    authorId: main?.subjectId,
    people: interaction ? peopleOf(parts) : [],
    categories: [...new Set(parts.map(({ category }) => category))],
    private: main?.category === 'message' || content?.visibility === 'direct',
    other: interaction
      ? []
      : parts.flatMap((part) => (subjects.has(part.subjectId) && part.content ? [part.content] : [])),
  }
}

function relationOf(
  main: OpenedPart | undefined,
  subjects: ReadonlySet<string>,
  concerned: boolean,
  inTheirs: boolean,
): Relation {
  if (main !== undefined && subjects.has(main.subjectId)) return 'own'
  if (concerned) return 'about'
  return inTheirs ? 'act' : 'context'
}

function peopleOf(parts: readonly OpenedPart[]): Someone[] {
  const people = new Map<string, Someone>()
  for (const { subjectId, role, category, content } of parts) {
    const key = `${subjectId} ${role}`
    const facts = contentCategories.has(category) ? {} : (content ?? {})
    people.set(key, { ...people.get(key), ...facts, subjectId, role })
  }
  return [...people.values()]
}
