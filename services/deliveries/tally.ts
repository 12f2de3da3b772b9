/** What became of a delivery's items. */
export type Counts = {
  /** All that was read. */
  readonly read: number
  /** New in the log. */
  readonly recorded: number
  /** There already, with the same content. */
  readonly corroborated: number
  /** There already, with other content, which is kept beside it. */
  readonly variants: number
  /** Disposed of, or condemned to be: it does not come back. */
  readonly disposed: number
  readonly unrecognised: number
  /** The platform's demands, waiting for a decision. */
  readonly demands: number
  /** Refused by the log for a fault of their own. */
  readonly rejected: number
  /** Of the new: edits, hidings and removals of what was never seen. */
  readonly unmatched: number
  /** Of the new: others' records of which the fact alone was kept. */
  readonly minimised: number
}

const noCounts: Counts = {
  read: 0,
  recorded: 0,
  corroborated: 0,
  variants: 0,
  disposed: 0,
  unrecognised: 0,
  demands: 0,
  rejected: 0,
  unmatched: 0,
  minimised: 0,
}

/** How many kinds of unrecognised items are told apart; the rest is counted under `?`. */
const maxKinds = 100

/** What has happened so far: counts, unrecognised items per kind, and the positions that were not yet reported. */
export type Tally = {
  readonly add: (name: keyof Counts) => void
  readonly unrecognised: (nativeKind: string) => void
  readonly brought: (position: string | null) => void
  readonly corroborated: (position: string | null) => void
  readonly counts: () => Counts
  readonly kinds: () => Readonly<Record<string, number>>
  /** Ranges of positions since the last call. */
  readonly take: () => { readonly brought: string; readonly corroborated: string }
  /** Length of what `take` would give, in ranges. */
  readonly pending: () => number
}

export function newTally(
  from: { counts: Counts; kinds: Readonly<Record<string, number>> } = { counts: noCounts, kinds: {} },
): Tally {
  const counts: { -readonly [K in keyof Counts]: number } = { ...from.counts }
  const kinds = new Map<string, number>(Object.entries(from.kinds))
  let brought = rangeList()
  let corroborated = rangeList()
  return {
    add: (name) => {
      counts[name] += 1
    },
    unrecognised: (nativeKind) => {
      const known = kinds.has(nativeKind) || kinds.size < maxKinds ? nativeKind : '?'
      kinds.set(known, (kinds.get(known) ?? 0) + 1)
      counts.unrecognised += 1
    },
    brought: (position) => brought.add(position),
    corroborated: (position) => corroborated.add(position),
    counts: () => ({ ...counts }),
    kinds: () => Object.fromEntries([...kinds].sort(([a], [b]) => (a < b ? -1 : 1))),
    take: () => {
      const taken = { brought: brought.text(), corroborated: corroborated.text() }
      brought = rangeList()
      corroborated = rangeList()
      return taken
    },
    pending: () => brought.size() + corroborated.size(),
  }
}

/** Positions as they come, neighbours joined: `17-516,518`. A large import brings few ranges. */
function rangeList() {
  const done: string[] = []
  let first: bigint | undefined
  let last = 0n
  const close = () => {
    if (first !== undefined) done.push(first === last ? String(first) : `${first}-${last}`)
  }
  return {
    add: (position: string | null) => {
      if (position === null) return
      const next = BigInt(position)
      if (first !== undefined && (next === last || next === last + 1n)) {
        last = next
        return
      }
      close()
      first = next
      last = next
    },
    size: () => done.length + (first === undefined ? 0 : 1),
    text: () =>
      [...done, ...(first === undefined ? [] : [first === last ? `${first}` : `${first}-${last}`])].join(','),
  }
}
