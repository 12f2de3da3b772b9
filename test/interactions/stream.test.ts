import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { comment, openHouse } from './support.ts'

const house = openHouse()
const path = 'kommunstyrelsen/interactions/stream'
const headers = { 'content-type': 'application/x-ndjson' }

async function stream(lines: string | Buffer | Readable, query = '') {
  const payload = lines instanceof Readable ? lines : Readable.from([lines], { objectMode: false })
  const response = await house.send(path + query, '', { payload, headers })
  const all = response.body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  return { response, outcomes: all.slice(0, -1), summary: all.at(-1) }
}
const text = (...bodies: unknown[]) => bodies.map((body) => `${JSON.stringify(body)}\n`).join('')

test('every line has an outcome, and a summary ends the answer', async () => {
  const bodies = [comment(house.channel), comment(house.channel), comment(house.other.channel)]
  const { response, outcomes, summary } = await stream(text(...bodies))
  expect(response.headers['content-type']).toBe('application/x-ndjson')
  expect(outcomes).toMatchObject([
    { line: 1, status: 201, id: expect.any(String), position: expect.any(String) },
    { line: 2, status: 201 },
    {
      line: 3,
      status: 422,
      violations: [{ pointer: '/channel', reason: 'is no channel of this controller' }],
    },
  ])
  expect(summary).toEqual({
    summary: true,
    complete: true,
    recorded: 2,
    repeated: 0,
    refused: 1,
    lastLine: 3,
  })
})

test('a stream sent again records nothing twice', async () => {
  const lines = text(...Array.from({ length: 1200 }, () => comment(house.channel)))
  const first = await stream(lines)
  const again = await stream(lines)
  expect(first.summary).toMatchObject({ recorded: 1200, repeated: 0 })
  expect(again.summary).toMatchObject({ recorded: 0, repeated: 1200, complete: true })
  const ids = (outcomes: { id: string }[]) => outcomes.map(({ id }) => id)
  expect(ids(again.outcomes)).toEqual(ids(first.outcomes))
})

test('what is no line of JSON is refused alone, and nothing of it is repeated', async () => {
  const good = JSON.stringify(comment(house.channel))
  const bytes = Buffer.concat([
    Buffer.from(`${good}\r\n\n   \n{"text": "Östen Exempelsson"\n`),
    Buffer.from('"Östen Exempelsson"\n', 'latin1'),
    Buffer.from(`${'['.repeat(200)}${']'.repeat(200)}\n`),
    Buffer.from(`${JSON.stringify({ ...comment(house.channel), text: '191212121212'.repeat(90_000) })}\n`),
    Buffer.from(`null\n17\n{"__proto__":{}}\n${JSON.stringify({ ...comment(house.channel), Östen: 1 })}\n`),
    Buffer.from(JSON.stringify(comment(house.channel))),
  ])
  const { response, outcomes, summary } = await stream(bytes)
  expect(outcomes.map(({ line, status, code }) => [line, status, code])).toEqual([
    [1, 201, undefined],
    [4, 400, 'malformed-json'],
    [5, 400, 'malformed-encoding'],
    [6, 400, 'malformed-json'],
    [7, 413, 'body-too-large'],
    [8, 422, 'validation-failed'],
    [9, 422, 'validation-failed'],
    [10, 400, 'malformed-json'],
    [11, 422, 'validation-failed'],
    [12, 201, undefined],
  ])
  expect(outcomes[2].detail).toBe('The line is not well-formed UTF-8.')
  expect(summary).toMatchObject({ complete: true, recorded: 2, refused: 8, lastLine: 12 })
  expect(response.body + house.logged.join('')).not.toMatch(/Östen|191212121212/)
})

test('a line may come in pieces, and many lines in one', async () => {
  const bytes = Buffer.from(text(comment(house.channel, { text: 'åäö '.repeat(50) }), comment(house.channel)))
  const pieces = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
  const { summary } = await stream(Readable.from(pieces, { objectMode: false }))
  expect(summary).toMatchObject({ recorded: 2, lastLine: 2 })
})

test('who asks for refusals only gets those and the summary', async () => {
  const lines = text(comment(house.channel), { nothing: true }, comment(house.channel))
  const { outcomes, summary } = await stream(lines, '?outcomes=refused')
  expect(outcomes).toMatchObject([{ line: 2, status: 422 }])
  expect(summary).toMatchObject({ recorded: 2, refused: 1 })
})

test('nothing at all is a complete stream', async () => {
  expect((await stream('\n')).summary).toMatchObject({ complete: true, recorded: 0, lastLine: 0 })
})

test('an edit stands after what it edits, however far the lines are apart', async () => {
  const bodies = Array.from({ length: 700 }, () => comment(house.channel))
  const edits = bodies.map((body) => ({ ...body, verb: 'edited', actId: 'e-1', text: 'Rättat' }))
  const { outcomes, summary } = await stream(text(...bodies, ...edits))
  expect(summary).toMatchObject({ recorded: 1400, refused: 0 })
  const positions = outcomes.map(({ position }) => Number(position))
  expect(positions).toEqual([...positions].sort((a, b) => a - b))
})

test('a log that is lost ends the stream with a summary that says so', async () => {
  const privilege = (words: string) =>
    house.databases.asAdmin('ledger', (client) => client.query(`${words} liggare_api`))
  await privilege('revoke execute on function ledger.append from')
  const lines = text(comment(house.channel), comment(house.channel))
  const lost = await stream(lines)
  await privilege('grant execute on function ledger.append to')
  expect(lost.outcomes).toEqual([])
  expect(lost.summary).toMatchObject({ complete: false, recorded: 0, lastLine: 0, code: 'log-unavailable' })
  expect((await stream(lines)).summary).toMatchObject({ complete: true, recorded: 2 })
})
