import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { DomainError } from '../platform/errors.ts'
import { type ObjectScope, tagsOf } from './named-objects.ts'
import { type Named, sayOfObjects } from './triggers.ts'

type Wish = {
  readonly scope: ObjectScope
  /** Why, in words: sealed. */
  readonly text?: string | undefined
  readonly onProgress?: (objects: number) => void
}

const sealedOf = (text: string | undefined) => (text === undefined ? {} : { sealed: { text } })

/** Gives objects tags or takes them away. Which rules apply to them follows at once; no stored due day can be out of date. */
export function tagObjects(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  wish: Wish & { readonly tags: readonly string[]; readonly remove: boolean },
): Promise<Named> {
  const { tags, remove, text, ...rest } = wish
  const words = [...new Set(tags)].toSorted()
  return sayOfObjects(ledger, log, actor, {
    ...rest,
    undone: {
      sql: remove ? `${tagsOf} && $7::text[]` : `not $7::text[] <@ ${tagsOf}`,
      value: words,
    },
    check: async (objects) => {
      if (!remove) await requireRoom(ledger, log, objects, words.join(',').length + 1)
    },
    eventOf: (objects) => ({
      type: remove ? 'object.untagged' : 'object.tagged',
      data: { tags: words, objects },
      ...sealedOf(text),
    }),
  })
}

/** Longest mark of an object, in characters: the mark stands in indexes, which hold short keys only. */
const longestMark = 1_000

async function requireRoom(ledger: Ledger, log: Log, objects: readonly string[], more: number) {
  const { rows } = await reading(ledger, log, (tx) =>
    tx.query<{ object_id: string }>(
      'select o.object_id from model.object o where o.controller_id = $1 and o.object_id = any ($2::uuid[]) and length(o.mark) > $3 limit 1',
      [log.controller, objects, longestMark - more],
    ),
  )
  if (rows[0] === undefined) return
  throw new DomainError('state-conflict', `Object ${rows[0].object_id} carries too many tags already.`)
}
