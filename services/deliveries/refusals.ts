import type { Ledger, Log } from '../ledger/ledger.ts'
import { refusedDraft } from './events.ts'

/** Bad signatures: the first is an event at once, more of them are one event a minute and channel, with their number. */
export type Refusals = {
  readonly note: (log: Log, channel: string, platform: string) => Promise<void>
  /** Notes what has been counted and not yet told. */
  readonly flush: () => Promise<void>
}

const windowMs = 60_000

type Window = { readonly log: Log; readonly platform: string; count: number; readonly timer: NodeJS.Timeout }

export function refusals(ledger: Ledger): Refusals {
  const windows = new Map<string, Window>()

  async function record(log: Log, channel: string, platform: string, count: number): Promise<void> {
    await ledger.writer(log).append([refusedDraft(channel, platform, count, ledger.clock.now())])
  }

  async function close(channel: string): Promise<void> {
    const window = windows.get(channel)
    if (window === undefined) return
    windows.delete(channel)
    clearTimeout(window.timer)
    if (window.count > 0) await record(window.log, channel, window.platform, window.count)
  }

  return {
    note: async (log, channel, platform) => {
      const window = windows.get(channel)
      if (window !== undefined) {
        window.count += 1
        return
      }
      // What cannot be noted just now is counted on, and told when the window closes.
      const timer = setTimeout(() => void close(channel).catch(() => {}), windowMs)
      timer.unref()
      const opened: Window = { log, platform, count: 0, timer }
      windows.set(channel, opened)
      await record(log, channel, platform, 1).catch(() => {
        opened.count += 1
      })
    },
    flush: async () => {
      await Promise.allSettled([...windows.keys()].map(close))
    },
  }
}
