import { afterAll, expect, test } from 'vitest'
import { bearer, testApp } from './support/test-app.ts'

const { app, token, log } = await testApp()
afterAll(() => app.close())

const url = '/liggare/v1/controllers/kommunstyrelsen/interactions'
const headers = { ...bearer(await token()), 'content-type': 'application/json' }
const send = (payload: string | Buffer, more: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url, headers: { ...headers, ...more }, payload })

const interaction = {
  channel: '0198c5a0-0000-7000-8000-000000000001',
  objectId: '101_202',
  verb: 'commented',
  occurredAt: '2026-03-05T10:15:00+01:00',
  persons: [{ role: 'author', platformId: '17' }],
}
const planted = ['Östen Exempelsson', '191212121212', 'osten.exempelsson']

async function refusal(body: unknown): Promise<{ status: number; violations: unknown; code: string }> {
  log.length = 0
  const response = await send(typeof body === 'string' ? body : JSON.stringify(body))
  for (const name of planted) expect(response.body + log.join('')).not.toContain(name)
  const { violations, code } = response.json()
  return { status: response.statusCode, violations, code }
}

test('a body that fits is taken', async () => {
  expect((await send(JSON.stringify(interaction))).json()).toEqual({ accepted: 1 })
})

test('a missing field and a wrong type are named by pointer', async () => {
  const { verb: _, ...rest } = interaction
  expect(await refusal({ ...rest, objectId: 17 })).toMatchObject({
    status: 422,
    violations: [
      { pointer: '/objectId', reason: 'must be of type string' },
      { pointer: '/verb', reason: expect.stringMatching(/^must be one of published, /) },
    ],
  })
})

test('unknown fields are counted, never named', async () => {
  const persons = [{ role: 'author', 'Östen Exempelsson': 1, '191212121212': 2 }]
  expect(await refusal({ ...interaction, persons, 'osten.exempelsson': true })).toMatchObject({
    status: 422,
    violations: [
      { pointer: '/persons/0', reason: 'has 2 unknown fields' },
      { pointer: '', reason: 'has 1 unknown field' },
    ],
  })
})

test('a pointer stops where the client names the fields', async () => {
  expect(await refusal({ ...interaction, extensions: { 'Östen Exempelsson': 'x' } })).toMatchObject({
    violations: [{ pointer: '/extensions', reason: 'has a field name that is not allowed' }],
  })
  expect(await refusal({ ...interaction, extensions: { osten: 191212121212 } })).toMatchObject({
    violations: [{ pointer: '/extensions', reason: 'must be of type string' }],
  })
})

test.each([
  ['a value of a closed list', { verb: 'Östen Exempelsson' }],
  ['a time', { occurredAt: 'Östen Exempelsson' }],
  ['an id', { channel: '191212121212' }],
  ['a pattern', { language: 'Östen Exempelsson' }],
  ['a length', { title: 'Östen Exempelsson'.repeat(200) }],
  ['a nested value', { native: { kind: ['Östen Exempelsson'], mapper: '191212121212'.repeat(9) } }],
  ['a lone surrogate', { text: 'Östen Exempelsson \ud800' }],
  ['a NUL', { text: 'Östen Exempelsson \u0000' }],
])('%s that does not fit is refused without being repeated', async (_, part) => {
  const { status, violations } = await refusal({ ...interaction, ...part })
  expect(status).toBe(422)
  expect(violations).toHaveLength(Object.keys(part).includes('native') ? 2 : 1)
})

test.each([
  ['malformed JSON', '{"text": "Östen Exempelsson" 191212121212', 'malformed-json'],
  ['an empty body', '', 'malformed-json'],
  ['a prototype', '{"__proto__": {"name": "Östen Exempelsson"}}', 'malformed-json'],
  ['an escaped prototype', '{"a": [{"\\u005f_proto__": {"name": "Östen Exempelsson"}}]}', 'malformed-json'],
  ['65 levels', `${'['.repeat(65)}"Östen Exempelsson"${']'.repeat(65)}`, 'malformed-json'],
  ['20,000 levels', `${'{"a":'.repeat(10_000)}${'['.repeat(10_000)}`, 'malformed-json'],
])('%s is a 400', async (_, body, code) => {
  expect(await refusal(body)).toMatchObject({ status: 400, code, violations: undefined })
})

test('a body of 20,000 closed levels is refused like one of 65', async () => {
  expect(await refusal('['.repeat(20_000) + ']'.repeat(20_000))).toMatchObject({
    status: 400,
    code: 'malformed-json',
  })
})

test.each([
  ['Latin-1', Buffer.from('{"text": "Östen"}', 'latin1')],
  ['an overlong form', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ['an encoded surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['a cut character', Buffer.from([0x22, 0xc3])],
])('%s is not UTF-8 and is a 400', async (_, body) => {
  const response = await send(body)
  expect([response.statusCode, response.json().code]).toEqual([400, 'malformed-encoding'])
})

test('a body over the limit is a 413, by its length or as it arrives', async () => {
  const body = JSON.stringify({ text: 'a'.repeat(100_000) })
  expect((await send(body)).json()).toMatchObject({ status: 413, code: 'body-too-large' })
})

test.each([
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'Östen Exempelsson',
  'application/jsonx',
])('the media type %s is a 415', async (type) => {
  const response = await send('{}', { 'content-type': type })
  expect([response.statusCode, response.json().code]).toEqual([415, 'unsupported-media-type'])
  expect(response.body).not.toContain('Exempelsson')
})

test('a body without a media type is a 415', async () => {
  const response = await app.inject({
    method: 'POST',
    url,
    headers: bearer(await token()),
    payload: Buffer.from('{}'),
  })
  expect(response.statusCode).toBe(415)
})

test('no body where one is needed is a 422', async () => {
  const response = await app.inject({ method: 'POST', url, headers: bearer(await token()) })
  expect(response.json()).toMatchObject({
    status: 422,
    violations: [{ pointer: '', reason: 'must be of type object' }],
  })
})

test('at most 50 violations are named', async () => {
  const { violations } = await refusal({
    ...interaction,
    persons: Array.from({ length: 100 }, () => ({ role: 'x' })),
  })
  expect(violations).toHaveLength(50)
})
