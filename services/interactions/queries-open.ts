import type { Ledger, Log } from '../ledger/ledger.ts'
import { type LookUp, lookUp, type OpenedPart, type OpenParts, reading } from '../ledger/open.ts'
import { statementsBeside } from '../ledger/statements.ts'
import { decisionsOn, interactionsBy, listInteractions, privateObjects } from './queries.ts'
import { rebuild } from './rebuild.ts'
import type { InteractionHeader, OpenedInteraction, OpenedPage, ReadRequest } from './schemas.ts'

type Tx = Parameters<typeof decisionsOn>[0]

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
      const hidden = await privateObjects(
        tx,
        log.controller,
        headers.map((header) => header.stream),
      )
      return {
        lookUp: position,
        items: await openHeaders(tx, log, open, headers, hidden),
        ...(page?.next === undefined ? {} : { next: page.next }),
        ...(page === undefined ? {} : { more: page.more }),
      }
    }),
  )
}

/** Interactions with their content, but for the objects that are quarantined: of those only that they are. */
export async function openHeaders(
  tx: Tx,
  log: Log,
  open: OpenParts,
  headers: readonly InteractionHeader[],
  quarantined: ReadonlySet<string> = new Set(),
): Promise<OpenedInteraction[]> {
  const shown = headers.filter((header) => !quarantined.has(header.stream))
  const parts = await open(
    tx,
    shown.map((header) => header.position),
  )
  const decisions = await decisionsFor(tx, log, shown, parts)
  const streams = [...new Set(shown.map(({ stream }) => stream))]
  const statements = await statementsBeside(tx, open, log.controller, streams)
  const byPosition = Map.groupBy(parts, (part) => part.position)
  return headers.map((header) =>
    quarantined.has(header.stream)
      ? { header, quarantined: true }
      : rebuild(header, byPosition.get(header.position) ?? [], decisions, statements.get(header.id)),
  )
}

async function decisionsFor(
  tx: Tx,
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
