import type { Writable } from 'node:stream'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { DomainError } from '../platform/errors.ts'
import type { Outcome } from './schemas.ts'
import { type Line, lineSplitter } from './stream-lines.ts'

export type LineOutcome = { readonly line: number } & Outcome

/** The last line of the answer. Not `complete`: lines after `lastLine` have no outcome; sending them again is safe. */
export type StreamSummary = {
  readonly summary: true
  readonly complete: boolean
  readonly recorded: number
  readonly repeated: number
  readonly refused: number
  readonly lastLine: number
} & Partial<Pick<Outcome, 'code' | 'detail'>>

/** `P`: lines as `prepare` leaves them. */
export type StreamWork<P> = {
  readonly source: AsyncIterable<Buffer | string>
  readonly out: Writable
  /** Reads lines and fetches what is needed to record them. */
  readonly prepare: (lines: readonly Line[]) => Promise<P>
  /**
   * Records them, in the queue of the log before it returns; resolves after the commit with an outcome for each line.
   * Throws if the log cannot be reached.
   */
  readonly record: (prepared: P) => Promise<LineOutcome[]>
  readonly explain: (error: unknown) => Pick<Outcome, 'code' | 'detail'>
  /** The server shuts down: no more is read, what was read is answered. */
  readonly stopping: AbortSignal
  /** Without the outcomes of lines that are recorded now: for clients that read only when all is sent. */
  readonly refusedOnly: boolean
}

/** The longest line in bytes. */
const maxLine = 1_048_576
/** Lines that may be read but not yet answered: what bounds the memory of a stream of any length. */
const maxUnanswered = 2000
const maxTogether = 500
/** How long a client may leave its answer unread before the stream is given up. */
const stallMs = 60_000

/**
 * Reads lines, records them and writes one outcome for each, in their order, as they are committed; then a summary. Reads
 * no faster than the log takes and the client reads. A cut connection ends it: whole lines only have been recorded.
 */
export async function pumpLines<P>(work: StreamWork<P>): Promise<StreamSummary> {
  const { source, out, stopping } = work
  const halt = Promise.withResolvers<'halt'>()
  const stop = () => halt.resolve('halt')
  stopping.addEventListener('abort', stop)
  out.once('close', stop)
  if (stopping.aborted) stop()

  const counts = { recorded: 0, repeated: 0, refused: 0, lastLine: 0 }
  const unanswered: { readonly size: number; readonly written: Promise<void> }[] = []
  let size = 0
  let last: Promise<void> = Promise.resolve()
  const splitter = lineSplitter(maxLine)
  const iterator = source[Symbol.asyncIterator]()

  /** Begins to record; the outcomes are written after those of the lines before. */
  async function take(lines: readonly Line[]): Promise<void> {
    const prepared = await work.prepare(lines)
    const { recording } = await accepted(() => work.record(prepared), out)
    last = Promise.all([recording, last]).then(async ([outcomes]) => {
      for (const { status } of outcomes) {
        counts[status === 201 ? 'recorded' : status === 200 ? 'repeated' : 'refused'] += 1
      }
      const told = work.refusedOnly ? outcomes.filter(({ status }) => status > 201) : outcomes
      if (told.length > 0) await write(out, told)
      counts.lastLine = lines.at(-1)?.number ?? counts.lastLine
    })
    last.catch(stop)
    unanswered.push({ size: lines.length, written: last })
    size += lines.length
    while (size > maxUnanswered) {
      const oldest = unanswered.shift()
      await oldest?.written
      size -= oldest?.size ?? 0
    }
  }

  let complete = false
  let failure: unknown
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), halt.promise])
      if (next === 'halt') break
      const lines = next.done === true ? splitter.end() : splitter.push(asBuffer(next.value))
      for (let at = 0; at < lines.length; at += maxTogether) await take(lines.slice(at, at + maxTogether))
      if (next.done === true) {
        complete = true
        break
      }
    }
  } catch (error) {
    failure = error
  }
  await last.catch((error: unknown) => {
    failure = error
  })
  stopping.removeEventListener('abort', stop)
  const summary: StreamSummary = {
    summary: true,
    complete: complete && failure === undefined,
    ...counts,
    ...(failure === undefined ? {} : work.explain(failure)),
  }
  if (out.writable) out.end(`${JSON.stringify(summary)}\n`)
  return summary
}

/**
 * Begins to record as soon as the queue of the log has room: a full queue makes the stream wait, and what comes later in
 * the stream waits behind it, so that an edit never overtakes what it edits.
 */
async function accepted<T>(work: () => Promise<T>, out: Writable): Promise<{ recording: Promise<T> }> {
  for (let pause = 20; ; pause = Math.min(pause * 2, 1000)) {
    const recording = work()
    let refusal: unknown
    recording.catch((error: unknown) => {
      refusal = error
    })
    // A full queue says so at once; whoever has said nothing after a turn of the loop stands in it.
    await turn()
    const full = refusal instanceof DomainError && refusal.code === 'log-busy'
    if (!full || out.destroyed) return { recording }
    await sleep(pause)
  }
}

/** Writes lines of JSON and waits until the client has made room for more. */
async function write(out: Writable, lines: readonly LineOutcome[]): Promise<void> {
  if (out.destroyed) throw new Error('the client is gone')
  if (out.write(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const stalled = setTimeout(() => out.destroy(), stallMs)
  out.once('drain', resolve)
  out.once('close', resolve)
  await promise
  clearTimeout(stalled)
  out.off('drain', resolve)
  out.off('close', resolve)
}

function asBuffer(chunk: Buffer | string): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}
