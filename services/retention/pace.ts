import { setTimeout as sleep } from 'node:timers/promises'

/** How long one sleep is at the most, in milliseconds: then somebody may want to stop. */
const napMs = 500

/** How fast, and how long, whoever destroys may go on. */
export type Pace = {
  /** True once the process is to end: the purge then stops between two intents, and the next start goes on. */
  readonly stopping?: () => boolean
  /** Records destroyed in a second at the most, so that others get their turn; 0 or none: as fast as it goes. */
  readonly recordsPerSecond?: number
}

/** Called with the number of records just destroyed, returns when the next may be: never more than so many a second. */
export function paceOf(deps: Pace): (records: number) => Promise<void> {
  const { recordsPerSecond = 0, stopping } = deps
  if (recordsPerSecond === 0) return async () => {}
  let next = performance.now()
  return async (records) => {
    next = Math.max(next, performance.now() - napMs) + (records / recordsPerSecond) * 1000
    for (let left = next - performance.now(); left > 0; left = next - performance.now()) {
      if (stopping?.() === true) return
      await sleep(Math.min(left, napMs))
    }
  }
}

/** Does one piece of work while its caller prepares the next, never two at once. A failure comes out at the next call. */
export function oneBehind() {
  let under: Promise<void> = Promise.resolve()
  return {
    start: async (work: () => Promise<void>): Promise<void> => {
      await under
      under = work()
      // It is awaited later: until then nobody else hears of its failure.
      under.catch(() => {})
    },
    ended: () => under,
  }
}
