import { expect, test } from 'vitest'
import { comment, openHouse } from './support.ts'

const house = openHouse()
const path = 'kommunstyrelsen/interactions'
const planted = ['Östen Exempelsson', '191212121212', 'osten.exempelsson']

/** Sends what must be refused, and proves that the log has not moved and nothing planted comes back or is logged. */
async function refusal(payload: unknown, headers: Record<string, string> = {}, to = path) {
  const size = () =>
    house.databases.asAdmin('ledger', (client) =>
      client.query('select controller_id, size from ledger.log_head order by 1'),
    )
  const before = (await size()).rows
  house.logged.length = 0
  const response = await house.send(to, payload, { headers })
  expect((await size()).rows).toEqual(before)
  for (const name of planted) expect(response.body + house.logged.join('')).not.toContain(name)
  expect(response.headers['content-type']).toBe('application/problem+json')
  const { status, code, violations } = response.json()
  expect(status).toBe(response.statusCode)
  return { status, code, pointers: violations?.map((it: { pointer: string }) => it.pointer) }
}

const deep = (levels: number) => `${'['.repeat(levels)}"Östen Exempelsson"${']'.repeat(levels)}`

test.each([
  ['a wrong type', { objectId: 191212121212 }, ['/objectId']],
  ['an unknown field', { 'Östen Exempelsson': '191212121212' }, ['']],
  ['an unknown field of a person', { persons: [{ role: 'author', 'osten.exempelsson': 1 }] }, ['/persons/0']],
  ['a text that is too long', { text: '191212121212'.repeat(90_000) }, ['/text']],
  ['NUL', { text: 'Östen Exempelsson\u0000' }, ['/text']],
  [
    'a lone surrogate',
    { persons: [{ role: 'author', displayName: 'Östen Exempelsson \ud800' }] },
    ['/persons/0/displayName'],
  ],
  ['a date that is none', { occurredAt: '2026-02-30T10:00:00Z' }, ['/occurredAt']],
  ['the year 9999', { occurredAt: '9999-01-01T00:00:00Z' }, ['/occurredAt']],
  ['a future date', { occurredAt: '2026-03-06T00:00:00Z' }, ['/occurredAt']],
  ['a time without offset', { occurredAt: '2026-03-05T10:15:00' }, ['/occurredAt']],
  [
    'two authors',
    { persons: [{ role: 'author' }, { role: 'author', handle: 'osten.exempelsson' }] },
    ['/persons'],
  ],
  ['an unknown verb', { verb: 'Östen Exempelsson' }, ['/verb']],
  ['a channel that is no id', { channel: '191212121212' }, ['/channel']],
])('%s is a 422 that names the field', async (_, part, pointers) => {
  expect(await refusal(comment(house.channel, part))).toEqual({
    status: 422,
    code: 'validation-failed',
    pointers,
  })
})

test.each([
  ['malformed JSON', '{"text": "Östen Exempelsson"', 400, 'malformed-json'],
  ['wrong encoding', Buffer.from('{"text": "Östen Exempelsson"}', 'latin1'), 400, 'malformed-encoding'],
  ['deep nesting', deep(1000), 400, 'malformed-json'],
  ['a prototype', '{"__proto__": {"name": "Östen Exempelsson"}}', 400, 'malformed-json'],
  ['a body over the limit', JSON.stringify({ text: '191212121212'.repeat(400_000) }), 413, 'body-too-large'],
  ['nothing', '', 400, 'malformed-json'],
  ['an array', '[]', 422, 'validation-failed'],
  ['null', 'null', 422, 'validation-failed'],
])('%s is refused as a whole', async (_, payload, status, code) => {
  expect(await refusal(payload)).toMatchObject({ status, code })
})

test.each([
  ['text', path, 'text/plain'],
  ['a batch of CloudEvents where one is taken', path, 'application/cloudevents-batch+json'],
  ['lines where one is taken', path, 'application/x-ndjson'],
  ['a CloudEvent where a batch is taken', `${path}/batch`, 'application/cloudevents+json'],
  ['JSON where lines are taken', `${path}/stream`, 'application/json'],
])('%s is a media type of another operation', async (_, to, type) => {
  expect(await refusal('{}', { 'content-type': type }, to)).toMatchObject({ status: 415 })
})

test.each(['', '/batch', '/stream', '/read'])(
  '%s without a good token is refused before its body',
  async (to) => {
    const type = to === '/stream' ? 'application/x-ndjson' : 'application/json'
    const with_ = (token: string) =>
      refusal('{', { authorization: `Bearer ${token}`, 'content-type': type }, path + to)
    const old = { issuedAt: new Date('2026-03-05T08:00:00Z'), expiresInSeconds: 60 }
    expect(await with_(await house.token(old))).toMatchObject({ status: 401, code: 'token-invalid' })
    expect(await with_('abc.def.ghi')).toMatchObject({ status: 401, code: 'token-invalid' })
    expect(await with_(await house.token({ scopes: ['register:read'] }))).toMatchObject({ status: 403 })
    expect(await with_(await house.token({ controllers: ['miljonamnden'] }))).toMatchObject({ status: 404 })
  },
)

test('a controller that is not there looks like one that is not yours', async () => {
  const authorization = `Bearer ${await house.token({ scopes: ['interactions:write', 'controllers:write'], controllers: ['*'] })}`
  const unknown = await refusal(comment(house.channel), { authorization }, 'finns-inte/interactions')
  expect(unknown).toEqual({ status: 404, code: 'not-found', pointers: undefined })
})

test.each([
  ['none', []],
  ['1,001', Array.from({ length: 1001 }, () => 1)],
  ['an object', {}],
])('a batch of %s is refused as a whole', async (_, batch) => {
  expect(await refusal(batch, {}, `${path}/batch`)).toMatchObject({ status: 422 })
})
