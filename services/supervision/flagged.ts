import type { z } from 'zod'
import { listInteractions, privateObjects } from '../interactions/queries.ts'
import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { lookUp, reading } from '../ledger/open.ts'
import { type FindFlagged, type FlaggedPage, Found } from './flagged-schemas.ts'

/** Interactions that one page looks through: whether one is flagged stands sealed, and no index may tell. */
export const scanned = 500

/**
 * The flagged ones among the next interactions of the log: a machine scan, recorded with its purpose. Answers where in their
 * texts to look, and never the texts. Quarantined ones are left out.
 */
export function findFlagged(
  ledger: Ledger,
  log: Log,
  actor: Actor,
  wish: z.infer<typeof FindFlagged>,
): Promise<FlaggedPage> {
  const { purpose, channel, after, kinds } = wish
  const scope = {
    flagged: kinds ?? 'all',
    ...(channel === undefined ? {} : { channel }),
    ...(after === undefined ? {} : { after }),
  }
  return lookUp(ledger, log, { actor, purpose, kind: 'machine-scan', scope }, (open, position) =>
    reading(ledger, log, async (tx) => {
      const range = {
        limit: scanned,
        ...(channel === undefined ? {} : { channel }),
        ...(after === undefined ? {} : { after }),
      }
      const page = await listInteractions(tx, log.controller, range)
      const streams = page.items.map(({ stream }) => stream)
      const hidden = await privateObjects(tx, log.controller, streams)
      const headers = page.items.filter(({ stream }) => !hidden.has(stream))
      const parts = await open(
        tx,
        headers.map((header) => header.position),
      )
      const found = new Map(
        parts.map((part) => [part.position, part.content?.['screening']] as const).filter(([, it]) => it),
      )
      return {
        lookUp: position,
        scanned: headers.length,
        items: headers.flatMap(({ id, position: at, stream, channel: on, verb, occurredOn }) => {
          const parsed = Found.safeParse(found.get(at))
          if (!parsed.success) return []
          const flags = keep(parsed.data, kinds)
          if (flags === undefined) return []
          return [{ id, position: at, stream, ...(on && { channel: on }), verb, occurredOn, flags }]
        }),
        ...(page.next === undefined ? {} : { next: page.next }),
        more: page.more,
      }
    }),
  )
}

function keep(found: z.infer<typeof Found>, kinds: readonly string[] | undefined) {
  const wanted = (flags: NonNullable<(typeof found)['text']> | undefined) =>
    (flags ?? []).filter(({ kind }) => kinds?.includes(kind) ?? true)
  const inText = wanted(found.text)
  const inTitle = wanted(found.title)
  if (inText.length === 0 && inTitle.length === 0) return undefined
  return {
    ...(inText.length === 0 ? {} : { text: inText }),
    ...(inTitle.length === 0 ? {} : { title: inTitle }),
  }
}
