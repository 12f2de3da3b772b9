import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterAll, expect, test } from 'vitest'
import { audience, bearer, issuer, testApp, testClock } from './support/test-app.ts'

let published: JWK[] = []
let answering = true
let fetches = 0
const server = createServer((_request, response) => {
  fetches += 1
  if (!answering) return response.writeHead(500).end('down')
  return response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ keys: published }))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
const clock = testClock(new Date().toISOString())
afterAll(() => new Promise((resolve) => server.close(resolve)))

type Signer = { jwk: JWK; token: (claims?: object) => Promise<string> }

async function signer(alg: string, kid: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  let serial = 0
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg },
    token: (claims = {}) =>
      new SignJWT({
        scope: 'audit:read',
        controller: 'kommunstyrelsen',
        jti: `${kid}-${serial++}`,
        ...claims,
      })
        .setProtectedHeader({ alg, kid, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject('officer-3')
        .setExpirationTime(Math.floor(clock.now().getTime() / 1000) + 3600)
        .sign(privateKey),
  }
}

async function remoteApp(
  cooldownMs = 0,
): Promise<(token: string) => Promise<{ status: number; retry: unknown }>> {
  const auth = { kind: 'jwks', issuer, audience, jwksUrl, cooldownMs, timeoutMs: 500 } as const
  const { app } = await testApp({ auth, clock })
  afterAll(() => app.close())
  return async (token) => {
    const response = await app.inject({ url: '/liggare/v1/who', headers: bearer(token) })
    return { status: response.statusCode, retry: response.headers['retry-after'] }
  }
}

test.each(['ES256', 'RS256', 'PS256', 'EdDSA'])('tokens by %s of the issuer are taken', async (alg) => {
  const one = await signer(alg, 'one')
  published = [one.jwk]
  expect(await (await remoteApp())(await one.token())).toMatchObject({ status: 200 })
})

test.each(['RS512', 'ES384'])('tokens by %s, which is not on the list, are refused', async (alg) => {
  const one = await signer(alg, 'one')
  published = [one.jwk]
  expect(await (await remoteApp())(await one.token())).toMatchObject({ status: 401 })
})

test('a new key works as soon as it is published, a removed one no longer than a token is remembered', async () => {
  const [old, fresh] = [await signer('ES256', 'old'), await signer('ES256', 'fresh')]
  const ask = await remoteApp()
  published = [old.jwk]
  const remembered = await old.token()
  expect(await ask(remembered)).toMatchObject({ status: 200 })
  expect(await ask(await fresh.token())).toMatchObject({ status: 401 })
  published = [fresh.jwk]
  expect(await ask(await fresh.token())).toMatchObject({ status: 200 })
  expect(await ask(await old.token())).toMatchObject({ status: 401 })
  clock.move(60_000)
  expect(await ask(remembered)).toMatchObject({ status: 401 })
})

test('in an outage known keys go on, unknown ones get 503, and the issuer is not asked in vain', async () => {
  const [known, unknown] = [await signer('ES256', 'known'), await signer('ES256', 'unknown')]
  published = [known.jwk]
  answering = true
  const ask = await remoteApp(30_000)
  expect(await ask(await known.token())).toMatchObject({ status: 200 })
  answering = false
  expect(await ask(await known.token())).toMatchObject({ status: 200 })
  expect(await ask(await unknown.token())).toMatchObject({ status: 401 })

  const cold = await remoteApp(30_000)
  fetches = 0
  expect(await cold(await known.token())).toEqual({ status: 503, retry: '10' })
  expect(await cold(await unknown.token())).toEqual({ status: 503, retry: '10' })
  expect(fetches).toBe(1)

  answering = true
  clock.move(30_000)
  expect(await cold(await known.token())).toMatchObject({ status: 200 })
})

test('a key that appears during an outage gets 503, not a verdict', async () => {
  const [known, unknown] = [await signer('ES256', 'known'), await signer('ES256', 'unknown')]
  published = [known.jwk]
  answering = true
  const ask = await remoteApp()
  await ask(await known.token())
  answering = false
  expect(await ask(await unknown.token())).toEqual({ status: 503, retry: '10' })
  expect(await ask(await known.token())).toMatchObject({ status: 200 })
  answering = true
})
