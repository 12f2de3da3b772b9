import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportSPKI, generateKeyPair, importJWK, SignJWT } from 'jose'
import { afterAll, expect, test } from 'vitest'
import { openLocalIssuer } from '../../services/api/local-issuer.ts'
import { scopes } from '../../services/api/scopes.ts'
import { audience, bearer, issuer, testApp } from './support/test-app.ts'

const { app, token, clock, log, issuer: local } = await testApp()
afterAll(() => app.close())

const who = (headers: Record<string, string>) => app.inject({ url: '/liggare/v1/who', headers })
const seconds = () => Math.floor(clock.now().getTime() / 1000)
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const publicJwk = local.publicJwks.keys[0] ?? {}
const kid = publicJwk.kid ?? ''
const claims = {
  iss: issuer,
  aud: audience,
  sub: 'client-17',
  scope: 'audit:read',
  controller: 'kommunstyrelsen',
}
const stranger = await generateKeyPair('ES256')

const forge = (header: object, body: object = {}, secret?: string): string => {
  const signed = `${part({ typ: 'at+jwt', ...header })}.${part({ ...claims, exp: seconds() + 60, ...body })}`
  return `${signed}.${secret === undefined ? '' : createHmac('sha256', secret).update(signed).digest('base64url')}`
}
const byStranger = (header: object, body: object = {}): Promise<string> =>
  new SignJWT({ ...claims, exp: seconds() + 60, ...body })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header })
    .sign(stranger.privateKey)
const pem = await exportSPKI((await importJWK(publicJwk, 'ES256', { extractable: true })) as CryptoKey)
const good = await token()
const [head = '', body = '', signature = ''] = good.split('.')

test('a token of the local issuer is who it says', async () => {
  const response = await who(bearer(good))
  expect([response.statusCode, response.json()]).toEqual([200, { actor: 'client-17' }])
})

test('without a token the answer is 401 and says how', async () => {
  const response = await who({})
  expect([response.statusCode, response.json().code]).toEqual([401, 'token-missing'])
  expect(response.headers['www-authenticate']).toBe('Bearer realm="liggare"')
})

test.each<[string, string | Promise<string>]>([
  ['alg none', forge({ alg: 'none', kid })],
  ['alg None', forge({ alg: 'None', kid })],
  ['HS256 with the public key (PEM) as secret', forge({ alg: 'HS256', kid }, {}, pem)],
  ['HS256 with the public key (JWK) as secret', forge({ alg: 'HS256', kid }, {}, JSON.stringify(publicJwk))],
  ['HS256 with an empty secret', forge({ alg: 'HS256', kid }, {}, '')],
  ['a stranger’s key under our key id', byStranger({ kid })],
  ['an unknown key id', byStranger({ kid: 'somebody-else' })],
  ['no key id', byStranger({})],
  ['a key in its own header', byStranger({ jwk: publicJwk })],
  ['a key id that is a path', byStranger({ kid: '../../../dev/null' })],
  ['a foreign issuer', byStranger({ kid }, { iss: 'https://other.example.org' })],
  ['a changed claim', `${head}.${part({ ...claims, controller: '*', exp: seconds() + 60 })}.${signature}`],
  ['a cut signature', good.slice(0, -8)],
  ['no signature', `${head}.${body}.`],
  ['four parts', `${good}.x`],
  ['no token at all', 'no-token-at-all'],
  ['nine kilobytes', 'a'.repeat(9000)],
])('%s is refused', async (_, forged) => {
  const value = await forged
  log.length = 0
  const response = await who(bearer(value))
  expect([response.statusCode, response.json().code]).toEqual([401, 'token-invalid'])
  expect(response.headers['www-authenticate']).toBe('Bearer realm="liggare", error="invalid_token"')
  expect(log.join('')).not.toContain(value)
})

