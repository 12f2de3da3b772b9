import type { Interaction, Person } from '../events/interaction.ts'
import type { OpenedPart } from '../ledger/open.ts'
import type { Statement } from '../ledger/statements.ts'
import type { JsonObject } from '../platform/json.ts'
import type { DisposedPart, InteractionHeader, OpenedInteraction } from './schemas.ts'

const contentCategories: ReadonlySet<string> = new Set(['content', 'message'])

/**
 * The interaction again, as `draftOf` took it apart: content, then for each person what they are called, reached by and
 * connected from. `decisions`: where the destruction of an object or a subject was decided.
 */
export function rebuild(
  header: InteractionHeader,
  parts: readonly OpenedPart[],
  decisions: ReadonlyMap<string, string>,
  statements: readonly Statement[] = [],
): OpenedInteraction {
  const persons: Person[] = []
  const disposed: DisposedPart[] = []
  const restricted: Pick<DisposedPart, 'role' | 'category'>[] = []
  let content: JsonObject | undefined
  let open:
    | { subjectId: string; role: string; categories: Set<string>; person: Record<string, unknown> }
    | undefined
  for (const part of parts) {
    if (part.restricted) restricted.push({ role: part.role, category: part.category })
    else if (part.content === undefined) {
      const decision = decisions.get(header.stream) ?? decisions.get(part.subjectId)
      disposed.push({
        role: part.role,
        category: part.category,
        ...(decision === undefined ? {} : { decision }),
      })
    } else if (contentCategories.has(part.category)) {
      content = part.content
    } else {
      const same = open?.subjectId === part.subjectId && open.role === part.role
      if (open === undefined || !same || open.categories.has(part.category)) {
        open = {
          subjectId: part.subjectId,
          role: part.role,
          categories: new Set(),
          person: { role: part.role },
        }
        persons.push(open.person as Person)
      }
      open.categories.add(part.category)
      Object.assign(open.person, part.content)
    }
  }
  const gone = {
    ...(disposed.length === 0 ? {} : { disposed }),
    ...(restricted.length === 0 ? {} : { restricted }),
    ...(statements.length === 0 ? {} : { statements: statements.map(({ on, text }) => ({ on, text })) }),
  }
  if (content === undefined) return { header, ...(persons.length === 0 ? {} : { persons }), ...gone }
  const { channel } = header
  // What screening found is no part of the interaction: it is asked for apart (services/supervision/flagged.ts).
  const { screening: _, ...said } = content
  // What was sealed had been parsed; it is shown as it stands, also if the schema has grown narrower since.
  const interaction = {
    ...(channel === undefined ? {} : { channel }),
    ...said,
    persons,
  } as unknown as Interaction
  return { header, interaction, ...gone }
}
