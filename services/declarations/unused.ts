import type { ProcessingActivity } from '../events/activity.ts'
import { withinScope } from '../events/scope.ts'
import { publishedOn, type Versioned } from '../events/validity.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { localDay } from '../platform/clock.ts'
import { DomainError } from '../platform/errors.ts'
import { declaredVersions, type SeenClass, seenClasses } from './queries.ts'
import type { World } from './rules.ts'

/** Refuses to end an activity while records or rules point to it: they would be left without one. */
export async function demandUnused(
  ledger: Ledger,
  log: Log,
  id: string | undefined,
  world: World,
): Promise<void> {
  if (id === undefined) return
  const { versions, classes } = await reading(ledger, log, async (tx) => ({
    versions: (await declaredVersions(tx, log.controller, 'activity', { id }))[0] ?? [],
    classes: await seenClasses(tx, log.controller),
  }))
  const standing = publishedOn(
    versions as unknown as readonly Versioned<ProcessingActivity>[],
    localDay(ledger.clock.now()),
  )
  const under = classes.filter(
    (it) => it.capacity !== 'private' && standing !== undefined && withinScope(standing.document.scope, it),
  )
  if (under.length > 0) {
    const kinds = [...new Set(under.map(({ verb }) => verb))].sort().join(', ')
    throw new DomainError(
      'state-conflict',
      `${total(under)} records on ${new Set(under.map(({ channel }) => channel)).size} channels (${kinds}) are under the activity. Let another cover them, and give this one a last day (validTo) instead.`,
    )
  }
  const rule = [...world.rules].find(([, { scope }]) => scope.activities?.includes(id))
  if (rule !== undefined) {
    throw new DomainError(
      'state-conflict',
      `Rule ${rule[0]} is scoped by the activity. Change that rule first.`,
    )
  }
}

function total(classes: readonly SeenClass[]): number {
  return classes.reduce((sum, { records }) => sum + records, 0)
}
