/** How long one measurement takes; times in milliseconds. */
export type Span = { readonly warmUpMs: number; readonly ms: number }

/** What a measurement saw between warm-up and end, and what it wrote altogether. */
export type Sample = {
  /** Recorded within the measured span. */
  readonly events: number
  readonly seconds: number
  /** Recorded with warm-up and tail: what WAL and disk are divided by. */
  readonly written: number
  /** Milliseconds of each request answered within the span; empty for a stream. */
  readonly latencies: Float64Array
  /** Answered with "busy" and sent anew. */
  readonly busy: number
  /** The most memory, in megabytes, that the process under test held; where it is one that ends with the work. */
  readonly peakMb?: number
}

/** One thing to be measured. `databases`: those whose size it changes. */
export type Measurement = {
  readonly name: string
  readonly contender: string
  /** What is compared with each other and measured side by side: 1, 10, 64, 1000, batches … */
  readonly load: string
  readonly databases: readonly string[]
  readonly run: (span: Span) => Promise<Sample>
}

/** A contender, ready to be measured. `note`: what was chosen for it. */
export type Opened = {
  readonly measurements: readonly Measurement[]
  readonly note: string
  readonly close: () => Promise<void> | void
}

/** Sends one request and resolves to the number of events recorded by it; 0: busy, try again. */
export type Send = (worker: number) => Promise<number>

/** Keeps `inFlight` requests under way, each next one as soon as one is answered. */
export async function closedLoop(inFlight: number, { warmUpMs, ms }: Span, send: Send): Promise<Sample> {
  const begin = performance.now() + warmUpMs
  const end = begin + ms
  const latencies: number[] = []
  let events = 0
  let written = 0
  let busy = 0
  const worker = async (number: number) => {
    for (let sent = performance.now(); sent < end; ) {
      const recorded = await send(number)
      const answered = performance.now()
      written += recorded
      if (recorded === 0) busy += 1
      else if (answered >= begin && answered < end) {
        events += recorded
        latencies.push(answered - sent)
      }
      sent = answered
    }
  }
  await Promise.all(Array.from({ length: inFlight }, (_, number) => worker(number)))
  return { events, seconds: ms / 1000, written, latencies: Float64Array.from(latencies), busy }
}

/** The candidate (a pool's size, say) with which most is recorded. */
export async function fastest<T>(candidates: readonly T[], trial: (one: T) => Promise<Sample>): Promise<T> {
  let best = candidates[0] as T
  let most = -1
  for (const candidate of candidates.length > 1 ? candidates : []) {
    const { events } = await trial(candidate)
    if (events > most) {
      most = events
      best = candidate
    }
  }
  return best
}

/** The nearest-rank quantile of ascending numbers. */
export function quantile(ascending: Float64Array, q: number): number | undefined {
  return ascending[Math.min(ascending.length - 1, Math.max(0, Math.ceil(q * ascending.length) - 1))]
}
