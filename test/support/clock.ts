import type { Clock } from '../../services/platform/clock.ts'

/** A clock that stands still until it is told otherwise. */
export type FixedClock = Clock & {
  set(instant: string): void
  advance(by: { days?: number; seconds?: number }): void
}

export function fixedClock(start = '2026-03-02T09:00:00+01:00'): FixedClock {
  let now = new Date(start)
  return {
    now: () => new Date(now),
    set: (instant) => {
      now = new Date(instant)
    },
    advance: ({ days = 0, seconds = 0 }) => {
      now = new Date(now.getTime() + (days * 86_400 + seconds) * 1000)
    },
  }
}
