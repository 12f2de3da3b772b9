import { connect } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { bearer, testApp } from './support/test-app.ts'

let databaseUp = true
const { app, token, log } = await testApp({
  checks: {
    keyring: async () => {},
    database: async () => {
      if (!databaseUp) throw new Error('password authentication failed for Exempelsson')
    },
  },
})
const port = new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port
afterAll(() => app.close())

test('an unknown path is a 404 that does not repeat it', async () => {
  const response = await app.inject({ url: '/liggare/v1/persons/Exempelsson?q=Exempelsson' })
  expect(response.json()).toMatchObject({ status: 404, code: 'not-found' })
  expect(response.body + log.join('')).not.toContain('Exempelsson')
})

test('a wrong method is a 405 that names the right ones', async () => {
  const response = await app.inject({ method: 'DELETE', url: '/liggare/v1/controllers/x/interactions?q=1' })
  expect([response.statusCode, response.headers.allow]).toEqual([405, 'POST'])
  expect((await app.inject({ method: 'POST', url: '/health' })).headers.allow).toBe('GET, HEAD')
})

test.each([
  '/liggare/v1/failures/%E0%A4%41',
  '/liggare/v1/failures/%',
  `/liggare/v1/failures/${'x'.repeat(300)}`,
])('a path that cannot be read is refused without being repeated: case %#', async (url) => {
  const response = await app.inject({ url })
  expect(response.statusCode).toBeGreaterThanOrEqual(400)
  expect(response.statusCode).toBeLessThan(500)
  expect(response.headers['content-type']).toContain('application/problem+json')
  expect(response.body).not.toMatch(/%|xxx/)
})

test('a parameter that does not fit is a 422 by its name', async () => {
  const response = await app.inject({
    url: '/liggare/v1/who?limit=Exempelsson&page=0&Exempelsson=1',
    headers: bearer(await token()),
  })
  expect(response.json()).toMatchObject({
    status: 422,
    violations: [
      { pointer: '/limit', reason: 'must be of type number' },
      { pointer: '/page', reason: 'is smaller than the minimum 1' },
      { pointer: '', reason: 'has 1 unknown field' },
    ],
  })
  expect(response.body).not.toContain('Exempelsson')
})

test('api-info has the five fields of the profile', async () => {
  const response = await app.inject({ url: '/liggare/v1/api-info' })
  expect(Object.keys(response.json())).toEqual([
    'apiName',
    'apiVersion',
    'apiReleased',
    'apiDocumentation',
    'apiStatus',
  ])
})

test('a valid traceparent comes back and stands in the log, an invalid one does neither', async () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
  const valid = `00-${trace}-00f067aa0ba902b7-01`
  log.length = 0
  const echoed = await app.inject({ url: '/health', headers: { traceparent: valid } })
  expect(echoed.headers['traceparent']).toBe(valid)
  expect(JSON.parse(log[0] ?? '')).toMatchObject({ traceId: trace, route: '/health', status: 200 })
  for (const bad of [
    'Exempelsson',
    `ff-${trace}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `${valid}-x`,
  ]) {
    log.length = 0
    const dropped = await app.inject({ url: '/health', headers: { traceparent: bad } })
    expect(dropped.headers['traceparent']).toBeUndefined()
    expect(JSON.parse(log[0] ?? '')).not.toHaveProperty('traceId')
  }
})

test('readiness names what fails and nothing more', async () => {
  expect((await app.inject({ url: '/ready' })).json()).toEqual({ status: 'ready', failed: [] })
  databaseUp = false
  const response = await app.inject({ url: '/ready' })
  databaseUp = true
  expect([response.statusCode, response.json()]).toEqual([503, { status: 'not-ready', failed: ['database'] }])
})

test('metrics count by route pattern', async () => {
  await app.inject({ url: '/liggare/v1/failures/held' })
  const { body } = await app.inject({ url: '/metrics' })
  expect(body).toContain('route="/liggare/v1/failures/:failure",status="409"')
})

/** What a server answers to bytes that are not HTTP as a client library would send them. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

test.each([
  ['no HTTP at all', 'Exempelsson\r\n\r\n', 400],
  [
    'two lengths',
    'POST /liggare/v1/who HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    400,
  ],
  ['huge headers', `GET /health HTTP/1.1\r\nHost: x\r\nX-A: ${'Exempelsson'.repeat(2000)}\r\n\r\n`, 431],
])('%s is answered by a problem and a closed connection', async (_, bytes, status) => {
  const answer = await raw(bytes)
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(answer).toContain('Content-Type: application/problem+json')
  expect(answer + log.join('')).not.toContain('Exempelsson')
})
