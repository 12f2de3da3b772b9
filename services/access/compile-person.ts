import type { AnswerAccount } from './answer.ts'
import type { Link } from './case-file.ts'
import type { Item, Someone } from './items.ts'

function distinct(people: readonly Someone[], member: keyof Someone): string[] {
  const values = people.map((it) => it[member]).filter((it) => typeof it === 'string')
  return [...new Set(values)].toSorted()
}

/** What the log knows each linked account as, over all its records that have not been destroyed. */
export function accountsOf(items: readonly Item[], links: readonly Link[]): AnswerAccount[] {
  const people = Map.groupBy(
    items.flatMap((it) => it.people),
    ({ subjectId }) => subjectId,
  )
  return links.map(({ subject, assurance }) => {
    const all = people.get(subject) ?? []
    return {
      assurance,
      platformIds: distinct(all, 'platformId'),
      handles: distinct(all, 'handle'),
      names: distinct(all, 'displayName'),
      emails: distinct(all, 'email'),
      profiles: distinct(all, 'profileUrl'),
      networkAddresses: distinct(all, 'ip'),
      devices: distinct(all, 'userAgent'),
    }
  })
}
