import type { Actor } from '../ledger/command.ts'
import type { Ledger, Log } from '../ledger/ledger.ts'
import { DomainError } from '../platform/errors.ts'
import { loadCase } from './case-steps.ts'
import { progressOf, runSearch, type SearchProgress, type SearchRequest, startSearch } from './search.ts'

export type SearchStatus = SearchProgress & {
  readonly id: string
  readonly state: 'running' | 'interrupted' | 'finished'
  readonly unreviewed: number
  readonly secondsLeft?: number
}

/** Searches of this process, one at a time. What they found stands in the log; here stands only what is under way. */
export type SearchRuns = {
  /** Begins one, or takes up the one that was interrupted; resolves when it is in the log. */
  readonly start: (log: Log, actor: Actor, caseId: string, request: SearchRequest) => Promise<void>
  readonly status: (log: Log, caseId: string) => Promise<SearchStatus>
  /** Breaks off what is under way, and waits until what was found is durable. */
  readonly close: () => Promise<void>
}

type Running = { readonly since: number; readonly from: string; now?: SearchProgress }

export function searchRuns(ledger: Ledger, failed: (error: unknown) => void): SearchRuns {
  const running = new Map<string, Running>()
  const abort = new AbortController()
  let tail: Promise<void> = Promise.resolve()

  async function run(log: Log, actor: Actor, caseId: string, id: string, here: Running): Promise<void> {
    try {
      await runSearch(ledger, log, actor, caseId, {
        signal: abort.signal,
        onProgress: (progress) => {
          here.now = progress
        },
      })
    } catch (error) {
      failed(error)
    } finally {
      running.delete(id)
    }
  }

  return {
    start: async (log, actor, caseId, request) => {
      const id = await startSearch(ledger, log, actor, caseId, request)
      if (running.has(id)) return
      const { through } = await progressOf(ledger, log, id, '0')
      const here: Running = { since: ledger.clock.now().getTime(), from: through }
      running.set(id, here)
      tail = tail.then(() => run(log, actor, caseId, id, here))
    },
    status: async (log, caseId) => {
      const { search } = await loadCase(ledger, log, caseId)
      if (search === undefined) throw new DomainError('not-found', 'no search of this case')
      const { id, upTo, reviewed } = search
      const here = running.get(id)
      const kept = await progressOf(ledger, log, id, upTo)
      const { through, texts, hits } = here?.now ?? kept
      const state = search.finished ? 'finished' : here === undefined ? 'interrupted' : 'running'
      const left =
        here === undefined ? undefined : secondsLeft(here, ledger.clock.now().getTime(), through, upTo)
      return {
        ...{ id, state, through, upTo, texts, hits, unreviewed: hits - reviewed },
        ...(left === undefined ? {} : { secondsLeft: left }),
      }
    },
    close: async () => {
      abort.abort()
      await tail
    },
  }
}

/** By the speed so far, as positions of the log. */
function secondsLeft(
  { since, from }: Running,
  now: number,
  through: string,
  upTo: string,
): number | undefined {
  const done = Number(BigInt(through) - BigInt(from))
  if (done === 0 || now === since) return undefined
  return Math.ceil((((now - since) / 1000) * Number(BigInt(upTo) - BigInt(through))) / done)
}
