import { ControllerDeclaration } from '../events/controller.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { reading } from '../ledger/open.ts'
import { compileScreen, type Screen } from './screening.ts'

type Tx = Parameters<Parameters<typeof reading>[2]>[0]
type Entry = { readonly screen: Screen | undefined; readonly readAt: number }

/** How long a declaration is believed: another process may have declared anew. */
const freshMs = 60_000

const known = new WeakMap<Ledger, Map<number, Entry>>()
const standard = compileScreen()

/** The screen of a controller as it declares it; undefined where it is switched off. Compiled once a minute at the most. */
export async function screenOf(ledger: Ledger, log: Log): Promise<Screen | undefined> {
  const entries = known.get(ledger) ?? new Map<number, Entry>()
  known.set(ledger, entries)
  const before = entries.get(log.controller)
  if (before !== undefined && performance.now() - before.readAt < freshMs) return before.screen
  const screen = await reading(ledger, log, (tx) => declaredScreen(tx, log.controller))
  entries.set(log.controller, { screen, readAt: performance.now() })
  return screen
}

/** A log without a declared controller is screened for what needs no list. */
export async function declaredScreen(tx: Tx, controller: number): Promise<Screen | undefined> {
  const { rows } = await tx.query<{ screening: unknown }>(
    "select d.document -> 'screening' as screening from model.declaration d where d.controller_id = $1 and d.kind = 'controller'",
    [controller],
  )
  const parsed = ControllerDeclaration.shape.screening.safeParse(rows[0]?.screening ?? undefined)
  const screening = parsed.success ? parsed.data : undefined
  if (screening === undefined) return standard
  return screening.enabled ? compileScreen(screening.wordLists ?? []) : undefined
}
