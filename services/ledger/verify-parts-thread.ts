import { Worker } from 'node:worker_threads'
import type { Finding, Report } from './verify-finding.ts'
import type { Parts } from './verify-parts.ts'

/** Set once for a thread. `url` holds a password: it goes from memory to memory and nowhere else. */
export type PartsSetting = { readonly url: string; readonly controller: number; readonly sealed: boolean }
export type PartsRequest = { readonly from: number; readonly to: number }

type Answer =
  | { readonly error: Error }
  | {
      readonly bytes: Uint8Array
      readonly ends: Int32Array
      readonly unsealed: Parts['unsealed']
      readonly findings: readonly Finding[]
      readonly count: number
    }

/** Reads parts in a thread with a connection of its own; one request at a time. */
export type PartsThread = {
  readonly read: (from: number, to: number) => Promise<Parts>
  readonly close: () => Promise<unknown>
}

export function partsThread(setting: PartsSetting, report: Report): PartsThread {
  const worker = new Worker(new URL('./verify-parts-worker.ts', import.meta.url), { workerData: setting })
  const answered = () =>
    new Promise<Answer>((resolve, reject) => {
      worker.once('message', (answer: Answer) => {
        worker.off('error', reject)
        resolve(answer)
      })
      worker.once('error', reject)
    })
  return {
    read: async (from, to) => {
      const answer = answered()
      worker.postMessage({ from, to } satisfies PartsRequest)
      const it = await answer
      if ('error' in it) throw it.error
      for (const { kind, position, what } of it.findings) report(kind, position, what)
      // A thousand are named; the others are counted all the same.
      for (let more = it.findings.length; more < it.count; more += 1) report('part-altered', null, 'and more')
      const { buffer, byteOffset, byteLength } = it.bytes
      return {
        from,
        to,
        bytes: Buffer.from(buffer, byteOffset, byteLength),
        ends: it.ends,
        unsealed: it.unsealed,
      }
    },
    close: () => worker.terminate(),
  }
}
