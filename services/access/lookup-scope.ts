/** What of the log is a person's own, to judge look-ups by. */
export type Traces = {
  readonly subjects: ReadonlySet<string>
  readonly positions: ReadonlySet<string>
  readonly events: ReadonlySet<string>
  readonly objects: ReadonlySet<string>
}

/** A range of the log as it was read: what it held has to be asked of the log. */
export type ScopeRange = {
  readonly channel?: string
  readonly verb?: string
  readonly after?: string
  readonly limit: number
}

/**
 * Whether a look-up concerned a person, by its scope alone. `undefined`: the scope is of a shape not known here, and
 * somebody has to judge; a range: what it read has to be asked of the log.
 */
export function concerns(
  scope: Readonly<Record<string, unknown>>,
  traces: Traces,
): boolean | ScopeRange | undefined {
  const { subjects, positions, ids, objects, range, channel, version } = scope
  const lists: [unknown, ReadonlySet<string>][] = [
    [subjects, traces.subjects],
    [positions, traces.positions],
    [ids, traces.events],
    [objects, traces.objects],
  ]
  const named = lists.filter(([list]) => Array.isArray(list))
  if (named.some(([list, own]) => (list as unknown[]).some((it) => own.has(String(it))))) return true
  if (typeof range === 'object' && range !== null) return range as ScopeRange
  if (named.length > 0) return false
  // The account behind a channel: its holder is no visitor of it.
  if (typeof channel === 'string' && version !== undefined) return false
  return undefined
}
