/** Something that is not as it was written. Says what and where; never what a person wrote. */
export type Finding = {
  readonly kind: FindingKind
  /** The event concerned; null where it is not one event. */
  readonly position: string | null
  /** What is wrong, with ids only. */
  readonly what: string
}

export type FindingKind =
  | 'event-missing'
  | 'event-surplus'
  | 'header-altered'
  | 'header-unreadable'
  | 'column-altered'
  | 'stream-broken'
  | 'time-backwards'
  | 'part-row-altered'
  | 'part-altered'
  | 'part-missing'
  | 'part-surplus'
  | 'part-not-destroyed'
  | 'condemnation-altered'
  | 'certificate-altered'
  | 'tombstone-altered'
  | 'fact-missing'
  | 'fact-surplus'
  | 'digest-not-destroyed'
  | 'identity-altered'
  | 'subject-altered'
  | 'key-missing'
  | 'key-altered'
  | 'key-not-destroyed'
  | 'journal-missing'
  | 'head-altered'
  | 'log-truncated'
  | 'leaf-altered'
  | 'tile-altered'
  | 'checkpoint-altered'
  | 'log-forked'
  | 'evidence-altered'
  | 'safeguard-altered'
  | 'read-model-differs'

export type Report = (kind: FindingKind, position: number | string | null, what: string) => void

/** Keeps the first findings whole and counts the rest, so that a truncated log of millions fits into memory. */
export function findings(most = 1_000): { readonly list: Finding[]; count: () => number; report: Report } {
  const list: Finding[] = []
  let count = 0
  return {
    list,
    count: () => count,
    report: (kind, position, what) => {
      count += 1
      if (list.length < most) list.push({ kind, position: position === null ? null : String(position), what })
    },
  }
}