test.each(['Basic dXNlcjpwYXNz', 'Bearer', 'Bearer a b', 'bearer', good])(
  'the header form %# is refused',
  async (header) => {
    expect((await who({ authorization: header })).statusCode).toBe(401)
  },
)

/** Signed by the real issuer key, with other claims than `mint` would write. */
async function signed(body: object, header: object = {}): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), 'liggare-claims-')), 'key.json')
  writeFileSync(file, readFileSync(keyFile), { mode: 0o600 })
  const jwk = JSON.parse(readFileSync(file, 'utf8'))
  const payload = { ...claims, exp: seconds() + 60, ...body }
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: ownKid, ...header })
    .sign(await importJWK(jwk, 'ES256'))
}
const keyFile = join(mkdtempSync(join(tmpdir(), 'liggare-key-')), 'issuer.jwk.json')
const own = await openLocalIssuer(keyFile, issuer, audience)
const ownKid = own.publicJwks.keys[0]?.kid ?? ''
const ownApp = await testApp({ auth: { kind: 'local', issuer, audience, keyPath: keyFile }, clock })
afterAll(() => ownApp.app.close())
const status = async (value: string, url = '/liggare/v1/who') =>
  (await ownApp.app.inject({ url, headers: bearer(value) })).statusCode

test.each<[string, number, object, object]>([
  ['the claims of a client', 200, {}, {}],
  ['several audiences, ours among them', 200, { aud: ['other', audience] }, {}],
  ['a foreign audience', 401, { aud: 'other' }, {}],
  ['a foreign issuer', 401, { iss: `${issuer}/` }, {}],
  ['no expiry', 401, { exp: undefined }, {}],
  ['an expiry that is no number', 401, { exp: '9999999999' }, {}],
  ['an expiry of now', 401, { exp: seconds() }, {}],
  ['a start in the future', 401, { nbf: seconds() + 10 }, {}],
  ['a start of now', 200, { nbf: seconds() }, {}],
  ['no subject', 401, { sub: undefined }, {}],
  ['an empty subject', 401, { sub: '' }, {}],
  ['the type of an ID token', 401, {}, { typ: 'JWT' }],
  ['no type', 401, {}, { typ: undefined }],
  ['scopes as a list', 401, { scope: ['audit:read'] }, {}],
  ['no scope', 403, { scope: undefined }, {}],
  ['an unknown scope', 403, { scope: 'audit:all' }, {}],
  ['a longer scope', 403, { scope: 'audit:reader' }, {}],
  ['all controllers without the right to make them', 401, { controller: '*' }, {}],
  ['all controllers among others', 401, { controller: ['kommunstyrelsen', '*'] }, {}],
  [
    'all controllers with the right to make them',
    200,
    { controller: '*', scope: 'audit:read controllers:write' },
    {},
  ],
  ['a controller that is no slug', 401, { controller: 17 }, {}],
])('%s: %i', async (_, expected, body, header) => {
  const value = await signed(body, header)
  expect(await status(value)).toBe(expected)
})

test('a token stops working when it expires, though it was believed a moment ago', async () => {
  const value = await signed({ exp: seconds() + 30 })
  expect(await status(value)).toBe(200)
  clock.move(29_000)
  expect(await status(value)).toBe(200)
  clock.move(1_000)
  expect(await status(value)).toBe(401)
})

test('a missing scope is a 403 that names it', async () => {
  const response = await who(bearer(await token({ scopes: ['register:read'] })))
  expect([response.statusCode, response.json().code]).toEqual([403, 'scope-missing'])
  expect(response.headers['www-authenticate']).toBe(
    'Bearer realm="liggare", error="insufficient_scope", scope="audit:read"',
  )
})

test.each(Object.keys(scopes).filter((scope) => scope !== 'audit:read'))(
  'the scope %s alone does not open what needs another',
  async (scope) => {
    expect((await who(bearer(await token({ scopes: [scope as keyof typeof scopes] })))).statusCode).toBe(403)
  },
)

