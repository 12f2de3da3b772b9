import type { Ledger, Log } from '../ledger/ledger.ts'
import { type LookUp, lookUp, type OpenedPart, reading } from '../ledger/open.ts'
import { decisionsOn, interactionsBy, listInteractions } from './queries.ts'
import { rebuild } from './rebuild.ts'
import type { InteractionHeader, OpenedPage, ReadRequest } from './schemas.ts'

/** Which interactions a look-up is about: exactly one of them is there. */
export type Selection = Pick<ReadRequest, 'ids' | 'positions' | 'range'>

/** Opens interactions after the look-up has become an event. What the log does not hold is left out of the answer. */
export function openInteractions(
  ledger: Ledger,
  log: Log,
  why: Pick<LookUp, 'actor' | 'kind' | 'purpose'>,
  { ids, positions, range }: Selection,
): Promise<OpenedPage> {
  const scope = { ...(ids && { ids }), ...(positions && { positions }), ...(range && { range }) }
  return lookUp(ledger, log, { ...why, scope }, (open, position) =>
    reading(ledger, log, async (tx) => {
      const page = range === undefined ? undefined : await listInteractions(tx, log.controller, range)
      const headers =
        page?.items ??
        (await interactionsBy(
          tx,
          log.controller,
          ids === undefined ? { positions: positions ?? [] } : { ids },
        ))
      const parts = await open(
        tx,
        headers.map((header) => header.position),
      )
      const decisions = await decisionsFor(tx, log, headers, parts)
      const byPosition = Map.groupBy(parts, (part) => part.position)
      return {
        lookUp: position,
        items: headers.map((header) => rebuild(header, byPosition.get(header.position) ?? [], decisions)),
        ...(page?.next === undefined ? {} : { next: page.next }),
        ...(page === undefined ? {} : { more: page.more }),
      }
    }),
  )
}

async function decisionsFor(
  tx: Parameters<typeof decisionsOn>[0],
  log: Log,
  headers: readonly InteractionHeader[],
  parts: readonly OpenedPart[],
): Promise<Map<string, string>> {
  const closed = parts.filter((part) => part.content === undefined)
  if (closed.length === 0) return new Map()
  const positions = new Set(closed.map((part) => part.position))
  const objects = headers.filter((header) => positions.has(header.position)).map((header) => header.stream)
  return decisionsOn(
    tx,
    log.controller,
    [...new Set(objects)],
    [...new Set(closed.map((part) => part.subjectId))],
  )
}
