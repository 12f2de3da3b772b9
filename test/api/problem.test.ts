import { afterAll, expect, test } from 'vitest'
import { Problem } from '../../services/api/problem.ts'
import { problemKinds } from '../../services/api/problem-kinds.ts'
import { testApp } from './support/test-app.ts'

const { app, log } = await testApp()
afterAll(() => app.close())

test.each(Object.entries(problemKinds))(
  'the code %s is answered by its status as one plain problem',
  async (code, kind) => {
    const response = await app.inject({ url: `/liggare/v1/failures/${code}` })
    expect(response.statusCode).toBe(kind.status)
    expect(response.headers['content-type']).toBe('application/problem+json')
    const problem = Problem.parse(response.json())
    expect(problem).toMatchObject({
      code,
      status: kind.status,
      title: kind.sv,
      type: `urn:liggare:problem:${code}`,
    })
    if (kind.status >= 500 || code === 'not-found')
      expect(problem.detail).not.toBe('what can be done about it')
    else expect(problem.detail).toBe('what can be done about it')
    expect(response.headers['retry-after']).toBe(
      kind.retryAfter === undefined ? undefined : String(kind.retryAfter),
    )
  },
)

test('titles are English for whoever asks for English first', async () => {
  const url = '/liggare/v1/failures/held'
  const english = await app.inject({ url, headers: { 'accept-language': 'en-GB, sv;q=0.5' } })
  const swedish = await app.inject({ url, headers: { 'accept-language': 'sv, en' } })
  expect([english.json().title, swedish.json().title]).toEqual([
    'Under a legal hold',
    'Omfattas av gallringsstopp',
  ])
})

test('an error that is not ours is a 500 without any detail, in the answer and in the log', async () => {
  log.length = 0
  const response = await app.inject({ url: '/liggare/v1/failures/foreign' })
  expect(response.statusCode).toBe(500)
  expect(Object.keys(response.json()).sort()).toEqual(['code', 'instance', 'status', 'title', 'type'])
  expect(log.join('')).toContain('23505')
  expect(response.body + log.join('')).not.toMatch(/Exempelsson|19121212/)
})

test('a response that does not fit its schema is a 500, not a leak', async () => {
  const response = await app.inject({ url: '/liggare/v1/failures/wrong-response' })
  expect([response.statusCode, response.json().code]).toEqual([500, 'internal'])
})

test('the instance is the id that the log line carries', async () => {
  log.length = 0
  const response = await app.inject({ url: '/liggare/v1/failures/held?name=Exempelsson' })
  const line = log.map((text) => JSON.parse(text)).find((entry) => entry.route !== undefined)
  expect(response.json().instance).toBe(`urn:uuid:${line.requestId}`)
  expect(line).toMatchObject({ method: 'GET', route: '/liggare/v1/failures/:failure', status: 409 })
  expect(log.join('')).not.toMatch(/Exempelsson|127\.0\.0\.1/)
})

test('an overloaded event loop is a 503 that says when to come back', async () => {
  const response = await app.inject({ url: '/liggare/v1/failures/pressure' })
  expect([response.statusCode, response.json().code, response.headers['retry-after']]).toEqual([
    503,
    'overloaded',
    '2',
  ])
})