test('another controller is answered exactly like one that does not exist', async () => {
  const ask = async (controller: string, controllers: string[]) => {
    const response = await app.inject({
      method: 'POST',
      url: `/liggare/v1/controllers/${controller}/interactions`,
      headers: bearer(await token({ controllers })),
      payload: {
        channel: '0198c5a0-0000-7000-8000-000000000001',
        objectId: '1',
        verb: 'commented',
        occurredAt: '2026-03-05T10:15:00+01:00',
      },
    })
    const { instance: _, ...problem } = response.json()
    const { 'content-length': length, 'cache-control': cache } = response.headers
    return { problem, length, cache, status: response.statusCode }
  }
  const foreign = await ask('kommunstyrelsen', ['kulturnamnden'])
  const missing = await ask('finns-inte', ['finns-inte'])
  const neither = await ask('finns-inte', ['kulturnamnden'])
  expect(foreign.status).toBe(404)
  expect(foreign).toEqual(missing)
  expect(neither).toEqual(missing)
  expect((await ask('kommunstyrelsen', ['kulturnamnden', 'kommunstyrelsen'])).status).toBe(201)
})

test('the key file is made once, readable by its owner alone, and found again', async () => {
  expect(statSync(keyFile).mode & 0o777).toBe(0o600)
  const again = await openLocalIssuer(keyFile, issuer, audience)
  expect(again.publicJwks).toEqual(own.publicJwks)
  expect(JSON.stringify(again.publicJwks)).not.toContain('"d"')
})

test.each([
  ['open to others', '{}', 0o644],
  ['not a key', '{"kty":"RSA"}', 0o600],
  ['not JSON', 'x', 0o600],
])('a key file that is %s is refused and left alone', async (_, text, mode) => {
  const file = join(mkdtempSync(join(tmpdir(), 'liggare-key-')), 'issuer.jwk.json')
  writeFileSync(file, text, { mode })
  await expect(openLocalIssuer(file, issuer, audience)).rejects.toMatchObject({ code: 'misconfigured' })
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('two starts at the same time agree on one key', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'liggare-key-')), 'issuer.jwk.json')
  const [one, two] = await Promise.all([
    openLocalIssuer(file, issuer, audience),
    openLocalIssuer(file, issuer, audience),
  ])
  expect(one.publicJwks).toEqual(two.publicJwks)
})

test('the public key is published, the private one is not', async () => {
  const response = await app.inject({ url: '/.well-known/jwks.json' })
  expect(response.json()).toEqual({ keys: [expect.objectContaining({ kty: 'EC', alg: 'ES256', kid })] })
  expect(response.body).not.toContain('"d"')
})

test('an anonymous flood is slowed down, whether it has no token or a wrong one', async () => {
  const { app: limited } = await testApp({
    config: { rateLimits: { anonymousPerMinute: 3, clientPerMinute: 0 } },
  })
  const answers: number[] = []
  for (let i = 0; i < 5; i++) answers.push((await limited.inject({ url: '/liggare/v1/who' })).statusCode)
  const response = await limited.inject({ url: '/liggare/v1/api-info' })
  await limited.close()
  expect(answers).toEqual([401, 401, 401, 429, 429])
  expect([response.statusCode, response.json().code]).toEqual([429, 'rate-limited'])
  expect(Number(response.headers['retry-after'])).toBeGreaterThan(0)
})

test('a client has its own limit', async () => {
  const { app: limited, token: mint } = await testApp({
    config: { rateLimits: { anonymousPerMinute: 0, clientPerMinute: 2 } },
  })
  const one = bearer(await mint({ subject: 'one' }))
  const ask = async (headers: Record<string, string>) =>
    (await limited.inject({ url: '/liggare/v1/who', headers })).statusCode
  const answers = [
    await ask(one),
    await ask(one),
    await ask(one),
    await ask(bearer(await mint({ subject: 'two' }))),
  ]
  await limited.close()
  expect(answers).toEqual([200, 200, 429, 200])
})
