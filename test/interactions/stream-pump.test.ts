import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pumpLines, type StreamWork } from '../../services/interactions/stream.ts'
import { type Line, lineSplitter } from '../../services/interactions/stream-lines.ts'
import { DomainError } from '../../services/platform/errors.ts'

/** Lines without end; counts those that were asked for. */
function endless() {
  const state = { pulled: 0 }
  async function* source() {
    for (;;) {
      state.pulled += 100
      yield Buffer.from('17\n'.repeat(100))
    }
  }
  return { state, source: source() }
}

const outcomesOf = (lines: readonly Line[]) => lines.map(({ number }) => ({ line: number, status: 201 }))

function work(parts: Partial<StreamWork<readonly Line[]>>): StreamWork<readonly Line[]> {
  return {
    source: (async function* () {})(),
    out: new PassThrough(),
    prepare: async (lines) => lines,
    record: async (lines) => outcomesOf(lines),
    explain: () => ({ code: 'internal' }),
    stopping: new AbortController().signal,
    refusedOnly: false,
    ...parts,
  }
}

test('no more lines are read than the log has answered, but for two thousand', async () => {
  const { state, source } = endless()
  const stop = new AbortController()
  const gate = Promise.withResolvers<void>()
  const record = async (lines: readonly Line[]) => {
    await gate.promise
    return outcomesOf(lines)
  }
  const out = new PassThrough()
  out.resume()
  const done = pumpLines(work({ source, out, record, stopping: stop.signal }))
  await sleep(100)
  expect(state.pulled).toBeGreaterThanOrEqual(2000)
  expect(state.pulled).toBeLessThanOrEqual(2200)
  stop.abort()
  gate.resolve()
  const { complete, recorded, lastLine } = await done
  expect(complete).toBe(false)
  expect(recorded).toBe(lastLine)
})

test('no more lines are read than a client that does not read its answer makes room for', async () => {
  const { state, source } = endless()
  const out = new PassThrough({ highWaterMark: 1000 })
  const done = pumpLines(work({ source, out }))
  await sleep(100)
  const before = state.pulled
  await sleep(50)
  expect(state.pulled).toBe(before)
  expect(before).toBeLessThanOrEqual(2400)
  out.destroy()
  expect((await done).complete).toBe(false)
})

test('a client that is gone ends the reading', async () => {
  const { source } = endless()
  const out = new PassThrough()
  out.resume()
  const done = pumpLines(work({ source, out }))
  await sleep(20)
  out.destroy()
  expect((await done).complete).toBe(false)
})

test('a full queue makes the stream wait, in its order', async () => {
  const order: number[] = []
  let full = 3
  const record = async (lines: readonly Line[]) => {
    if (full > 0) {
      full -= 1
      throw new DomainError('log-busy', 'full')
    }
    order.push(...lines.map(({ number }) => number))
    return outcomesOf(lines)
  }
  const source = (async function* () {
    for (let line = 0; line < 1200; line += 1) yield '1\n'
  })()
  const out = new PassThrough()
  out.resume()
  const summary = await pumpLines(work({ source, out, record }))
  expect(summary).toMatchObject({ complete: true, recorded: 1200, lastLine: 1200 })
  expect(order).toEqual(Array.from({ length: 1200 }, (_, index) => index + 1))
})

test('a source that breaks leaves its last half line alone', async () => {
  const seen: number[] = []
  const record = async (lines: readonly Line[]) => {
    seen.push(...lines.map(({ number }) => number))
    return outcomesOf(lines)
  }
  const source = (async function* () {
    yield '1\n2\n3'
    throw new Error('aborted')
  })()
  expect(await pumpLines(work({ source, record }))).toMatchObject({
    complete: false,
    recorded: 2,
    lastLine: 2,
  })
  expect(seen).toEqual([1, 2])
})

test('however a text is cut into chunks, its lines are the same', () => {
  const piece = fc.constantFrom('a', 'bb', '\n', '\r\n', ' ', 'x'.repeat(9), 'y'.repeat(30))
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat(12)), (pieces, cuts) => {
      const text = pieces.join('')
      const splitter = lineSplitter(20)
      const found: Line[] = []
      let at = 0
      for (const cut of cuts) {
        found.push(...splitter.push(Buffer.from(text.slice(at, at + cut))))
        at += cut
      }
      found.push(...splitter.push(Buffer.from(text.slice(at))), ...splitter.end())
      const naive = text
        .split('\n')
        .map((line, index) => ({ number: index + 1, text: line.length > 20 ? undefined : line }))
        .filter((line) => line.text === undefined || line.text.trim() !== '')
      expect(found.map(({ number, bytes }) => ({ number, text: bytes?.toString() }))).toEqual(naive)
    }),
  )
})
