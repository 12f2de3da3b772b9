import type { StoredItem, StoredRound } from './rounds-queries.ts'

/** How a round is answered. */
export function roundView({ from, to, ...it }: StoredRound) {
  return { ...it, from: from.toISOString(), to: to.toISOString() }
}

/** How something that became known is answered. */
export function itemView(it: StoredItem) {
  return { ...it, knownAt: it.knownAt.toISOString(), actedAt: it.actedAt?.toISOString() ?? null }
}
